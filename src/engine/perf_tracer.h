/*
 * The inside of the perf engine, shared by its files: perf_watch.c (what the kernel's records mean), perf_calls.c
 * (captured calls), perf_attach.c (who ran before, and who runs on), engine_perf.c (the loop).
 */
#pragma once

#include <poll.h>

#include "engine/engine.h"
#include "engine/perf_events.h"
#include "engine/perf_image.h"
#include "engine/perf_order.h"
#include "engine/task.h"

/* A raw record on its way through the order. Reused, since its buffers are worth keeping. */
struct record {
	struct perf_item item; /* first: the order gives back its address */
	struct raw raw;
	struct task *owner;  /* whose call has this place reserved; NULL: none */
	struct record *next; /* in the list of free ones */
};

/* What only this engine knows of a task. */
struct perf_task {
	struct perf_image image; /* while it executes a new one */
	bool executing;
	uint64_t left;           /* its last captured call ended then, ns */
	struct perf_mapping map; /* the last that it made; end 0: none since its last call */
	struct buf name;         /* of that */
	struct record *reserved; /* its call's place; NULL: none */
	struct {
		bool pending; /* a birth, whose flags are still to come */
		pid_t pid, tid;
		uint64_t time;
	} birth;
	uint64_t entered; /* the first argument of its last call, where that isn't known at the end */
};

enum perf_scope {
	PERF_TREE,  /* the command, targets, and what they make: all records are theirs */
	PERF_KNOWN, /* the same, but records of all tasks come */
	PERF_WHOLE, /* all tasks that records come of */
};

/* Which instruction made calls from where; it stays that mostly. */
#define PERF_CODES 64

struct tracer {
	const struct engine_setup *setup;
	struct launch launch;
	pid_t root;
	bool reaped; /* the root has ended, */
	int status;  /* so: wait(2), */
	uint64_t ended, last_seen; /* by then, or then, ns; 0: that isn't known */
	enum perf_scope scope;
	bool muted, cut, released;
	unsigned gaps; /* GAP_* */
	struct perf_events events;
	uint64_t bound, fed; /* all that is older is complete, or is in the order as well, ns */
	uint64_t swept;
	uint64_t vacant; /* since when nobody is left, ns; 0: somebody is */
	bool told_rest;
	struct pollfd *polled;
	uint64_t lost, unseen;   /* records; calls by tasks that have no id here */
	struct tasks tasks;
	struct perf_order order;
	struct buf bytes; /* the record that is looked at */
	struct record *free, *out;
	unsigned free_n;
	struct record *leaving; /* of processes that run on, to be told when all was that they did before */
	struct buf vsyscall; /* the line of it in maps; empty: this machine has none */
	struct {
		uint64_t ip;
		pid_t pid;
		enum abi abi;
	} codes[PERF_CODES];
	bool told_by_registers; /* a call of a 64-bit program was: which convention it's by */
};

/* ---- perf_watch.c ---- */

/* watch_record - take what the kernel says. */
void watch_record(struct tracer *t, const struct perf_record *record);

/* watch_new - a record about `task`, not yet in the order. */
struct record *watch_new(struct tracer *t, enum raw_kind kind, const struct task *task);

/* watch_free - take back a record that is in no list. */
void watch_free(struct tracer *t, struct record *record);

/* watch_tell - put something that isn't a call and happened at `time` into the order. */
void watch_tell(struct tracer *t, struct record *record, const struct task *task, uint64_t time);

/* watch_grown - let a record tell how far the stack has grown that `task` uses, if nothing has yet. */
void watch_grown(const struct task *task, struct raw *raw);

/* watch_is_end - whether a record tells how the command ended. */
bool watch_is_end(const struct tracer *t, const struct record *record);

/* watch_end - the process of `task`, its last, has ended at `time`; or all its tasks have, of which `task` is one. */
void watch_end(struct tracer *t, struct task *task, uint64_t time);

/* watch_add - a task that is known from now on, of `process`, or of a new one where that is NULL. */
struct task *watch_add(struct tracer *t, pid_t pid, pid_t tid, struct process *process);

/* watch_remove - forget a task. */
void watch_remove(struct tracer *t, struct task *task);

/* watch_process - the process of that id, or NULL. */
struct process *watch_process(const struct tracer *t, pid_t pid);

/* watch_find - the task that a record is about, made known where that is due; NULL: it's of no concern. */
struct task *watch_find(struct tracer *t, const struct perf_record *record);

/* watch_tells - whether what that process did then is to be told. */
bool watch_tells(const struct tracer *t, const struct process *process, uint64_t time);

/* ---- perf_calls.c ---- */

/* calls_mapped - `task` has made a mapping. */
void calls_mapped(struct tracer *t, struct task *task, const struct perf_record *record);

/* calls_made - it has made the call `id` (of syscalls[]), by the convention `abi`, with those arguments. */
void calls_made(struct tracer *t, struct task *task, const struct perf_record *record, int id, enum abi abi,
    const uint64_t args[6]);

/* calls_withdraw - the place that is kept for its call won't be needed. */
void calls_withdraw(struct tracer *t, struct task *task);

/* ---- perf_attach.c ---- */

/*
 * watch_targets - watch the targets, and tell of them as they are. Returns 0 if any can be traced, else a negative
 * errno with err set.
 */
int watch_targets(struct tracer *t, struct err *err);

/* watch_found - `task` is of a process that ran before, of which the first record came. Tell so. */
void watch_found(struct tracer *t, struct task *task);

/* watch_left - tell what watch_leave found, where all up to `bound` is in the order. */
void watch_left(struct tracer *t, uint64_t bound);

/* watch_ended - that process has ended after all. */
void watch_ended(struct tracer *t, pid_t pid);

/* watch_leave - tell that all processes run on, those of targets only or all, unseen from now on. */
void watch_leave(struct tracer *t, bool only_targets);
