/*
 * Preloaded into memtrace, it makes the worst of the moment between the look at a target and PTRACE_SEIZE: the
 * target is killed there, and its id is another's (the file "taken" tells) when the request is made.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdarg.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

long ptrace(enum __ptrace_request request, ...)
{
	static int done;
	va_list args;
	va_start(args, request);
	pid_t pid = va_arg(args, pid_t);
	void *addr = va_arg(args, void *);
	void *data = va_arg(args, void *);
	va_end(args);
	if (request == PTRACE_SEIZE && !done++) {
		kill(pid, SIGKILL);
		while (access("taken", F_OK) != 0)
			usleep(1000);
	}
	return syscall(SYS_ptrace, request, pid, addr, data);
}
