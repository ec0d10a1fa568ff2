#include "engine/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/compat.h"
#include "engine/proc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/sig.h"

/* What the child says through the pipe. */
enum stage { STAGE_NO_NEW_PRIVS, STAGE_LISTENER, STAGE_FILTER, STAGE_USER, STAGE_EXEC };

struct message {
	enum stage stage;
	int error;
	bool killable, no_new_privs; /* STAGE_LISTENER, whose descriptor comes with it */
};

int launch_user_find(const char *name, struct launch_user *ret, struct err *err)
{
	errno = 0;
	const struct passwd *pw = getpwnam(name);
	if (!pw)
		return err_set(err, errno ? -errno : -ENOENT,
		    "-u %s: there is no user of that name on this machine", name);
	struct launch_user user = {pw->pw_uid, pw->pw_gid, NULL, 16};
	for (;;) {
		user.groups = mem_realloc(user.groups, (size_t)user.groups_n * sizeof(gid_t));
		int room = user.groups_n;
		if (getgrouplist(name, user.gid, user.groups, &user.groups_n) >= 0)
			break;
		if (user.groups_n <= room)
			user.groups_n = room * 2;
	}
	*ret = user;
	return 0;
}

static void say(int fd, enum stage stage, int error)
{
	struct message message = {.stage = stage, .error = error};
	ssize_t n = write(fd, &message, sizeof(message));
	(void)n; /* if memtrace is gone, so are we: PTRACE_O_EXITKILL */
}

static void child_fail(int fd, enum stage stage)
{
	say(fd, stage, errno);
	_exit(EXIT_STATUS_FAILED);
}

/*
 * no_new_privs would take set-uid programs their rights, so it's set only where the kernel won't
 * take a filter without (seccomp(2), EACCES: no CAP_SYS_ADMIN).
 */
static void child_filter(struct filter *filter, int fd)
{
	struct sock_fprog program = {filter->len, filter->code};
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return;
	if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		child_fail(fd, STAGE_FILTER);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		child_fail(fd, STAGE_FILTER);
	say(fd, STAGE_NO_NEW_PRIVS, 0);
}

/* Room for one descriptor beside a message (cmsg(3)). */
union passed {
	char room[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

static void pass_listener(int fd, struct message message, int listener)
{
	union passed passed = {0};
	struct iovec part = {&message, sizeof(message)};
	struct msghdr whole = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = passed.room,
	    .msg_controllen = sizeof(passed.room)};
	struct cmsghdr *header = CMSG_FIRSTHDR(&whole);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &listener, sizeof(int));
	if (sendmsg(fd, &whole, 0) < 0)
		child_fail(fd, STAGE_FILTER);
	close(listener);
}

