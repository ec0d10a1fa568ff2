#include "util/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "util/mem.h"

struct arena_chunk {
	struct arena_chunk *older;
	size_t size;
	alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *a, size_t size)
{
	size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (!a->chunk || a->chunk->size - a->used < size) {
		size_t room = a->chunk ? a->chunk->size * 2 : 4096;
		while (room < size)
			room *= 2;
		struct arena_chunk *chunk = mem_realloc(NULL, sizeof(*chunk) + room);
		chunk->older = a->chunk;
		chunk->size = room;
		a->chunk = chunk;
		a->used = 0;
	}
	void *piece = a->chunk->data + a->used;
	a->used += size;
	return piece;
}

static void free_chunks(struct arena_chunk *chunk)
{
	while (chunk) {
		struct arena_chunk *older = chunk->older;
		free(chunk);
		chunk = older;
	}
}

void arena_reset(struct arena *a)
{
	/* Chunks double, so the newest is the largest. */
	if (a->chunk) {
		free_chunks(a->chunk->older);
		a->chunk->older = NULL;
	}
	a->used = 0;
}

void arena_free(struct arena *a)
{
	free_chunks(a->chunk);
	*a = (struct arena){0};
}
