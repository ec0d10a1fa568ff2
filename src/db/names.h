/*
 * The names of a run that have an id (the table `name`). Ids are given from `next` on; entries stand
 * in the order in which they came, so that the new ones are those behind a mark. Pure.
 */
#pragma once

#include <stdint.h>

#include "util/arena.h"
#include "util/str.h"

struct names_entry {
	struct str text;
	uint32_t id;
	uint32_t hash;
};

/* {0} has none. Freed with names_free. */
struct names_table {
	struct names_entry *entries;
	size_t n, size;
	uint32_t *slots; /* entry's index + 1, or 0 */
	size_t slots_n;  /* a power of two, or 0 */
	size_t bytes;    /* of all texts */
	uint32_t next;   /* the id that a new name gets */
	struct arena arena;
};

/* names_reset - forget all; new ones get ids from `next` on. */
void names_reset(struct names_table *t, uint32_t next);

/* names_add - a name that has its id already. */
void names_add(struct names_table *t, struct str text, uint32_t id);

/* names_id - the id of `text`, a new one if it has none. */
uint32_t names_id(struct names_table *t, struct str text);

void names_free(struct names_table *t);
