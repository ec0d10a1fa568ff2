#include "util/intern.h"

#include <stdlib.h>

#include "util/mem.h"

/* FNV-1a, by words where there are any. */
uint64_t intern_hash(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325ULL ^ len;
	for (; len >= 8; p += 8, len -= 8) {
		uint64_t word;
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
		h ^= h >> 32;
	}
	for (; len; p++, len--)
		h = (h ^ *p) * 0x100000001b3ULL;
	return h ^ h >> 29;
}

static size_t find_slot(const struct intern *in, struct str text)
{
	size_t at = intern_hash(text.s, text.len) & (in->slots_n - 1);
	while (in->slots[at] && !str_eq(in->texts[in->slots[at]], text))
		at = (at + 1) & (in->slots_n - 1);
	return at;
}

static void grow(struct intern *in)
{
	if (!in->n)
		*MEM_PUSH(in->texts, in->n, in->size) = (struct str){"", 0};
	if (in->n * 2 < in->slots_n)
		return;
	free(in->slots);
	in->slots_n = in->slots_n ? in->slots_n * 2 : 64;
	in->slots = mem_alloc(in->slots_n * sizeof(*in->slots));
	for (size_t i = 1; i < in->n; i++)
		in->slots[find_slot(in, in->texts[i])] = (uint32_t)i;
}

uint32_t intern_add(struct intern *in, struct str text)
{
	if (!text.len)
		return 0;
	if (in->last && str_eq(in->texts[in->last], text)) /* who does something mostly does more */
		return in->last;
	grow(in);
	size_t at = find_slot(in, text);
	if (!in->slots[at]) {
		char *copy = mem_alloc(text.len);
		memcpy(copy, text.s, text.len);
		in->slots[at] = (uint32_t)in->n;
		*MEM_PUSH(in->texts, in->n, in->size) = (struct str){copy, text.len};
	}
	return in->last = in->slots[at];
}

struct str intern_text(const struct intern *in, uint32_t number)
{
	return number < in->n ? in->texts[number] : (struct str){"", 0};
}

void intern_free(struct intern *in)
{
	for (size_t i = 1; i < in->n; i++)
		free((char *)(uintptr_t)in->texts[i].s);
	free(in->texts);
	free(in->slots);
	*in = (struct intern){0};
}
