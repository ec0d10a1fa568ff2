/*
 * Whether a seccomp filter that memtrace itself was started under (a container's) would hide calls
 * from the filter that a traced command gets: one that fails or traps a call comes before ours.
 */
#pragma once

#include <stdint.h>

#include "engine/filter.h"

/*
 * probe_hidden - let a child make each of `calls` (a set of ids of syscalls[]) under `filter`, with all
 * bits of the arguments set and with none; no call gets through. Returns 1 if any gives no stop, 0 if all do, or a negative errno if that
 * can't be found out.
 */
int probe_hidden(struct filter *filter, uint64_t calls);
