#include "engine/refusal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/proc.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/mem.h"
#include "util/num.h"

/* "gdb (77)" */
struct who {
	char text[64];
};

static struct who who(pid_t pid)
{
	char comm[16] = "?";
	struct who who;
	proc_comm(pid, comm);
	snprintf(who.text, sizeof(who.text), "%s (%d)", comm, pid);
	return who;
}

static bool is_ancestor(pid_t pid)
{
	struct proc_state state;
	for (pid_t at = getppid(); at > 0 && proc_state(at, &state) == 0; at = state.ppid) {
		if (at == pid)
			return true;
	}
	return false;
}

/* ---- who reads what memtrace writes ---- */

struct pipes {
	ino_t *inodes;
	size_t n, size;
};

static void pipes_free(struct pipes *pipes)
{
	free(pipes->inodes);
}

/*
 * The pipe behind a descriptor of a process if it's open in that direction (the permissions of the link
 * say so: proc_pid_fd(5)), or 0.
 */
static ino_t pipe_of(const char *folder, const char *fd, mode_t direction)
{
	char path[300];
	struct stat link, st;
	snprintf(path, sizeof(path), "%s/%s", folder, fd);
	if (lstat(path, &link) < 0 || !(link.st_mode & direction) || stat(path, &st) < 0)
		return 0;
	return S_ISFIFO(st.st_mode) ? st.st_ino : 0;
}

/* What we write to: our standard streams, and what we opened ourselves; others were left to us. */
static void find_own_pipes(struct pipes *ret)
{
	static const char folder[] = "/proc/self/fd";
	DIR *dir = opendir(folder);
	if (!dir)
		return;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		uint64_t fd;
		if (num_parse(entry->d_name, &fd) < 0 ||
		    (fd > 2 && !(fcntl((int)fd, F_GETFD) & FD_CLOEXEC)))
			continue;
		ino_t inode = pipe_of(folder, entry->d_name, S_IWUSR);
		if (inode)
			*MEM_PUSH(ret->inodes, ret->n, ret->size) = inode;
	}
	closedir(dir);
}

static bool reads_any(pid_t pid, const struct pipes *pipes)
{
	char folder[32];
	bool found = false;
	snprintf(folder, sizeof(folder), "/proc/%d/fd", pid);
	DIR *dir = pipes->n ? opendir(folder) : NULL;
	if (!dir)
		return false;
	for (const struct dirent *entry; !found && (entry = readdir(dir));) {
		ino_t inode = pipe_of(folder, entry->d_name, S_IRUSR);
		for (size_t i = 0; inode && i < pipes->n; i++)
			found |= pipes->inodes[i] == inode;
	}
	closedir(dir);
	return found;
}

static bool reads_from_us(pid_t pid)
{
	_cleanup_(pipes_free) struct pipes pipes = {0};
	find_own_pipes(&pipes);
	return reads_any(pid, &pipes);
}

/* ---- sentences ---- */

/* A leader that has ended, and no thread that hasn't. */
static bool is_all_zombie(pid_t pid)
{
	_cleanup_(buf_free) struct buf tids = {0};
	if (proc_tids(pid, &tids) < 0)
		return true;
	for (size_t at = 0; at < tids.len; at += sizeof(pid_t)) {
		struct proc_state state;
		pid_t tid;
		memcpy(&tid, tids.data + at, sizeof(tid));
		if (proc_state(tid, &state) == 0 && state.letter != 'Z' && state.letter != 'X')
			return false;
	}
	return true;
}

int refusal_watch(pid_t pid, struct err *err)
{
	struct proc_state state;
	if (proc_state(pid, &state) < 0)
		return err_set(
		    err, -ESRCH, "can't attach to %d: there is no such process", pid);
	if (pid == getpid())
		return err_set(err, -EDEADLK, "can't attach to %d: it is memtrace itself", pid);
	if (state.kernel)
		return err_set(err, -EPERM,
		    "can't attach to %s: it is a kernel thread, which has no address space",
		    who(pid).text);
	if (is_all_zombie(pid))
		return err_set(err, -ESRCH, "can't attach to %s: it has ended already",
		    who(pid).text);
	return 0;
}

