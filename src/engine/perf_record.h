/*
 * Records of perf events as the kernel writes them into a ring (perf_event_open(2), "MMAP layout"). Pure: bytes
 * in, values out; nothing in them is trusted.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/str.h"

/* What all our events have in their samples, in this order. */
#define PERF_SAMPLE_COMMON (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW)

enum perf_kind {
	PERF_OTHER,   /* of no interest */
	PERF_LEFT,    /* a system call ended: raw_syscalls:sys_exit */
	PERF_ENTERED, /* it begins: raw_syscalls:sys_enter */
	PERF_BORN,    /* a task was made: task:task_newtask, with the flags of clone(2) */
	PERF_EXECED,  /* a new image is in place: sched:sched_process_exec, with its first stack */
	PERF_COMM,
	PERF_FORK,
	PERF_EXIT,
	PERF_MAP,
	PERF_LOST,
	PERF_THROTTLED,
};

/* Where one tracepoint's fields are, and what beside them its samples have. */
struct perf_tracepoint {
	enum perf_kind kind;
	uint16_t type;     /* the tracepoint's id: common_type */
	uint64_t regs;     /* a mask: sample_regs_user; 0: none */
	bool stack;        /* a piece of the user's stack */
	unsigned field[2]; /* LEFT: id, ret; ENTERED: id, args; BORN: clone_flags */
};

#define PERF_TRACEPOINTS 4

struct perf_layout {
	struct perf_tracepoint points[PERF_TRACEPOINTS];
	unsigned points_n;
};

#define PERF_REGS_MAX 64

struct perf_record {
	enum perf_kind kind;
	uint64_t time; /* CLOCK_MONOTONIC, ns; 0: it has none */
	pid_t pid, tid;

	/* LEFT, ENTERED */
	uint64_t nr;
	int64_t ret;           /* LEFT */
	struct str args;       /* ENTERED: six words */

	/* LEFT, EXECED: registers, in the order of the mask; none where the task was in none of its own. */
	unsigned abi; /* PERF_SAMPLE_REGS_ABI_* */
	uint64_t mask;
	struct str regs;
	struct str stack; /* from the stack pointer on */

	pid_t parent, parent_tid; /* FORK; `pid` and `tid` are the child's */
	uint64_t clone_flags;     /* BORN */
	bool exec;                /* COMM: by execve(2) */
	struct str name;          /* COMM; MAP: the path */
	uint64_t start, length, offset, dev, inode; /* MAP; dev: major << 32 | minor */
	uint32_t prot, flags;     /* MAP: of mmap(2) */
	uint64_t count;           /* LOST: records */
};

/*
 * perf_record_parse - what the record of `len` bytes at `data` says; texts in *ret point into it. Returns whether it
 * could be read; if not, *ret is PERF_OTHER.
 */
bool perf_record_parse(
    const struct perf_layout *layout, const void *data, size_t len, struct perf_record *ret);

/* perf_record_reg - register number `reg` (asm/perf_regs.h), 0 where it wasn't sampled. */
uint64_t perf_record_reg(const struct perf_record *record, unsigned reg);

/* perf_record_time - the time of a record alone; 0: it has none. */
uint64_t perf_record_time(const void *data, size_t len);
