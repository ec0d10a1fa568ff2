/*
 * Who is traced: tasks (threads), the processes they belong to and the address spaces that these
 * share. No system calls; the tables own all of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "decode/effect.h"
#include "raw.h"

struct record;
struct affinity;
struct perf_task;

/* How a task that an attach holds goes on. */
enum held { HELD_NOT, HELD_RESUME, HELD_LISTEN };

/* On whose terms a task runs where it does. */
enum lent {
	AFFINITY_OWN,
	AFFINITY_KEPT,      /* likewise, and it can't be changed */
	AFFINITY_LENT,      /* it's held on the tracer's processor */
	AFFINITY_RETURNED,  /* it was, and may be about to have a child that was made meanwhile */
	AFFINITY_INHERITED, /* it's such a child, and hasn't run yet */
};

/* A call that a task is in and whose result the engine itself waits for. */
enum own_call {
	OWN_NONE,
	OWN_FILTER,     /* it installs a filter for itself, */
	OWN_FILTER_ALL, /* or for all threads */
	OWN_STRICT,     /* it enters strict mode, which the engine keeps for it */
	OWN_PTRACE,     /* it wants to trace */
};

/* An address space, as far as the order of events needs one. */
struct space {
	unsigned tasks;   /* that use it */
	unsigned exiting; /* of those, they are about to end */
	uint64_t id;    /* unique in the run */
	uint64_t brk;   /* as last returned; 0: not known yet */
	unsigned calls; /* captured ones that its tasks are in */
	uint64_t wait;  /* how many calls more until its maps are read again (engine_setup.truth) */
	uint64_t short_of; /* when its limits were read for a call that failed, CLOCK_MONOTONIC ns */
	uint64_t grown_start, grown_end; /* its stack reaches so far now, which isn't told yet; end 0: it is */
	struct span loader; /* its code that maps libraries: loader.h */
	bool owed;      /* they are to be read anyway: nothing else tells what some call did */
	/* While an attach gathers all who use it: they stay stopped until its maps were read. */
	bool gathering;
	unsigned held;  /* how many are */
	uint64_t moved; /* when the last one stopped, CLOCK_MONOTONIC ns */
};

/* What a process leaves behind. */
struct legacy {
	struct buf maps;  /* as residency.h gives them, if it was the last to use its space, */
	bool doubtful;    /* which may be that of an image that wasn't told of */
	uint64_t max_rss; /* bytes; 0: unknown */
	struct raw_fault fault;
	struct registers registers; /* then, */
	struct buf stack;           /* and a piece of the stack */
};

struct process {
	pid_t pid;
	pid_t nspid;    /* in its own pid namespace; 0: the same number as ours */
	unsigned tasks;   /* that live */
	unsigned exiting; /* of those, they are about to end */
	struct legacy *legacy; /* NULL: none yet */
	bool attached;  /* it ran before memtrace did, or is a child of such */
	bool untold;    /* its RAW_ATTACH is still to come */
	bool leaderless; /* its leader had ended when its threads were attached to */
	bool left_out;  /* to be let go: --no-follow, or it has only the id of a target that ended */
	bool kernel;    /* it's a thread of the kernel's */
	/* CLOCK_MONOTONIC, ns: what came before, or later, is in nobody's maps of it, and isn't told; 0: all is. */
	uint64_t since, until;
	uint64_t read; /* when its maps were, where that was behind its first event; 0: it wasn't */
	uint64_t gone; /* it wasn't there any more then; 0: that isn't known */
};

struct task {
	pid_t tid;
	struct process *process;
	struct space *space;
	struct record *call; /* the captured call that it is in, or NULL */
	struct record *interrupted; /* those that signals cut into and that may be made again, innermost first */
	bool announced;      /* a fork event told of it (or it's a target); if not: */
	bool dead;           /*   it has ended meanwhile */
	int status;          /*   its first stop, or its end, as wait(2) gives it */
	uint64_t seen;       /*   when that came, CLOCK_MONOTONIC ns */
	bool every_call;     /* it may have a filter of its own: stop at every call */
	bool own_filter;     /* it has */
	bool strict;         /* it's in strict mode */
	bool listening;      /* stopped by job control: what comes next is its end */
	bool exiting;        /* it's about to end */
	bool loads;          /* its last captured call was its loader's, which has more to do */
	bool passing;        /* its last stop was at the entry of a call that nobody wants */
	enum own_call own;
	enum held held;  /* stopped until its space is gathered: how it goes on then, */
	int held_signal; /*   and with which signal */
	bool comm_stale;
	char comm[16];
	uint64_t comm_read; /* when `comm` was read, CLOCK_MONOTONIC ns */
	enum lent lent;
	struct affinity *affinity; /* its own, unless `lent` is AFFINITY_OWN; freed with the task */
	struct task *lent_prev, *lent_next;
	uint64_t last_stop; /* at a call, CLOCK_MONOTONIC ns */
	uint64_t window;    /* of the stops that it made last: colocate.h */
	struct perf_task *perf; /* NULL, or the perf engine's, which frees it */
	struct task *prev, *next;
};

/* Pids are below 2^22 (proc(5), pid_max). */
#define TASK_CHUNK_BITS 10
#define TASK_CHUNKS     (1 << (22 - TASK_CHUNK_BITS))

/* {0} is an empty table; freed with tasks_free. */
struct tasks {
	struct task **chunks[TASK_CHUNKS];
	struct task *first;
	struct task *lent; /* those whose affinity is */
	unsigned count;
	uint64_t spaces_made;
};

/* tasks_find - the task with that id, or NULL. */
struct task *tasks_find(const struct tasks *t, pid_t tid);

/* tasks_add - a new task without a process or a space. The id must not be in the table. */
struct task *tasks_add(struct tasks *t, pid_t tid);

/*
 * tasks_rename - give a task another id, not in the table (execve(2) by a thread that doesn't
 * lead).
 */
void tasks_rename(struct tasks *t, struct task *task, pid_t tid);

/* tasks_remove - forget a task, and its process and space if it was their last. */
void tasks_remove(struct tasks *t, struct task *task);

/* tasks_lend - note that the affinity of `task` is lent; it isn't yet. */
void tasks_lend(struct tasks *t, struct task *task);

/* tasks_settle - note that it isn't any more. */
void tasks_settle(struct tasks *t, struct task *task);

/* task_exits - it's about to end: counted in its process and space. */
void task_exits(struct task *task);

/* process_legacy - what it leaves behind, made where there is none yet. */
struct legacy *process_legacy(struct process *process);

/* task_join - make `task` part of `process`, or of a new one with id `pid` where that is NULL. */
void task_join(struct task *task, struct process *process, pid_t pid);

/* task_use - let `task` use `space`, or a new one (brk unknown) where that is NULL. */
void task_use(struct tasks *t, struct task *task, struct space *space);

void tasks_free(struct tasks *t);
