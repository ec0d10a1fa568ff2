#include "web/documents.h"
#include "web/put.h"

static void put_levels(const struct live *l, const struct member *m, struct buf *out)
{
	uint64_t now[METRICS], peak[METRICS];
	if (!live_levels(l, m, now, peak))
		return;
	for (unsigned i = 0; i < METRICS; i++)
		put_number(out, usage_metric(i).s, now[i]);
	put_key(out, "peak");
	put_open(out, '{');
	for (unsigned i = 0; i < METRICS; i++)
		put_number(out, usage_metric(i).s, peak[i]);
	put_close(out, '}');
}

static void put_end(const struct member *m, struct buf *out)
{
	put_seconds(out, "ended", m->end);
	if (m->has_code)
		put_integer(out, "code", m->code);
	if (m->signal[0])
		put_text(out, "signal", str_of(m->signal));
	if (m->max_rss)
		put_number(out, "max_rss", m->max_rss);
}

static void put_process(const struct live *l, const struct member *m, struct buf *out)
{
	put_open(out, '{');
	put_number(out, "process", m->number);
	put_integer(out, "pid", m->pid);
	if (m->parent)
		put_integer(out, "parent", m->parent);
	put_text(out, "comm", (struct str){m->comm, m->comm_len});
	if (m->exe)
		put_text(out, "exe", (struct str){m->exe, m->exe_len});
	put_seconds(out, "began", m->began);
	put_number(out, "calls", m->calls);
	put_number(out, "failed", m->failed);
	if (m->resident && !m->ended)
		put_number(out, "resident", m->resident);
	put_levels(l, m, out);
	if (m->ended)
		put_end(m, out);
	put_close(out, '}');
}

static void put_gone(const struct roster *r, uint64_t since, struct buf *out)
{
	uint64_t oldest = r->gone_n > ROSTER_GONE ? r->gone_n - ROSTER_GONE : 0;
	put_key(out, "gone");
	put_open(out, '[');
	for (uint64_t i = r->gone_n; i-- > oldest;) {
		const struct roster_gone *gone = &r->gone[i % ROSTER_GONE];
		if (gone->turn <= since)
			break;
		put_next(out);
		num_put_dec(out, gone->number);
	}
	put_close(out, ']');
}

void document_processes(struct live *l, uint64_t since, struct buf *out)
{
	const struct member *m;
	put_key(out, "processes");
	put_open(out, '[');
	TAILQ_FOREACH (m, &l->roster.changes, by_change) {
		if (m->changed <= since)
			break;
		put_process(l, m, out);
	}
	put_close(out, ']');
	put_gone(&l->roster, since, out);
}
