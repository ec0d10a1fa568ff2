#include "engine/stop.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static enum stop_kind event_kind(int event, int signal)
{
	switch (event) {
	case PTRACE_EVENT_SECCOMP: return STOP_SECCOMP;
	case PTRACE_EVENT_EXEC: return STOP_EXEC;
	case PTRACE_EVENT_EXIT: return STOP_EXIT;
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE: return STOP_FORK;
	case PTRACE_EVENT_STOP:
		/*
		 * Group stops and the rest share this event; the signal tells (ptrace(2),
		 * "Group-stop").
		 */
		return signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN ||
		               signal == SIGTTOU
		           ? STOP_GROUP
		           : STOP_TRAP;
	default: return STOP_EVENT;
	}
}

struct stop stop_classify(int status)
{
	struct stop stop = {0};
	if (!WIFSTOPPED(status)) {
		stop.kind = STOP_EXITED;
		return stop;
	}
	stop.signal = WSTOPSIG(status);
	stop.event = status >> 16;
	if (stop.event)
		stop.kind = event_kind(stop.event, stop.signal);
	else
		stop.kind = stop.signal == (SIGTRAP | 0x80) ? STOP_SYSCALL : STOP_SIGNAL;
	return stop;
}
