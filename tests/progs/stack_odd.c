/*
 * Calls made from where unwinding is hard: 6 pages from a handler on an alternate stack, 7 from code made at run
 * time that keeps a frame pointer, 8 below 200 frames of recursion.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NOINLINE __attribute__((noinline, noclone))

NOINLINE void inner(unsigned pages)
{
	void *p = mmap(NULL, pages * 4096UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p, pages * 4096UL);
	__asm__ volatile("");
}

NOINLINE void handler(int signal)
{
	(void)signal;
	inner(6);
	__asm__ volatile("");
}

NOINLINE void on_another_stack(void)
{
	stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
	__asm__ volatile("");
}

NOINLINE void called_by_made_code(void)
{
	inner(7);
	__asm__ volatile("");
}

NOINLINE void through_made_code(void)
{
#if defined(__x86_64__)
	/* push %rbp; mov %rsp,%rbp; call *%rdi; pop %rbp; ret */
	static const unsigned char code[] = {0x55, 0x48, 0x89, 0xe5, 0xff, 0xd7, 0x5d, 0xc3};
	void *made = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memcpy(made, code, sizeof(code));
	((void (*)(void (*)(void)))made)(called_by_made_code);
	__asm__ volatile("");
#endif
}

NOINLINE int deep(int depth)
{
	if (depth == 0)
		inner(8);
	return depth ? deep(depth - 1) + 1 : 0;
}

int main(void)
{
	on_another_stack();
	through_made_code();
	return deep(200) == 200 ? 0 : 1;
}