int refusal_find(pid_t pid, struct err *err)
{
	struct proc_state state;
	int r = refusal_watch(pid, err);
	if (r < 0)
		return r;
	if (proc_state(pid, &state) == 0 && state.tracer)
		return err_set(err, -EBUSY,
		    "can't attach to %s: %s traces it, and a process has one tracer; end that first",
		    who(pid).text, who(state.tracer).text);
	if (is_ancestor(pid))
		return err_set(err, -EDEADLK,
		    "can't attach to %s: memtrace runs under it, and both could wait for each "
		    "other; start memtrace from elsewhere",
		    who(pid).text);
	if (reads_from_us(pid))
		return err_set(err, -EDEADLK,
		    "can't attach to %s: it reads what memtrace writes, and both would wait for "
		    "each other; write to a file with -o FILE",
		    who(pid).text);
	return 0;
}

static bool has_cap_sys_ptrace(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];
	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE);
}

/* kernel.yama.ptrace_scope; 0 where there is no Yama. */
static int yama_scope(void)
{
	char text[8] = "";
	_cleanup_(cleanup_close) int fd =
	    open("/proc/sys/kernel/yama/ptrace_scope", O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return 0;
	return (int)strtol(text, NULL, 10);
}

/* The owner of its files in /proc is root's where it isn't dumpable (proc(5)). */
static bool is_undumpable(pid_t pid, uid_t uid)
{
	char path[32];
	struct stat st;
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	return stat(path, &st) == 0 && st.st_uid == 0 && uid != 0;
}

static int explain_yama(pid_t pid, int scope, struct err *err)
{
	static const char *const remedies[] = {"run memtrace as root, or set it to 0",
	    "run memtrace as root", "that can't be changed before the next boot"};
	return err_set(err, -EPERM,
	    "can't attach to %s: kernel.yama.ptrace_scope is %d, which forbids it; %s",
	    who(pid).text, scope, remedies[scope < 3 ? scope - 1 : 2]);
}

static int explain_eperm(pid_t pid, const struct proc_state *state, struct err *err)
{
	int scope = yama_scope();
	bool capable = has_cap_sys_ptrace();
	const struct passwd *owner = getpwuid(state->uid);
	if (scope == 3 || (scope && !capable && state->uid == geteuid()))
		return explain_yama(pid, scope, err);
	if (capable)
		return err_set(err, -EPERM,
		    "can't attach to %s: the kernel forbids it though memtrace has "
		    "CAP_SYS_PTRACE; does a security module, or its user namespace?",
		    who(pid).text);
	if (geteuid() == 0)
		return err_set(err, -EPERM,
		    "can't attach to %s: root lacks CAP_SYS_PTRACE here; start the container "
		    "with --cap-add SYS_PTRACE",
		    who(pid).text);
	if (state->uid != geteuid())
		return err_set(err, -EPERM,
		    "can't attach to %s: it runs as %s; run memtrace as root or as that user",
		    who(pid).text, owner ? owner->pw_name : "another user");
	if (is_undumpable(pid, state->uid))
		return err_set(err, -EPERM,
		    "can't attach to %s: it isn't dumpable (set-uid, or by prctl(2) "
		    "PR_SET_DUMPABLE); run memtrace as root",
		    who(pid).text);
	return err_set(err, -EPERM,
	    "can't attach to %s: the kernel forbids it, maybe since it has more capabilities; run "
	    "memtrace as root",
	    who(pid).text);
}

int refusal_explain(pid_t pid, int error, struct err *err)
{
	struct proc_state state;
	if (error == ESRCH || proc_state(pid, &state) < 0)
		return err_set(err, -ESRCH, "can't attach to %d: it has just ended", pid);
	if (error == EPERM && state.tracer)
		return refusal_find(pid, err);
	if (error == EPERM)
		return explain_eperm(pid, &state, err);
	return err_sys(err, error, "can't attach to %s", who(pid).text);
}
