/*
 * Preloaded into memtrace, it is a kernel before Linux 5.3, or a sandbox that doesn't let
 * PTRACE_GET_SYSCALL_INFO through: that fails with EIO, as unknown requests do (ptrace(2)).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

long ptrace(enum __ptrace_request request, ...)
{
	va_list args;
	va_start(args, request);
	pid_t pid = va_arg(args, pid_t);
	void *addr = va_arg(args, void *);
	void *data = va_arg(args, void *);
	va_end(args);
	if ((int)request == PTRACE_GET_SYSCALL_INFO) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_ptrace, request, pid, addr, data);
}
