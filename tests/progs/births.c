/*
 * births: children by clone(2) with CLONE_VM and without, by clone3(2) with it, by fork(2) and vfork(2), one after the
 * other; each makes mappings. Prints their ids, those who use the same memory first on their lines.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[1 << 16] __attribute__((aligned(16)));

static int change(void *unused)
{
	(void)unused;
	for (int i = 1; i < 5; i++)
		mmap(NULL, (size_t)i * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return 0;
}

static pid_t born(pid_t pid)
{
	if (pid == 0)
		_exit(change(NULL));
	waitpid(pid, NULL, 0);
	return pid;
}

/* In a function of its own the child would return from it, over what its parent is to return by. */
#define CLONE3(args)                                                                                         \
	({                                                                                                   \
		long ret;                                                                                    \
		__asm__ volatile("syscall" : "=a"(ret) : "a"(SYS_clone3), "D"(args), "S"(sizeof(*(args)))    \
		                 : "rcx", "r11", "memory");                                                  \
		(pid_t)ret;                                                                                  \
	})

int main(void)
{
	struct clone_args args = {.flags = CLONE_VM | CLONE_VFORK, .exit_signal = SIGCHLD};
	pid_t shared = born(clone(change, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL));
	pid_t copied = born(clone(change, stack + sizeof(stack), SIGCHLD, NULL));
	pid_t third = born(CLONE3(&args));
	pid_t forked = born(fork()), vforked = born(vfork());
	change(NULL);
	printf("%d %d %d\n%d %d\n", shared, third, vforked, copied, forked);
	return 0;
}
