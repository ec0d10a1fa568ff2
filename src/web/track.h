/*
 * Values over time in a bounded number of steps: where more would be needed, two become one, twice as long. Pure.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum track_kind {
	TRACK_LEVEL, /* a step has the most that a value was in it */
	TRACK_COUNT, /* a step has how many came in it */
};

/* The most columns that a track can have. */
#define TRACK_COLUMNS 48

struct track {
	enum track_kind kind;
	unsigned columns, most; /* most: steps, even */
	uint64_t from, width;   /* when the first step begins, and how long each is, ns */
	size_t n, size;         /* steps that have values */
	uint64_t *v;            /* n times columns */
	uint64_t now[TRACK_COLUMNS]; /* TRACK_LEVEL: the last values */
};

/* track_init - an empty one that begins at `from`, in steps of `width` (ns) at first; freed with track_free. */
void track_init(struct track *t, enum track_kind kind, unsigned columns, unsigned most, uint64_t from,
    uint64_t width);

/* track_level - the values are `now` at `time` (ns; what is older than the last step counts as of that). */
void track_level(struct track *t, uint64_t time, const uint64_t *now);

/* track_set - one of them is. */
void track_set(struct track *t, uint64_t time, unsigned column, uint64_t value);

/* track_count - one more in that column. */
void track_count(struct track *t, uint64_t time, unsigned column);

/* track_reach - time goes on to `time` with no news. */
void track_reach(struct track *t, uint64_t time);

void track_free(struct track *t);
