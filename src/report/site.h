/* Where calls come from: a stack, or without one a call with its arguments but addresses. Pure. */
#pragma once

#include "event.h"
#include "report/groups.h"
#include "report/stacks.h"

/* site_mix - a key of `hash` and one more value. */
uint64_t site_mix(uint64_t hash, uint64_t value);

/* site_key - of a call's site: `stack` is its number, 0 for none; `path` one that stands for its file. */
uint64_t site_key(const struct event *ev, uint32_t stack, uint64_t path);

/* site_count - one more call of a group, which the first one describes. */
void site_count(struct group *group, const struct event *ev);

/* site_put - append what a site is, in a few words: "leak_some leak.c:12", "mmap 8192 rw- anonymous". */
void site_put(const struct group *group, struct str path, struct frame_list stack, struct buf *out);
