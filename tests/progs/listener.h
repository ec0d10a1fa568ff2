/* A filter of the program's own that asks a listener. Include expect.h first. */
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

/* The descriptor on which the `n` instructions of `code` ask (SECCOMP_RET_USER_NOTIF). */
static inline int listen_by(struct sock_filter *code, size_t n)
{
	struct sock_fprog program = {(unsigned short)n, code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		expect_die("no_new_privs");
	int fd = (int)syscall(
	    SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (fd < 0)
		expect_die("seccomp");
	return fd;
}
