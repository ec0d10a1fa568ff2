#include "db/names.h"

#include <stdlib.h>

#include "util/mem.h"

/* FNV-1a. */
static uint32_t hash_text(struct str text)
{
	uint32_t h = 2166136261U;
	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (uint8_t)text.s[i]) * 16777619U;
	return h;
}

/* The slot that holds `text`, or the free one where it belongs. */
static uint32_t *find_slot(const struct names_table *t, struct str text, uint32_t hash)
{
	for (size_t at = hash & (t->slots_n - 1);; at = (at + 1) & (t->slots_n - 1)) {
		uint32_t *slot = &t->slots[at];
		if (!*slot)
			return slot;
		const struct names_entry *e = &t->entries[*slot - 1];
		if (e->hash == hash && str_eq(e->text, text))
			return slot;
	}
}

static void grow(struct names_table *t)
{
	if ((t->n + 1) * 2 <= t->slots_n)
		return;
	t->slots_n = t->slots_n ? t->slots_n * 2 : 256;
	free(t->slots);
	t->slots = mem_alloc(t->slots_n * sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		*find_slot(t, t->entries[i].text, t->entries[i].hash) = (uint32_t)i + 1;
}

static void enter(
    struct names_table *t, uint32_t *slot, struct str text, uint32_t hash, uint32_t id)
{
	char *copy = arena_alloc(&t->arena, text.len);
	if (text.len)
		memcpy(copy, text.s, text.len);
	*MEM_PUSH(t->entries, t->n, t->size) = (struct names_entry){{copy, text.len}, id, hash};
	*slot = (uint32_t)t->n;
	t->bytes += text.len;
}

void names_reset(struct names_table *t, uint32_t next)
{
	arena_reset(&t->arena);
	t->n = 0;
	t->bytes = 0;
	if (t->slots)
		memset(t->slots, 0, t->slots_n * sizeof(*t->slots));
	t->next = next;
}

void names_add(struct names_table *t, struct str text, uint32_t id)
{
	grow(t);
	uint32_t hash = hash_text(text), *slot = find_slot(t, text, hash);
	if (!*slot)
		enter(t, slot, text, hash, id);
}

uint32_t names_id(struct names_table *t, struct str text)
{
	grow(t);
	uint32_t hash = hash_text(text), *slot = find_slot(t, text, hash);
	if (!*slot)
		enter(t, slot, text, hash, t->next++);
	return t->entries[*slot - 1].id;
}

void names_free(struct names_table *t)
{
	free(t->entries);
	free(t->slots);
	arena_free(&t->arena);
	*t = (struct names_table){0};
}
