/*
 * Children made with CLONE_UNTRACED, by clone and by clone3: their calls work under a tracer's filter,
 * and are seen. Each maps a length of its own, and exits with 0 if that succeeded.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void child(size_t length)
{
	void *p = mmap(NULL, length, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	_exit(p == MAP_FAILED);
}

static int end_of(long pid)
{
	int status = 1;
	return pid < 0 || waitpid((pid_t)pid, &status, 0) < 0 || status;
}

int main(void)
{
	struct clone_args args;
	long pid = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0)
		child(4096 * 201);
	int bad = end_of(pid);
	memset(&args, 0, sizeof(args));
	args.flags = CLONE_UNTRACED;
	args.exit_signal = SIGCHLD;
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		child(4096 * 202);
	return bad | end_of(pid);
}
