#include "web/track.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void track_init(struct track *t, enum track_kind kind, unsigned columns, unsigned most, uint64_t from,
    uint64_t width)
{
	*t = (struct track){
	    .kind = kind, .columns = columns, .most = most, .from = from, .width = width};
}

static uint64_t *row(const struct track *t, size_t step)
{
	return t->v + step * t->columns;
}

/* Two steps become one. */
static void halve(struct track *t)
{
	for (size_t i = 0; t->v && i < t->n; i += 2) {
		uint64_t *to = row(t, i / 2);
		const uint64_t *a = row(t, i), *b = i + 1 < t->n ? row(t, i + 1) : NULL;
		for (unsigned c = 0; c < t->columns; c++) {
			uint64_t second = b ? b[c] : 0;
			if (t->kind == TRACK_COUNT)
				to[c] = a[c] + second;
			else
				to[c] = a[c] > second ? a[c] : second;
		}
	}
	t->n = (t->n + 1) / 2;
	t->width *= 2;
}

static void add_row(struct track *t)
{
	if (t->n == t->size) {
		t->size = t->size ? t->size * 2 : 16;
		t->v = mem_realloc(t->v, t->size * t->columns * sizeof(*t->v));
	}
	size_t bytes = t->columns * sizeof(*t->v);
	if (t->kind == TRACK_COUNT)
		memset(row(t, t->n), 0, bytes);
	else
		memcpy(row(t, t->n), t->now, bytes);
	t->n++;
}

void track_reach(struct track *t, uint64_t time)
{
	uint64_t past = time > t->from ? time - t->from : 0;
	while (past / t->width >= t->most)
		halve(t);
	while (t->n <= past / t->width)
		add_row(t);
}

void track_level(struct track *t, uint64_t time, const uint64_t *now)
{
	track_reach(t, time);
	memcpy(t->now, now, t->columns * sizeof(*now));
	uint64_t *last = row(t, t->n - 1);
	for (unsigned c = 0; c < t->columns; c++)
		last[c] = now[c] > last[c] ? now[c] : last[c];
}

void track_set(struct track *t, uint64_t time, unsigned column, uint64_t value)
{
	track_reach(t, time);
	t->now[column] = value;
	uint64_t *cell = &row(t, t->n - 1)[column];
	*cell = value > *cell ? value : *cell;
}

void track_count(struct track *t, uint64_t time, unsigned column)
{
	track_reach(t, time);
	row(t, t->n - 1)[column]++;
}

void track_free(struct track *t)
{
	free(t->v);
	t->v = NULL;
	t->n = t->size = 0;
}
