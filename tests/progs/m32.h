/* System calls of 32-bit programs that have no C library (-m32 -nostdlib needs none installed). */
#pragma once

static long call(long nr, long a, long b, long c, long d, long e, long f)
{
	long ret;
	long words[] = {b, c, d, e, f, a};

	/*
	 * All six argument registers, of which one is the frame pointer and one may be the PIC
	 * register.
	 */
	__asm__ volatile("push %%ebx\n\tpush %%ebp\n\t"
	                 "mov 20(%[w]), %%ebx\n\tmov 0(%[w]), %%ecx\n\tmov 4(%[w]), %%edx\n\t"
	                 "mov 12(%[w]), %%edi\n\tmov 16(%[w]), %%ebp\n\tmov 8(%[w]), %%esi\n\t"
	                 "int $0x80\n\tpop %%ebp\n\tpop %%ebx"
	                 : "=a"(ret)
	                 : "a"(nr), [w] "S"(words)
	                 : "memory", "ecx", "edx", "edi");
	return ret;
}

static inline void put(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	call(4, 1, (long)text, length, 0, 0, 0);
}

/* A name and up to three digits of a result. */
static inline void tell(const char *what, long result)
{
	char text[] = "-000\n";
	long rest = result < 0 ? -result : result;

	put(what);
	text[0] = result < 0 ? '-' : ' ';
	for (int i = 3; i > 0; i--, rest /= 10)
		text[i] = (char)('0' + rest % 10);
	put(text);
}
