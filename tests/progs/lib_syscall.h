/*
 * For what is preloaded into memtrace: syscall(2), before which a function of the includer's is asked whether it's made.
 * If not, that has set errno.
 */
#pragma once

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool before_syscall(long nr, const long a[6]);

long syscall(long nr, ...)
{
	static long (*real)(long nr, ...);
	long a[6];
	va_list list;

	va_start(list, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "syscall");
	return before_syscall(nr, a) ? real(nr, a[0], a[1], a[2], a[3], a[4], a[5]) : -1;
}
