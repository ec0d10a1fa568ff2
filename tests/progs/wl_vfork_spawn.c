/*
 * Children that share their parent's memory until they exec or exit: vfork, posix_spawn, clone3.
 * What such a child maps and leaves is then its parent's.
 */
#include "raw.h"

#include <linux/sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

static char *const true_argv[] = {"/bin/true", NULL};
static char *const no_env[] = {NULL};

/* A child's mapping that is still there in the parent. */
static volatile unsigned long left_behind;

static void wait_for(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		raw_die("child");
}

static _Noreturn void child_calls(void)
{
	raw_munmap(raw_mmap(0, 8192, PROT_READ, MAP_PRIVATE), 8192);
	left_behind = raw_mmap(0, 20480, PROT_READ | PROT_WRITE, MAP_PRIVATE);
	raw_mprotect(left_behind, 4096, PROT_READ);
	_exit(0);
}

static void take_over(void)
{
	*(volatile char *)(left_behind + 4096) = 1;
	raw_munmap(left_behind, 20480);
}

static void vfork_and_exit(void)
{
	pid_t pid = vfork();

	if (pid == 0)
		child_calls();
	wait_for(pid);
	take_over();
}

static void vfork_and_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execve("/bin/true", true_argv, no_env);
		_exit(127);
	}
	wait_for(pid);
}

static void spawn(void)
{
	pid_t pid;

	errno = posix_spawn(&pid, "/bin/true", NULL, NULL, true_argv, no_env);
	if (errno != 0)
		raw_die("posix_spawn");
	wait_for(pid);
}

/*
 * The child can't return from a function on the stack that it was given: there is no frame to
 * return to. So it is created and its function called within one statement.
 */
static long clone3_call(struct clone_args *args, void (*function)(void))
{
	long ret;

	__asm__ volatile("syscall\n\t"
	                 "test %%rax, %%rax\n\t"
	                 "jnz 1f\n\t"
	                 "xor %%ebp, %%ebp\n\t"
	                 "call *%[function]\n\t"
	                 "hlt\n"
	                 "1:"
	                 : "=a"(ret)
	                 : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)), [function] "r"(function)
	                 : "rcx", "r11", "memory");
	return ret;
}

static void clone3_and_exit(void)
{
	static _Alignas(16) char stack[65536];
	struct clone_args args = {
	    .flags = CLONE_VM | CLONE_VFORK,
	    .exit_signal = SIGCHLD,
	    .stack = (unsigned long)stack,
	    .stack_size = sizeof(stack),
	};
	long pid = clone3_call(&args, child_calls);

	errno = pid < 0 ? (int)-pid : 0;
	wait_for((pid_t)pid);
	take_over();
}

int main(void)
{
	raw_munmap(raw_mmap(0, 4096, PROT_READ, MAP_PRIVATE), 4096);
	vfork_and_exit();
	vfork_and_exec();
	spawn();
	clone3_and_exit();
	return 0;
}
