/*
 * The address spaces of all that is traced, as the events of a trace make them: keyed by space, not by process
 * (threads, vfork(2) and CLONE_VM share one, fork(2) copies, execve(2) replaces). Pure: no I/O, no clock.
 *
 * Events must be all that change address spaces (%map), with results, in the kernel's order. The model numbers
 * them from 1, and ranges name events by these numbers.
 */
#pragma once

#include "decode/effect.h"
#include "event.h"
#include "model/space.h"
#include "model/usage.h"

struct model;

/* What an event did. Texts and lists hold until the next event. */
struct change {
	bool has_usage;
	struct level_list usage; /* exit, detach: of the process; end: of all that was traced */
	uint64_t max_rss;        /* end: the most that any process had resident; 0: not known */
	bool mismatch;           /* the event carried the kernel's own ranges, and they differed */
	char difference[256];    /* then: the first one that does, for people */
	struct span touched[2];  /* a call's: what addresses it was about; empty where there are less */
	const struct piece *pieces; /* a call's, if model_watch was called: what it changed by how much */
	size_t pieces_n;
};

/* model_new - freed with model_free. */
struct model *model_new(void);

/* model_watch - let changes have pieces. */
void model_watch(struct model *m);

/* model_apply - what happens by `ev`. */
void model_apply(struct model *m, const struct event *ev, struct change *ret);

/* model_events - the number of the last event. */
uint64_t model_events(const struct model *m);

/*
 * model_space - the space that process `pid` uses, NULL if it isn't known. It's the model's. That of a process
 * that has ended is there until the next event.
 */
struct address_space *model_space(const struct model *m, int64_t pid);

/* model_shares - whether others use the space of process `pid`, too: it stays when that ends. */
bool model_shares(const struct model *m, int64_t pid);

/* model_name - the name of one of its ranges, as /proc/PID/maps shows it; empty: none. */
struct str model_name(const struct model *m, const struct range *r);

/* model_usage - what process `pid` had so far, likewise. */
const struct usage *model_usage(const struct model *m, int64_t pid);

/* model_tree - what all processes together have, shared memory once, and had at most. */
void model_tree(const struct model *m, uint64_t ret_now[METRICS], uint64_t ret_peak[METRICS]);

void model_free(struct model *m);
