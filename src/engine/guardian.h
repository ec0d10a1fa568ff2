/*
 * A process that answers a seccomp listener's notifications when memtrace no longer does: without anybody
 * the calls of the command would fail (seccomp_unotify(2)). It shares nothing with memtrace but the listener,
 * and lives as long as somebody uses the filter.
 */
#pragma once

#include <stdint.h>

#include "util/err.h"

struct guardian {
	int life;         /* it takes over when this is closed, by whatever */
	uint64_t *answer; /* the id of the notification that memtrace answers next; shared with it */
};

/* guardian_start - Returns 0 or a negative errno with err set. */
int guardian_start(int listener, struct guardian *ret, struct err *err);

/* guardian_note - a notification was received, and isn't answered yet. */
static inline void guardian_note(struct guardian *g, uint64_t id)
{
	__atomic_store_n(g->answer, id, __ATOMIC_RELEASE);
}

/* guardian_leave - memtrace is done: it takes over what there still is. {-1} is none. */
void guardian_leave(struct guardian *g);
