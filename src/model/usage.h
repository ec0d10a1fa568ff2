/*
 * What a process has of each metric, and the most it had: the values that exit, detach and end events carry.
 * Pure.
 */
#pragma once

#include "decode/syscalls.h"
#include "event.h"
#include "model/space.h"

struct usage {
	uint64_t peak[METRICS];
	uint64_t calls[SYSCALLS_COUNT], failed[SYSCALLS_COUNT];
	uint64_t max_rss; /* resident at most, bytes, which only its end tells; 0: not known */
};

/* The most levels that a usage is told in. */
#define LEVELS_MAX (METRICS + 2 * SYSCALLS_COUNT)

/* usage_raise - the space that the process has now is `now`: peaks follow. */
void usage_raise(struct usage *u, const uint64_t now[METRICS]);

/* usage_count - a call of the process, which failed or not. */
void usage_count(struct usage *u, int call_id, bool failed);

/* usage_add - add the calls of `other`, a process that has ended; max_rss becomes the greater one. */
void usage_add(struct usage *u, const struct usage *other);

/* usage_metric - a metric's name. */
struct str usage_metric(enum metric metric);

/*
 * usage_levels - tell it, with `now` as the last values, in ret[LEVELS_MAX]; names are constant, those of a tree
 * of processes begin with "tree.". Counts that are 0 are left out. Returns how many there are.
 */
size_t usage_levels(const struct usage *u, const uint64_t now[METRICS], bool tree, struct level *ret);
