/*
 * A 32-bit program without a C library: maps, unmaps, and then becomes a 64-bit one.
 * Linked with -m32 -nostdlib, which needs no 32-bit libraries.
 */
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

void _start(void);

void _start(void)
{
	static const char *const words[] = {"true", 0};
	static const char *const none[] = {0};
	long addr = call(192, 0, 8192, 3, 0x22, -1, 0);

	call(125, addr, 4096, 1, 0, 0, 0);
	call(45, 0, 0, 0, 0, 0, 0);
	call(91, addr, 8192, 0, 0, 0, 0);
	call(192, 0, 8192, 3, 0x21, 99, 0);
	call(11, (long)"/bin/true", (long)words, (long)none, 0, 0, 0);
	call(1, 1, 0, 0, 0, 0, 0);
}
