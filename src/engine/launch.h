/*
 * Starting a command under ptrace(2): the child waits on a pipe until it is seized, so that not one
 * of its calls is missed and no stop is left over. Or under a filter whose listener it hands over.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "engine/filter.h"
#include "util/err.h"

/* Whose rights the command gets. The caller owns it and frees `groups`. */
struct launch_user {
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	int groups_n;
};

/*
 * launch_user_find - the user of that name, with all groups. Returns 0, or a negative errno with
 * err set (-ENOENT: no such user).
 */
int launch_user_find(const char *name, struct launch_user *ret, struct err *err);

struct launch_spec {
	char *const *argv; /* the first is looked up in PATH of envp, as execvp(3) does */
	char **envp;
	const struct launch_user *user; /* NULL: ours */
	struct filter *filter;          /* NULL: none */
	bool stdout_to_stderr;
	bool listen;           /* nobody traces it: `filter` tells a listener */
	bool hold;             /* nobody traces it: it waits for launch_go */
	unsigned long options; /* PTRACE_O_*, unless `listen` or `hold` */
};

struct launch {
	pid_t pid;
	int status; /* the pipe's reading end: what the child has to say, until execve closes it */
	int go;     /* with `hold`: the pipe that the child waits at */
	/* With `listen`: */
	int listener;      /* the filter's (seccomp_unotify(2)); the caller closes it */
	bool killable;     /* who waits for an answer can be killed, but not interrupted */
	bool no_new_privs; /* the kernel demanded that of the filter */
};

/*
 * launch_start - fork, seize and let go. The child runs on to its execve(2), whose outcome the
 * caller sees as a stop or an exit. With `listen`, the first call that the listener tells of is seccomp(2),
 * made for nothing else than to be the first; a child whose memtrace ends before that was answered ends, too.
 * Returns 0 or a negative errno with err set.
 */
int launch_start(const struct launch_spec *spec, struct launch *ret, struct err *err);

/* launch_go - let a child go on that was held. */
void launch_go(struct launch *launch);

/*
 * launch_follow_stop - if job control stopped the command, which nobody traces, stop as well, so that its shell sees
 * that.
 */
void launch_follow_stop(pid_t command);

/*
 * launch_result - what became of it, to be called once after the first PTRACE_EVENT_EXEC or the
 * child's exit; closes the pipe. Returns 0 if the command runs; else a negative errno with err and
 * its status (126, 127) set. *ret_no_new_privs says whether the kernel demanded that.
 */
int launch_result(
    struct launch *launch, const char *command, bool *ret_no_new_privs, struct err *err);
