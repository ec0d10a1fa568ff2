/*
 * Preloaded into memtrace, it is a kernel before Linux 5.3, or a sandbox that doesn't let
 * PTRACE_GET_SYSCALL_INFO through: that fails with EIO, as unknown requests do (ptrace(2)).
 */
#include "lib_ptrace.h"

#include <errno.h>

static bool before_ptrace(int request, pid_t pid)
{
	(void)pid;
	errno = EIO;
	return request != PTRACE_GET_SYSCALL_INFO;
}
