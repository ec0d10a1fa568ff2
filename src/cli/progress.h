/* How far a long job is: a bar on a terminal, nothing elsewhere. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

struct progress {
	bool shown;     /* whether there is somebody to show it to */
	uint64_t began; /* ns, as the next */
	uint64_t drawn;
	const char *unit; /* what `count` counts */
};

/* progress_begin - shown if standard error is a terminal and `quiet` is false. */
void progress_begin(struct progress *p, const char *unit, bool quiet);

/* progress_show - `done` of `whole` (0: unknown), and `count` units; draws five times a second. */
void progress_show(struct progress *p, uint64_t done, uint64_t whole, uint64_t count);

/* progress_end - leave the line empty again. */
void progress_end(struct progress *p);

/* progress_text - append what is drawn after `nsec`. Pure. */
void progress_text(struct buf *out, uint64_t done, uint64_t whole, uint64_t count, const char *unit,
    uint64_t nsec);
