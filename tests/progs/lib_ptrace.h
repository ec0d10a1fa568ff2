/*
 * A ptrace(2) to be preloaded. Include it first, and define before_ptrace: it's called before each request, and
 * returns whether that is to be made; else it fails with the errno that was set.
 */
#pragma once

#define _GNU_SOURCE
#include <stdarg.h>
#include <stdbool.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static bool before_ptrace(int request, pid_t pid);

long ptrace(enum __ptrace_request request, ...)
{
	va_list args;

	va_start(args, request);
	pid_t pid = va_arg(args, pid_t);
	void *addr = va_arg(args, void *);
	void *data = va_arg(args, void *);
	va_end(args);
	return before_ptrace((int)request, pid) ? syscall(SYS_ptrace, request, pid, addr, data) : -1;
}
