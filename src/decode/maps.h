/* The text of /proc/PID/maps (proc_pid_maps(5)) and smaps (proc_pid_smaps(5)) as ranges. Pure. */
#pragma once

#include <sys/types.h>

#include "event.h"
#include "util/buf.h"

/* Ranges that were read, and the bytes of their paths. {0} is empty; freed with maps_free. */
struct maps {
	struct map *v;
	size_t n, size;
	struct buf text;
};

/*
 * maps_parse - read `text`, of maps or smaps, into `maps` (what it held is replaced; paths point into maps->text).
 * The kernel's escape \012 becomes a newline, and an ending " (deleted)" the `deleted` mark: both
 * are ambiguous in that text. Ranges ascend and don't overlap, even where the text's do, as it can while others
 * change them. Returns 0, or the number of the first line that isn't one, after
 * which maps holds the ranges before it.
 */
size_t maps_parse(struct str text, struct maps *maps);

void maps_free(struct maps *maps);
