#include "engine/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/mem.h"

/*
 * Ids count up by one (kernel/seccomp.c, seccomp_do_user_notification): what memtrace had received but not
 * noted down stands not far behind what it had.
 */
#define IDS_BEHIND 1024

static void answer(int listener, uint64_t id)
{
	struct seccomp_notif_resp response = {
	    .id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response); /* ENOENT: it needs none any more */
}

static void serve(int listener, uint64_t last)
{
	struct seccomp_notif_sizes sizes;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return;
	size_t size = sizes.seccomp_notif > sizeof(struct seccomp_notif)
	                  ? sizes.seccomp_notif
	                  : sizeof(struct seccomp_notif);
	struct seccomp_notif *request = mem_alloc(size);
	for (uint64_t id = last; id != last + IDS_BEHIND; id++)
		answer(listener, id);
	for (;;) {
		struct pollfd fd = {listener, POLLIN, 0};
		if (poll(&fd, 1, -1) < 0 && errno != EINTR)
			break;
		if (fd.revents & POLLHUP) /* nobody uses the filter any more */
			break;
		memset(request, 0, size);
		if (fd.revents & POLLIN && ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, request) == 0)
			answer(listener, request->id);
	}
	free(request);
}

/* Keep the two descriptors, and nothing else that could keep others waiting. */
static void leave_all(int *listener, int *life)
{
	int null = open("/dev/null", O_RDWR);
	*listener = fcntl(*listener, F_DUPFD, 16);
	*life = fcntl(*life, F_DUPFD, 16);
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	*listener = dup2(*listener, 3);
	*life = dup2(*life, 4);
	syscall(SYS_close_range, 5U, ~0U, 0U);
	if (chdir("/") < 0)
		return; /* then it keeps a folder in use */
}

/* Never returns. */
static void run(int listener, int life, const uint64_t *last)
{
	static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGTSTP, SIGTTIN,
	    SIGTTOU, SIGALRM, SIGUSR1, SIGUSR2};
	char byte;
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	setsid();
	prctl(PR_SET_NAME, "memtrace-guard");
	leave_all(&listener, &life);
	while (read(life, &byte, 1) < 0 && errno == EINTR)
		;
	serve(listener, __atomic_load_n(last, __ATOMIC_ACQUIRE));
	_exit(0);
}

int guardian_start(int listener, struct guardian *ret, struct err *err)
{
	int ends[2];
	void *page = mmap(NULL, sizeof(uint64_t), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return err_sys(err, errno, "can't share memory with a process of our own");
	if (pipe2(ends, O_CLOEXEC) < 0) {
		munmap(page, sizeof(uint64_t));
		return err_sys(err, errno, "can't make a pipe");
	}
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		run(listener, ends[0], page);
	}
	close(ends[0]);
	*ret = (struct guardian){ends[1], page};
	if (pid < 0) {
		int error = errno;
		guardian_leave(ret);
		return err_sys(err, error, "can't start a process");
	}
	return 0;
}

void guardian_leave(struct guardian *g)
{
	if (g->life < 0)
		return;
	close(g->life);
	munmap(g->answer, sizeof(uint64_t));
	g->life = -1;
}
