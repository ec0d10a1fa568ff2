#include "report/groups.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* What is unmapped so soon was for nothing. */
#define SOON 100000000 /* ns */

static size_t find_slot(const struct groups *g, uint64_t key)
{
	size_t at = (key ^ key >> 32) & (g->slots_n - 1);
	while (g->slots[at] && g->v[g->slots[at] - 1].key != key)
		at = (at + 1) & (g->slots_n - 1);
	return at;
}

static void grow(struct groups *g)
{
	if (g->n * 2 < g->slots_n)
		return;
	free(g->slots);
	g->slots_n = g->slots_n ? g->slots_n * 2 : 64;
	g->slots = mem_alloc(g->slots_n * sizeof(*g->slots));
	for (size_t i = 0; i < g->n; i++)
		g->slots[find_slot(g, g->v[i].key)] = (uint32_t)i + 1;
}

uint32_t groups_of(struct groups *g, uint64_t key)
{
	grow(g);
	size_t at = find_slot(g, key);
	if (!g->slots[at]) {
		struct group *group = MEM_PUSH(g->v, g->n, g->size);
		memset(group, 0, sizeof(*group));
		group->key = key;
		group->call_id = -1;
		g->slots[at] = (uint32_t)g->n;
	}
	return g->slots[at] - 1;
}

struct group *groups_find(const struct groups *g, uint64_t key)
{
	uint32_t found = g->slots_n ? g->slots[find_slot(g, key)] : 0;
	return found ? &g->v[found - 1] : NULL;
}

void groups_change(struct group *group, int64_t bytes, uint64_t age, uint64_t now)
{
	group->live += (uint64_t)bytes;
	if (bytes > 0)
		group->mapped += (uint64_t)bytes;
	else if (age < SOON)
		group->churn += -(uint64_t)bytes;
	if (group->live > group->peak) {
		group->peak = group->live;
		group->peak_at = now;
	}
	series_note(&group->series, now, group->live);
}

struct order {
	const struct groups *g;
	size_t offset;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;
	const struct group *x = &order->g->v[*(const uint32_t *)a], *y = &order->g->v[*(const uint32_t *)b];
	uint64_t of_x, of_y;
	memcpy(&of_x, (const char *)x + order->offset, sizeof(of_x));
	memcpy(&of_y, (const char *)y + order->offset, sizeof(of_y));
	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	if (x->mapped != y->mapped)
		return x->mapped > y->mapped ? -1 : 1;
	return x < y ? -1 : x > y; /* the one that came first */
}

uint32_t *groups_sort(const struct groups *g, size_t offset)
{
	struct order order = {g, offset};
	uint32_t *v = mem_alloc((g->n + 1) * sizeof(*v));
	for (size_t i = 0; i < g->n; i++)
		v[i] = (uint32_t)i;
	qsort_r(v, g->n, sizeof(*v), compare, &order);
	return v;
}

void groups_free(struct groups *g)
{
	free(g->v);
	free(g->slots);
	*g = (struct groups){0};
}
