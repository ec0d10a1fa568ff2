/*
 * Preloaded into memtrace, it is a kernel before Linux 5.19: seccomp(2) doesn't know
 * SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, and a signal ends the wait of a call that was told of.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

/* As the C library's own, by way of an instruction of ours. */
static long call(long nr, const long a[6])
{
	long ret;
	register long r10 __asm__("r10") = a[3];
	register long r8 __asm__("r8") = a[4];
	register long r9 __asm__("r9") = a[5];
	__asm__ volatile("syscall"
	                 : "=a"(ret)
	                 : "a"(nr), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory");
	if (ret >= 0 || ret < -4095)
		return ret;
	errno = (int)-ret;
	return -1;
}

long syscall(long nr, ...)
{
	long args[6];
	va_list list;

	va_start(list, nr);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (nr == SYS_seccomp && args[0] == SECCOMP_SET_MODE_FILTER &&
	    (unsigned long)args[1] & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) {
		errno = EINVAL;
		return -1;
	}
	return call(nr, args);
}
