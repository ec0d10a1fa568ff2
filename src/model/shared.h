/*
 * Memory that several spaces share, which all of them together have once: how much of what they have is counted
 * too often. Pure.
 */
#pragma once

#include "model/space.h"

struct shared_memory;

/* shared_new - freed with shared_free. */
struct shared_memory *shared_new(void);

/* shared_count - the space with that id has `bytes` more of the shared range `r` (or less: modulo 2^64). */
void shared_count(struct shared_memory *m, uint64_t space, const struct range *r, uint64_t bytes);

/* shared_forget - the space with that id is gone. */
void shared_forget(struct shared_memory *m, uint64_t space);

/* shared_excess - what the sums over all spaces have too much. */
const uint64_t *shared_excess(const struct shared_memory *m);

void shared_free(struct shared_memory *m);
