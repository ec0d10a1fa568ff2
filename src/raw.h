/*
 * A raw record: what an engine saw, before anyone says what it means. It holds everything that had
 * to be read while the task was stopped. Owned by the engine; the receiver may use it until it asks
 * for the next one.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "util/buf.h"

enum raw_kind {
	RAW_CALL,   /* a captured system call ended, or its task did */
	RAW_EXEC,   /* a new image: exe, argv, maps */
	RAW_FORK,   /* a new task: child */
	RAW_EXIT,   /* the end of a process (thread group) */
	RAW_ATTACH, /* it ran before: exe, argv, tids, maps (empty: it ended first) */
	RAW_DETACH, /* the process runs on, unseen */
	RAW_LOST,   /* the kernel had no room for `count` records; pid and tid are 0 */
};

/* Whose system call convention the caller used. */
enum abi { ABI_X86_64, ABI_I386, ABI_X32, ABI_AARCH64, ABI_COUNT };

enum raw_result {
	RAW_RETURNED,   /* ret is what the kernel gave */
	RAW_UNFINISHED, /* the task died in the call */
	RAW_UNSEEN,     /* the engine sees entries only */
};

/* The file behind a mapping (or behind a descriptor, where there is no mapping). */
struct raw_file {
	bool known;
	bool deleted;
	uint64_t dev; /* major << 32 | minor */
	uint64_t inode;
	uint64_t start, end; /* of the mapping; 0, 0 for a descriptor */
};

/* The most registers that call frame information of a processor tells of, by its numbers for them. */
#define REGISTERS_MAX 33

/* A task's registers by DWARF's numbers (its psABI), as far as unwinding needs them. */
struct registers {
	uint64_t v[REGISTERS_MAX];
	uint64_t ip;
	uint64_t copied; /* the address of the piece of stack that was copied */
	uint8_t sp, fp; /* the numbers of the stack and the frame pointer */
	bool narrow;    /* a program of 32 bits */
};

/* An access to memory that the kernel answered with a signal. */
struct raw_fault {
	int signal;       /* SIGSEGV, SIGBUS; 0: there was none */
	int code;         /* si_code (sigaction(2)) */
	uint64_t address; /* si_addr */
	uint64_t ip, sp;  /* of the thread then */
	uint64_t when;    /* CLOCK_MONOTONIC, ns */
	pid_t tid;
};

/* What a task is allowed and has, when a call failed for want of memory. Bytes; UINT64_MAX: no limit. */
struct raw_limits {
	bool known;
	uint64_t vm_size, vm_locked, vm_data, ranges;          /* has */
	uint64_t rlimit_as, rlimit_memlock, rlimit_data;       /* may have: getrlimit(2) */
	uint64_t max_map_count, committed, commit_limit, total; /* the machine: proc_sys_vm(5), proc_meminfo(5) */
	uint64_t cgroup_used, cgroup_max;
	int overcommit; /* vm.overcommit_memory */
};

struct raw {
	enum raw_kind kind;
	enum abi abi;           /* RAW_CALL */
	uint64_t entered, left; /* CLOCK_MONOTONIC, ns; equal where only one moment is known */
	pid_t pid, tid;         /* thread group and thread, in memtrace's pid namespace */
	pid_t nspid;            /* the pid in the task's own namespace; 0: the same */
	char comm[16];

	/* RAW_CALL, RAW_FORK, RAW_EXIT: its stack had grown to this before, by being used; end 0: that isn't known. */
	uint64_t grown_start, grown_end;

	/* RAW_CALL */
	int call_id; /* index into syscalls[] */
	uint64_t nr; /* the number that it was made by */
	enum raw_result result;
	uint64_t args[6];
	int64_t ret; /* negative: -errno, but for calls that can't fail */
	bool unread; /* what its caller had in memory wasn't looked at */
	bool contested; /* whether it came before or after another call nobody can tell, and it matters */
	struct raw_file file;
	struct raw_limits limits;

	/* RAW_ATTACH */
	pid_t shares_with; /* a process that was told of before and has the same address space; 0: none */
	uint64_t brk;      /* its program break, where its maps show no heap; 0: they do, or unknown */

	/* RAW_FORK */
	pid_t child;
	bool thread, shares_vm;

	uint64_t count; /* RAW_LOST */

	/* RAW_EXIT, RAW_DETACH */
	uint64_t max_rss; /* the most memory that it had, bytes; 0: unknown */

	/* RAW_EXIT */
	bool has_status;
	int status; /* as wait(2) gives it */
	bool doubtful;          /* its maps may be those of an image that wasn't told of */
	struct raw_fault fault; /* that it died of */

	/* Variable parts; kept from one use of the record to the next. */
	struct buf path; /* RAW_CALL: of `file`; RAW_EXEC, RAW_ATTACH: of the image */
	struct buf argv; /* RAW_EXEC, RAW_ATTACH: each argument ended by a NUL */
	/*
	 * RAW_EXEC, RAW_ATTACH: /proc/PID/maps; RAW_CALL: empty, or after it and all that were told before;
	 * RAW_FORK: empty, or the child's, which hasn't run yet; RAW_EXIT: empty, or with lines of
	 * /proc/PID/smaps behind each, as it was when the last task of the space was about to end; RAW_DETACH: empty,
	 * or as it was then.
	 */
	struct buf maps;
	struct buf tids; /* RAW_ATTACH: of its threads, as pid_t */
	struct buf stack; /* RAW_CALL; RAW_EXIT, of its fault: a piece of it, from the stack pointer on */
	struct registers registers; /* with `stack` */
};
