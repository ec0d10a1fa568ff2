/* Which system calls a tracepoint is to tell of, in the kernel's words (Documentation/trace/events.rst). Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"

/*
 * perf_filter_build - append a filter of raw_syscalls events, ended by a NUL, that passes `calls` (a set of ids of
 * syscalls[]) and execve(2); also by the convention of 32-bit programs, if this kernel serves `narrow` callers: each
 * event that is passed costs, and their numbers mean other calls by the native convention. What a convention has
 * beyond all numbers of the native one is passed whatever it is.
 */
void perf_filter_build(uint64_t calls, bool narrow, struct buf *ret);
