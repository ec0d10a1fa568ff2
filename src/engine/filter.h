/*
 * The seccomp filter (seccomp(2), seccomp-bpf) that stops a task at captured calls only, or tells of them. Generated
 * here rather than with libseccomp: 2.5.4 sets no_new_privs and kills foreign ABIs unless told not
 * to, and doesn't know the newest calls. Pure; the unit tests run the programs.
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#define FILTER_MAX 512

struct filter {
	struct sock_filter code[FILTER_MAX];
	unsigned short len;
	uint16_t cookie; /* of the answer SECCOMP_RET_TRACE */
	uint32_t answer; /* to calls that are to be seen */
};

/*
 * filter_build - a program that answers SECCOMP_RET_TRACE, with `cookie` as its SECCOMP_RET_DATA (by which
 * our stops can be told from those of others' filters), to the calls in `calls` (a set of ids of
 * syscalls[]) by every convention that this machine runs, to prctl(PR_SET_NAME), which changes the
 * name that events carry, to ptrace, to seccomp and prctl(PR_SET_SECCOMP), by which a task could hide calls,
 * and to clone with CLONE_UNTRACED and all clone3, which would take a child out of sight; with `scheduling` also to
 * those that ask or say where a task runs, and how; SECCOMP_RET_ALLOW to all
 * else. A convention that it doesn't know is traced whole.
 */
void filter_build(uint64_t calls, uint16_t cookie, bool scheduling, struct filter *ret);

/*
 * filter_build_notify - likewise, but answering SECCOMP_RET_USER_NOTIF, to `calls`, those that execute an
 * image, and prctl and seccomp as above.
 */
void filter_build_notify(uint64_t calls, struct filter *ret);
