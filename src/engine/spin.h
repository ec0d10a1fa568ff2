/*
 * Whether to look for the next stop a while before waiting for it. A processor that has nothing to do sleeps, and
 * to wake it takes longer than most stops do to come, in a virtual machine far longer; but who looks keeps a
 * processor from others. So it's done as long as it pays and there are processors enough. Pure.
 */
#pragma once

#include <stdbool.h>

/* {0} is the start. */
struct spin {
	unsigned credit; /* tries that failed may use it up */
	unsigned pause;  /* how many waits to leave it be */
	unsigned last;   /* how many it was the last time */
	unsigned waits;  /* since the load was asked for */
	unsigned load;   /* how many tasks run or want to, in sixteenths, on average */
};

/* The longest to look, ns. */
#define SPIN_LONGEST 70000

/* spin_asks - whether it wants to be told the load before the next wait. Asked once for each. */
bool spin_asks(struct spin *s);

/* spin_load - so many tasks of the machine run or want to, this one and whom it traces among them. */
void spin_load(struct spin *s, unsigned tasks);

/* spin_wanted - whether to look before the next wait, on a machine of so many processors. Asked once for each. */
bool spin_wanted(struct spin *s, unsigned processors);

/* spin_ended - the stop came while it was looked for, or didn't. */
void spin_ended(struct spin *s, bool came);
