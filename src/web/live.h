/*
 * A run as the page shows it, kept up as events come: its processes, what they have and had, who made it, the last
 * events. Bounded, whatever the run does.
 *
 * One thread brings events, another reads; both between live_hold and live_release.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "report/history.h"
#include "web/roster.h"
#include "web/sites.h"
#include "web/tail.h"
#include "trace/writer.h"

/* Columns of a run's track of calls: one a call, and those that failed. */
#define LIVE_FAILED  SYSCALLS_COUNT
#define LIVE_COLUMNS (SYSCALLS_COUNT + 1)
_Static_assert(LIVE_COLUMNS <= TRACK_COLUMNS, "a track has room for all calls");

struct live {
	pthread_mutex_t lock;
	atomic_uint readers; /* that wait for it */
	const struct model *model; /* NULL: the run's events don't tell enough for one */
	const struct history *history;
	struct model *own_model; /* what these are where nobody else keeps them */
	struct history own_history;
	char run[40];        /* its id */
	struct buf start, end; /* the lines of these events; empty: none yet */
	bool now_is;         /* it goes on as we watch: time passes though no event comes */
	bool local;          /* its processes are this machine's */
	uint64_t first_mono; /* CLOCK_MONOTONIC at `first_elapsed`, ns */
	uint64_t first_elapsed;
	uint64_t elapsed; /* of the last event */
	uint64_t events, calls, failed, lost;
	uint64_t news; /* grows with all that readers could want to know */
	uint64_t by_call[SYSCALLS_COUNT], failed_by_call[SYSCALLS_COUNT];
	struct roster roster;
	struct sites sites;
	struct tail tail, findings;
	struct track tree, rates;
	struct writer writer;
	struct buf line;
};

/*
 * live_new - of the run that begins with `start`. Its model and history are the caller's, and outlive it; NULL: it has
 * its own and follows it by live_take. `now_is`: events come as they happen, on this machine. Freed with live_free.
 */
struct live *live_new(
    const struct event *start, const struct model *model, const struct history *history, bool now_is);

/* live_hold - nobody else has it until live_release: by the one who brings events. */
void live_hold(struct live *l);

/* live_look - the same by one who reads, and doesn't wait for long, however many events come. */
void live_look(struct live *l);

void live_release(struct live *l);

/* live_change - what an event did to the model; behind live_event. */
void live_change(struct live *l, const struct event *ev, const struct change *change);

/* live_event - an event that is told. */
void live_event(struct live *l, const struct event *ev);

/* live_take - the next event of a run that has its own model. */
void live_take(struct live *l, const struct event *ev);

/* live_now - the time in the run, ns. */
uint64_t live_now(const struct live *l);

/* live_levels - what a process has now, or had when it ended, and at most. Returns false where it isn't known. */
bool live_levels(const struct live *l, const struct member *m, uint64_t now[METRICS], uint64_t peak[METRICS]);

/* live_turn - what changed until now is of the past. Returns the number of the turn that ends. */
uint64_t live_turn(struct live *l);

void live_free(struct live *l);
