#include "decode/syscalls.h"
#include "web/documents.h"
#include "web/put.h"

static void put_column(const struct track *t, unsigned column, size_t from, struct buf *out)
{
	put_open(out, '[');
	for (size_t i = from; i < t->n; i++) {
		put_next(out);
		num_put_dec(out, t->v[i * t->columns + column]);
	}
	put_close(out, ']');
}

static void put_levels(const struct track *t, size_t from, struct buf *out)
{
	put_key(out, "levels");
	put_open(out, '{');
	for (unsigned c = 0; c < t->columns; c++) {
		put_key(out, c == ROSTER_RESIDENT ? "resident" : usage_metric(c).s);
		put_column(t, c, from, out);
	}
	put_close(out, '}');
}

static size_t begin(const struct track *t, const struct document_place *place, struct buf *out)
{
	size_t from = place->width == t->width && place->step < t->n ? place->step : 0;
	put_seconds(out, "from", t->from);
	put_seconds(out, "width", t->width);
	put_number(out, "first", from);
	return from;
}

static struct document_place end_of(const struct track *t)
{
	return (struct document_place){t->width, t->n ? t->n - 1 : 0};
}

void document_series(struct live *l, struct member *m, struct document_place *place, struct buf *out)
{
	struct track *t = m ? &m->levels : &l->tree;
	if (!m || !m->ended)
		track_reach(t, live_now(l));
	put_key(out, "series");
	put_open(out, '{');
	put_number(out, "process", m ? m->number : 0);
	put_levels(t, begin(t, place, out), out);
	put_close(out, '}');
	*place = end_of(t);
}

void document_rates(struct live *l, struct document_place *place, struct buf *out)
{
	track_reach(&l->rates, live_now(l));
	put_key(out, "rates");
	put_open(out, '{');
	size_t from = begin(&l->rates, place, out);
	put_key(out, "calls");
	put_open(out, '{');
	for (unsigned c = 0; c < SYSCALLS_COUNT; c++) {
		if (!l->by_call[c])
			continue;
		put_key(out, syscalls[c].name);
		put_column(&l->rates, c, from, out);
	}
	put_close(out, '}');
	put_key(out, "failed");
	put_column(&l->rates, LIVE_FAILED, from, out);
	put_close(out, '}');
	*place = end_of(&l->rates);
}
