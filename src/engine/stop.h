/*
 * What a status from wait4(2) of a seized tracee says, as a value (ptrace(2), "Stopped states").
 * Pure.
 */
#pragma once

enum stop_kind {
	STOP_EXITED,  /* it has ended: nothing more can be done with it */
	STOP_SYSCALL, /* entry or exit of a system call: ask PTRACE_GET_SYSCALL_INFO */
	STOP_SECCOMP, /* the filter said RET_TRACE: restart with PTRACE_SYSCALL to see the exit */
	STOP_EXEC,    /* a new image is in place: PTRACE_GETEVENTMSG has the thread that asked */
	STOP_FORK,    /* a new task: PTRACE_GETEVENTMSG has its id */
	STOP_EXIT,    /* it is about to end, and can still be read */
	STOP_EVENT,   /* another PTRACE_EVENT: restart */
	STOP_GROUP,   /* stopped by job control: PTRACE_LISTEN, never restart */
	STOP_TRAP,    /* new, interrupted, or a group stop's end: restart without a signal */
	STOP_SIGNAL,  /* a signal is about to be delivered: restart with it */
};

struct stop {
	enum stop_kind kind;
	int signal; /* STOP_SIGNAL, STOP_GROUP: which */
	int event;  /* PTRACE_EVENT_*, 0 for none */
};

/* stop_classify - `status` as wait4(2) gave it, with PTRACE_O_TRACESYSGOOD set. */
struct stop stop_classify(int status);
