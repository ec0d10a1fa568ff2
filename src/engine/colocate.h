/*
 * Whether tasks that make stops are to do so on the tracer's processor, or all on one other. Left to the scheduler,
 * each stop wakes the other side on another processor, which takes longer than the stop itself does; on one processor
 * it's a switch; and where several make stops, neither side need ever sleep: the tracer looks at one while others go
 * on.
 *
 * Who is held keeps others from that processor, can't run beside them, and could see it: so a task is held only while
 * its stops come all the time, each way is tried, and that is taken which gives more stops in the same time. Where
 * nobody else wants to run, it needn't be held: it's enough to fetch it for each call. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum colocate_way {
	COLOCATE_APART,    /* as the scheduler likes */
	COLOCATE_TOGETHER, /* all the time on the tracer's processor */
	COLOCATE_BESIDE,   /* all the time on one other, while the tracer looks for stops on its own */
	COLOCATE_NEAR,     /* on the tracer's processor from the entry of a call until it's let go on from the exit */
};

/* Those that are measured. */
#define COLOCATE_WAYS COLOCATE_NEAR

/* {0} is the start: apart. */
struct colocate {
	uint64_t began;    /* when the window of stops did, CLOCK_MONOTONIC ns */
	uint64_t last;     /* when its last stop was */
	uint64_t number;   /* of the window */
	unsigned stops;    /* in it */
	unsigned makers;   /* how many tasks made them */
	unsigned crowd;    /* how many made those of the window before */
	unsigned several;  /* for so many windows more there is to be taken to be a crowd */
	unsigned windows;  /* since another way was tried */
	unsigned run;      /* how many were a burst, one after the other */
	unsigned patience; /* how many to wait with it */
	uint64_t each[COLOCATE_WAYS]; /* ns from stop to stop, on average; 0: unknown */
	unsigned settling; /* the way was changed just now: so many windows tell nothing */
	uint64_t since;    /* it was, or was learned from those up to then, CLOCK_MONOTONIC ns; */
	uint64_t took;     /*   those since then, but for the settling ones, ns, */
	unsigned measured, counted; /* how many windows and stops that is */
	bool trying;       /* the way that isn't known to be the best */
	enum colocate_way held, tried; /* tried: the one that was last */
	bool near;
};

/*
 * colocate_stop - a task has stopped at a call; *window is its own, 0 at first. `alone`: nobody else wants to run.
 * Returns how it is to be from here on.
 */
enum colocate_way colocate_stop(struct colocate *c, uint64_t *window, bool alone, uint64_t now);

/* colocate_exec - a task has a new image, whose loader will make calls at once, alone or not. Returns likewise. */
enum colocate_way colocate_exec(struct colocate *c, uint64_t *window, bool alone, uint64_t now);

/* colocate_tick - it's `now`, whether anyone stopped or not. Returns likewise. */
enum colocate_way colocate_tick(struct colocate *c, uint64_t now);

/*
 * colocate_part - they can't be near or together, or must not be any more. They may be again after the next burst of
 * stops.
 */
void colocate_part(struct colocate *c);
