/* The kernel's own ranges of a space, as /proc/PID/maps has them, beside the model's. Pure. */
#pragma once

#include "event.h"
#include "model/space.h"
#include "util/intern.h"

/* truth_kind - what a mapping is by its file's path, which isn't empty: bits of range.is. */
unsigned truth_kind(struct str path);

/*
 * truth_settle - what such a mapping tells otherwise: r->is, dev and inode are set. Private /dev/zero is anonymous
 * memory to the kernel, whose offset is no file's (mm/vma.c, copy_vma).
 */
void truth_settle(struct range *r, struct str path);

/* truth_load - let an empty space be `maps`, as the event `by` shows them; their paths go into `names`. */
void truth_load(struct address_space *s, struct map_list maps, uint64_t by, struct intern *names);

/*
 * truth_equals - whether the space is as `maps` says, in however many ranges. The low edge of the stack, and of
 * what else grows by itself, may differ. If not, `ret` says how the first range does, from where it does.
 */
bool truth_equals(struct address_space *s, struct map_list maps, char *ret, size_t size);

/* truth_grow - what grows by itself, and ends at `end`, begins at `start` by now; nothing if there's no such range. */
void truth_grow(struct address_space *s, uint64_t start, uint64_t end);

/* truth_correct - where they differ, let the space be as `maps` says; what is equal keeps who made it. */
void truth_correct(
    struct address_space *s, struct map_list maps, uint64_t by, struct intern *names);
