/*
 * Preloaded into memtrace, it makes the worst of the time that passes until the engine notify sees that its command's
 * execve succeeded: that is hidden until the command makes another execve, and was answered.
 */
#define _GNU_SOURCE
#include <linux/seccomp.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static int execves;

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;

	va_start(args, request);
	void *arg = va_arg(args, void *);
	va_end(args);
	int r = (int)syscall(SYS_ioctl, fd, request, arg);
	if (r == 0 && request == SECCOMP_IOCTL_NOTIF_RECV)
		execves += ((struct seccomp_notif *)arg)->data.nr == SYS_execve;
	return r;
}

/* The third of three descriptors is what tells of it; the second execve is shown first, as requests are. */
int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int r = (int)syscall(SYS_poll, fds, n, timeout);
	if (r > 0 && n == 3 && execves < 2)
		fds[2].revents = 0;
	return r;
}
