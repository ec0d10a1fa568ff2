/*
 * Whether tasks that make stops all the time are to be on the tracer's processor while they do. Left to the
 * scheduler, each stop wakes the other side on another processor, which takes longer than the stop itself does; on
 * one processor it's a switch. But who is held there keeps others from it, and can't run beside them: so both
 * ways are tried, and that is taken which gives more stops in the same time. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* {0} is the start: apart. */
struct colocate {
	uint64_t began;    /* when the window of stops did, CLOCK_MONOTONIC ns */
	uint64_t last;     /* when its last stop was */
	uint64_t number;   /* of the window */
	unsigned stops;    /* in it */
	unsigned makers;   /* how many tasks made them */
	unsigned crowd;    /* how many made those of the window before */
	unsigned windows;  /* since the other way was tried */
	unsigned patience; /* how many to wait with it */
	uint64_t each[2];  /* ns from stop to stop, on average: apart, together; 0: unknown */
	bool settling;     /* the way was changed just now: this window tells nothing */
	bool trying;       /* the way that isn't known to be the better one */
	bool together;
};

/*
 * colocate_stop - a task has stopped at a call; *window is its own, 0 at first. Returns whether those who make stops
 * are to be together from here on.
 */
bool colocate_stop(struct colocate *c, uint64_t *window, uint64_t now);

/* colocate_tick - it's `now`, whether anyone stopped or not. Returns likewise. */
bool colocate_tick(struct colocate *c, uint64_t now);

/* colocate_part - they can't be together, or must not be any more. They may be again after the next burst of stops. */
void colocate_part(struct colocate *c);