static long install(struct filter *filter, unsigned long flags)
{
	struct sock_fprog program = {filter->len, filter->code};
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void child_listen(struct filter *filter, int fd)
{
	struct message message = {.stage = STAGE_LISTENER, .killable = true};
	unsigned long flags =
	    SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	long listener = install(filter, flags);
	if (listener < 0 && errno == EINVAL) { /* before Linux 5.19 */
		message.killable = false;
		flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
		listener = install(filter, flags);
	}
	if (listener < 0 && errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0) {
		message.no_new_privs = true;
		listener = install(filter, flags);
	}
	if (listener < 0)
		child_fail(fd, STAGE_FILTER);
	/* Nobody but memtrace knows what would have to be answered till it has answered once. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pass_listener(fd, message, (int)listener);
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL);
	prctl(PR_SET_PDEATHSIG, 0);
}

static void child_user(const struct launch_user *user, int fd)
{
	if (setgroups((size_t)user->groups_n, user->groups) < 0 || setgid(user->gid) < 0 ||
	    setuid(user->uid) < 0)
		child_fail(fd, STAGE_USER);
}

/* Never returns. Nothing here allocates: captured calls before execve would stop for nothing. */
static void child_run(const struct launch_spec *spec, int go_read, int go_write, int fd)
{
	char byte;
	close(go_write); /* so that the end of memtrace, whenever it is, shows as the end of the pipe */
	if (spec->hold) /* what signals do to it is its own affair */
		sig_restore();
	if (read(go_read, &byte, 1) != 1)
		_exit(EXIT_STATUS_FAILED);
	if (spec->stdout_to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	/* Before the user changes: the filter needs the rights that go with that. */
	if (spec->listen)
		child_listen(spec->filter, fd);
	else if (spec->filter)
		child_filter(spec->filter, fd);
	if (spec->user)
		child_user(spec->user, fd);
	sig_restore();
	environ = spec->envp; /* where PATH is looked up, too */
	execvp(spec->argv[0], spec->argv);
	child_fail(fd, STAGE_EXEC);
}

/* How long another tracer may take to let go of a child that it got with its birth, and doesn't want. */
#define PATIENCE (200 * NSEC_PER_MSEC)

/* A tracer of ours that doesn't follow children (--no-follow) has each until its first stop. Returns 0 or an errno. */
static int seize_patiently(pid_t pid, unsigned long options)
{
	const struct timespec a_moment = {0, 1000000};
	struct proc_state state;
	uint64_t end = clock_mono() + PATIENCE;
	while (ptrace(PTRACE_SEIZE, pid, 0, options) < 0) {
		int error = errno;
		if (error != EPERM || clock_mono() >= end || proc_state(pid, &state) < 0 || state.letter == 'Z')
			return error;
		nanosleep(&a_moment, NULL);
	}
	return 0;
}

static int seize(pid_t pid, unsigned long options, int go, struct err *err)
{
	int error = seize_patiently(pid, options);
	if (error) {
		/* A zombie can't be seized: EPERM, as if it were forbidden. */
		if (waitpid(pid, NULL, WNOHANG) == pid)
			return err_set(err, -ESRCH, "the command was killed before it ran");
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		return err_sys(err, error,
		    "can't trace a child of our own: is ptrace(2) forbidden here, or memtrace "
		    "itself traced?");
	}
	ssize_t n = write(go, "", 1);
	(void)n; /* a child that is gone shows in wait4(2) */
	return 0;
}

static int explain(const struct message *message, const char *command, struct err *err);

/* Let the child go, and take the listener that it sends. */
static int take_listener(
    const struct launch_spec *spec, int go, struct launch *ret, struct err *err)
{
	union passed passed = {0};
	struct message message = {0};
	struct iovec part = {&message, sizeof(message)};
	struct msghdr whole = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = passed.room,
	    .msg_controllen = sizeof(passed.room)};
	ssize_t n = write(go, "", 1);
	while (n == 1 && (n = recvmsg(ret->status, &whole, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		n = 1;
	struct cmsghdr *header = n > 0 ? CMSG_FIRSTHDR(&whole) : NULL;
	if (n > 0 && message.stage == STAGE_FILTER && message.error == EBUSY)
		err_set(err, -EBUSY,
		    "engine notify: there is a seccomp listener already, maybe a container's, and the "
		    "kernel takes one; try --engine=ptrace");
	else if (n > 0 && message.stage == STAGE_FILTER && message.error == EINVAL)
		err_set(err, -EINVAL,
		    "engine notify: this kernel can't notify of calls, which needs Linux 5.5; try "
		    "--engine=ptrace");
	else if (n > 0 && !header)
		explain(&message, spec->argv[0], err);
	else if (n <= 0)
		err_set(err, -ESRCH, "the command was killed before it ran");
	if (!header) {
		kill(ret->pid, SIGKILL);
		waitpid(ret->pid, NULL, 0);
		return -ECHILD;
	}
	memcpy(&ret->listener, CMSG_DATA(header), sizeof(int));
	ret->killable = message.killable;
	ret->no_new_privs = message.no_new_privs;
	return 0;
}

int launch_start(const struct launch_spec *spec, struct launch *ret, struct err *err)
{
	int go[2], status[2];
	if (pipe2(go, O_CLOEXEC) < 0)
		return err_sys(err, errno, "can't make a pipe");
	_cleanup_(cleanup_close) int go_read = go[0];
	_cleanup_(cleanup_close) int go_write = go[1];
	if (spec->listen ? socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, status) < 0
	                 : pipe2(status, O_CLOEXEC) < 0)
		return err_sys(err, errno, "can't make a pipe");
	sigset_t all, mask;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &mask);
	pid_t pid = fork();
	if (pid != 0 || !spec->hold) /* else that follows when ours are in place no more */
		sigprocmask(SIG_SETMASK, &mask, NULL);
	if (pid == 0)
		child_run(spec, go_read, go_write, status[1]);
	close(status[1]);
	*ret = (struct launch){.pid = pid, .status = status[0], .go = -1, .listener = -1};
	int r = pid < 0        ? err_sys(err, errno, "can't start a process")
	        : spec->listen ? take_listener(spec, go_write, ret, err)
	        : spec->hold   ? 0
	                       : seize(pid, spec->options, go_write, err);
	if (r == 0 && spec->hold)
		ret->go = fcntl(go_write, F_DUPFD_CLOEXEC, 0);
	if (r < 0)
		close(status[0]);
	return r;
}

void launch_go(struct launch *launch)
{
	ssize_t n = write(launch->go, "", 1);
	(void)n; /* a child that is gone shows in wait4(2) */
	close(launch->go);
	launch->go = -1;
}

void launch_follow_stop(pid_t command)
{
	siginfo_t info = {0};
	if (command && waitid(P_PID, (id_t)command, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid &&
	    info.si_status != SIGSTOP)
		sig_stop_with(command);
}

static void explain_exec(int error, const char *command, struct err *err)
{
	bool named = strchr(command, '/') != NULL;
	if (error == ENOENT && !named)
		err_set(err, -error, "can't run %s: there is no such command in PATH", command);
	else if (error == ENOENT)
		err_set(err, -error,
		    "can't run %s: it, or the interpreter that it names, doesn't exist", command);
	else if (error == EACCES)
		err_set(
		    err, -error, "can't run %s: it isn't an executable file (chmod +x?)", command);
	else
		err_sys(err, error, "can't run %s", command);
}

static int explain(const struct message *message, const char *command, struct err *err)
{
	switch (message->stage) {
	case STAGE_NO_NEW_PRIVS:
	case STAGE_LISTENER: break;
	case STAGE_FILTER:
		return err_sys(err, message->error,
		    "can't install a seccomp filter; try --seccomp=off, which needs none");
	case STAGE_USER: return err_sys(err, message->error, "-u: can't become that user");
	case STAGE_EXEC:
		explain_exec(message->error, command, err);
		err->status =
		    message->error == ENOENT ? EXIT_STATUS_NOT_FOUND : EXIT_STATUS_NOT_EXECUTABLE;
		return -message->error;
	}
	return 0;
}

int launch_result(
    struct launch *launch, const char *command, bool *ret_no_new_privs, struct err *err)
{
	struct message message;
	int r = 0;
	*ret_no_new_privs = false;
	while (r == 0 && read(launch->status, &message, sizeof(message)) == sizeof(message)) {
		*ret_no_new_privs |= message.stage == STAGE_NO_NEW_PRIVS;
		r = explain(&message, command, err);
	}
	close(launch->status);
	launch->status = -1;
	return r;
}
