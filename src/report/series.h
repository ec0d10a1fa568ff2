/* A value over time, in a fixed number of steps that grow as the time does. Pure. */
#pragma once

#include <stdint.h>

#define SERIES_STEPS 32

/* {0} is empty. */
struct series {
	uint64_t width;           /* of a step, ns */
	unsigned at;              /* the last step that has a value */
	uint64_t v[SERIES_STEPS]; /* at the end of each step */
};

/* series_note - it is `value` at `time` (ns), which never goes back. */
void series_note(struct series *s, uint64_t time, uint64_t value);

/* series_at - what it was at `time`. */
uint64_t series_at(const struct series *s, uint64_t time);
