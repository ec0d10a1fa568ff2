/*
 * Preloaded into memtrace, it turns the order of stops around that this kernel always has: a new task's first
 * stop is told before its parent's PTRACE_EVENT_FORK (ptrace(2) allows either). Says at the end how often.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
	pid_t tid; /* 0: none */
	int status;
} kept;
static unsigned turned;

static int tells_of_birth(int status)
{
	int event = status >> 16;

	return WIFSTOPPED(status) && (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
	                                 event == PTRACE_EVENT_CLONE);
}

pid_t wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	unsigned long child = 0;
	int first;

	if (pid == -1 && kept.tid) {
		pid_t tid = kept.tid;

		*status = kept.status;
		kept.tid = 0;
		return tid;
	}
	pid_t tid = (pid_t)syscall(SYS_wait4, pid, status, options, usage);
	if (pid != -1 || tid <= 0 || !tells_of_birth(*status))
		return tid;
	syscall(SYS_ptrace, PTRACE_GETEVENTMSG, tid, 0, &child);
	/* It stops at once; if it was killed it ends, which is told as well. */
	if (!child || syscall(SYS_wait4, (pid_t)child, &first, __WALL, usage) != (long)child)
		return tid;
	kept.tid = tid;
	kept.status = *status;
	*status = first;
	turned++;
	return (pid_t)child;
}

__attribute__((destructor)) static void say(void)
{
	if (turned)
		dprintf(STDERR_FILENO, "%u early\n", turned);
}
