/*
 * Preloaded into memtrace, it is a kernel before Linux 5.19: seccomp(2) doesn't know
 * SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, and a signal ends the wait of a call that was told of.
 */
#include "lib_syscall.h"

#include <linux/seccomp.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static bool before_syscall(long nr, const long a[6])
{
	errno = EINVAL;
	return nr != SYS_seccomp || a[0] != SECCOMP_SET_MODE_FILTER ||
	       !((unsigned long)a[1] & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
}
