#include "engine/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/syscalls.h"
#include "engine/arch.h"
#include "engine/stop.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/sig.h"

/* A filter may ask somebody who doesn't answer (SECCOMP_RET_USER_NOTIF). */
#define PATIENCE (2 * NSEC_PER_SEC)

static void make_calls(uint64_t calls, long arg)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (calls >> id & 1)
			syscall(syscalls[id].nr[arch.native], arg, arg, arg, arg, arg, arg);
	}
}

/* Never returns; makes no call before it's told to, and then none but these. */
static void child_run(struct filter *filter, uint64_t calls, int go_read, int go_write)
{
	struct sock_fprog program = {filter->len, filter->code};
	char byte;
	close(go_write);
	if (read(go_read, &byte, 1) != 1)
		_exit(1);
	/* Before there is a filter of ours: one that asks for a tracer shows (take_call). */
	make_calls(calls, -1L);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0 &&
	    (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0))
		_exit(1);
	/* All bits, which filters look for that forbid some; and none. */
	make_calls(calls, -1L);
	make_calls(calls, 0);
	_exit(0);
}

/*
 * Note the call of a stop; it isn't made. A stop that isn't our filter's is another's, which wants it to
 * fail where there is no tracer: later that can't be told any more, as ours comes first among equals
 * (seccomp(2)). Returns whether it's ours.
 */
static bool take_call(pid_t pid, uint16_t cookie, unsigned seen[SYSCALLS_COUNT])
{
	struct __ptrace_syscall_info info;
	unsigned long data = cookie;
	if (ptrace(PTRACE_GETEVENTMSG, pid, 0, &data) == 0 && data != cookie)
		return false;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) <= 0)
		return true;
	int id = syscalls_find(arch.native, info.seccomp.nr);
	if (id < 0)
		return true;
	seen[id]++;
	arch_skip(pid);
	return true;
}

/*
 * Serve the child until it ends, and count how often each call stopped. Returns whether all stops were ours.
 */
static bool watch(pid_t pid, uint16_t cookie, unsigned seen[SYSCALLS_COUNT])
{
	bool ours = true;
	uint64_t begin = clock_mono();
	int status;
	sig_tick(true); /* so that a wait without end comes back */
	for (;;) {
		pid_t got = waitpid(pid, &status, __WALL);
		if (got < 0 && errno != EINTR)
			break;
		if (clock_mono() - begin > PATIENCE)
			kill(pid, SIGKILL);
		if (got != pid)
			continue;
		struct stop stop = stop_classify(status);
		if (stop.kind == STOP_EXITED)
			break;
		if (stop.kind == STOP_SECCOMP)
			ours &= take_call(pid, cookie, seen);
		ptrace(PTRACE_CONT, pid, 0, 0); /* no signal: SIGSYS is a filter's trap */
	}
	sig_tick(false);
	return ours;
}

/* Those that there are on this processor. */
static uint64_t native_calls(uint64_t calls)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (syscalls[id].nr[arch.native] < 0)
			calls &= ~(UINT64_C(1) << id);
	}
	return calls;
}

int probe_hidden(struct filter *filter, uint64_t calls)
{
	int go[2];
	if (pipe2(go, O_CLOEXEC) < 0)
		return -errno;
	_cleanup_(cleanup_close) int go_read = go[0];
	_cleanup_(cleanup_close) int go_write = go[1];
	calls = native_calls(calls);
	pid_t pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		child_run(filter, calls, go_read, go_write);
	if (ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL | PTRACE_O_TRACESECCOMP) < 0) {
		int error = errno;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return -error;
	}
	ssize_t n = write(go_write, "", 1);
	(void)n; /* a child that is gone shows in waitpid */
	unsigned seen[SYSCALLS_COUNT] = {0};
	if (!watch(pid, filter->cookie, seen))
		return 1;
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (calls >> id & 1 && seen[id] < 2)
			return 1;
	}
	return 0;
}
