/*
 * The perf events that a trace consists of (perf_event_open(2)), and the rings that all of one processor write to.
 * Of each task: the end of captured system calls with the registers of their callers, births with their flags, new
 * images with their first stack; and the kernel's own records of names, mappings, births and ends.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "engine/perf_pump.h"
#include "engine/perf_record.h"
#include "engine/perf_ring.h"
#include "util/err.h"

struct perf_wish {
	uint64_t calls; /* a set of ids of syscalls[] */
	size_t buffer;  /* of each processor's ring, bytes; 0: what serves most */
	bool argv;      /* argument lists of new images */
	bool stacks;    /* stacks of callers */
	bool on_exec;   /* nothing before the next execve(2) of who is watched */
};

struct perf_events {
	struct perf_wish wish;
	struct perf_layout layout;
	struct buf filter;
	unsigned processors_n;
	struct perf_ring *rings; /* one a processor; behind them as many for what happens seldom, of all tasks, if there are, */
	int *cpus;               /* whose, */
	int *leaders;            /* and the event whose ring it is, which tells nothing itself */
	unsigned rings_n;
	bool has_rare; /* there are */
	struct perf_pump pump;
	int *fds;      /* all events */
	size_t fds_n, fds_size;
};

/*
 * perf_events_init - find out how this kernel calls what is wanted. `ret` is to be freed in any case. Returns 0, or
 * a negative errno with err set: what is missing and what to do.
 */
int perf_events_init(struct perf_events *ret, const struct perf_wish *wish, struct err *err);

/* What is watched. */
struct perf_subject {
	pid_t tid;  /* that task, and all that it and they will make; -1: all tasks */
	int cgroup; /* only those of this control group, by a descriptor of its folder; -1: any */
};

/*
 * perf_events_add - watch that, too. Returns 0, or a negative errno with err set (-ESRCH: the task is gone); what was
 * opened of it stays open.
 */
int perf_events_add(struct perf_events *e, struct perf_subject subject, struct err *err);

/* perf_events_start - all that is to be watched was added: from now on rings are emptied in time. */
void perf_events_start(struct perf_events *e);

/* perf_events_cost - how many descriptors watching one task takes. */
size_t perf_events_cost(const struct perf_events *e);

/* perf_events_drain - empty all rings into their queues. */
void perf_events_drain(struct perf_events *e);

/* perf_events_relieve - empty those that fill, for the thread that does so may not get to run. */
void perf_events_relieve(struct perf_events *e);

/* perf_events_drain_one - likewise ring `i` alone. */
void perf_events_drain_one(struct perf_events *e, unsigned i);

/*
 * perf_events_first - the oldest record of all queues, unless it's younger than `bound` (ns); it holds until
 * perf_ring_pop of *ret_ring. Returns whether there is any.
 */
bool perf_events_first(
    struct perf_events *e, uint64_t bound, struct str *ret, struct perf_ring **ret_ring);

/* perf_events_waiting - whether any queue holds a record. */
bool perf_events_waiting(const struct perf_events *e);

/* perf_events_stop - the kernel writes no more. */
void perf_events_stop(struct perf_events *e);

/* perf_events_lost - how many records the kernel had no room for, so far; 0 before Linux 6.0, which doesn't say. */
uint64_t perf_events_lost(const struct perf_events *e);

void perf_events_free(struct perf_events *e);
