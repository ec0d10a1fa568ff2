/*
 * Memory that is given out piece by piece and taken back all at once. {0} is an empty arena; freed
 * with arena_free. Pieces stay where they are until arena_reset.
 */
#pragma once

#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunk; /* the one in use; older ones hang behind it */
	size_t used;               /* of `chunk` */
};

/* arena_alloc - `size` bytes, not initialised, aligned for any type. Never NULL. */
void *arena_alloc(struct arena *a, size_t size);

/* arena_reset - take all pieces back; the largest chunk is kept for what comes. */
void arena_reset(struct arena *a);

void arena_free(struct arena *a);
