#include "pipeline.h"

#include "select.h"
#include "util/clock.h"
#include "util/sig.h"

/* What was written is to be seen within this time. */
#define FLUSH_EVERY (100 * NSEC_PER_MSEC)

struct pipeline {
	const struct opts *opts;
	struct source *source;
	struct sinks *sinks;
	uint64_t seq;   /* of the last event of this run that was emitted */
	uint64_t began; /* ns, as the next three */
	uint64_t flushed;
	bool dirty;   /* something was emitted since */
	bool limited; /* the source was told that it's enough */
};

static bool has_reason(const struct event *ev, const char *reason)
{
	for (size_t i = 0; i < ev->reasons.n; i++) {
		if (str_is(ev->reasons.v[i], reason))
			return true;
	}
	return false;
}

/* All reasons, those of the source and those that only show at the far end. */
static void settle_end(struct pipeline *p, struct event *ev)
{
	static struct str reasons[16 + SINKS_MAX];
	const char *lost[SINKS_MAX];
	unsigned n = sinks_lost(p->sinks, lost);
	EVENT_SET(ev, events, p->seq - 1);
	if (!n || ev->reasons.n > 16)
		return;
	size_t all = ev->reasons.n;
	for (size_t i = 0; i < all; i++)
		reasons[i] = ev->reasons.v[i];
	for (unsigned i = 0; i < n; i++) {
		if (!has_reason(ev, lost[i]))
			reasons[all++] = str_of(lost[i]);
	}
	EVENT_SET(ev, reasons, (struct str_list){reasons, all});
	EVENT_SET(ev, coverage, STR("partial"));
}

static void flush(struct pipeline *p, uint64_t now)
{
	sinks_flush(p->sinks);
	p->flushed = now;
	p->dirty = false;
}

static void emit(struct pipeline *p, struct event *ev)
{
	if (ev->type == EVENT_START) {
		p->seq = 0;
	} else {
		EVENT_SET(ev, seq, ++p->seq);
	}
	if (ev->type == EVENT_END)
		settle_end(p, ev);
	sinks_event(p->sinks, ev);
	p->dirty = true;
}

static void limit(struct pipeline *p, enum source_limit why)
{
	if (p->limited)
		return;
	p->limited = true;
	p->source->ops->limit(p->source, why);
}

/* What is due by the clock; keeps the tick on while something can become due. */
static void look_at_clock(struct pipeline *p, uint64_t now)
{
	if (p->opts->duration && now - p->began >= p->opts->duration)
		limit(p, SOURCE_LIMIT_TIME);
	if (p->dirty && now - p->flushed >= FLUSH_EVERY)
		flush(p, now);
	sig_tick(
	    p->dirty || (p->opts->duration && !p->limited) || p->source->ops->restless(p->source));
}

static void take(struct pipeline *p, struct event *ev)
{
	if (!select_event(p->opts, ev))
		return;
	emit(p, ev);
	if (p->opts->limit && p->seq >= p->opts->limit && ev->type != EVENT_END)
		limit(p, SOURCE_LIMIT_EVENTS);
}

int pipeline_run(
    const struct opts *opts, struct source *source, struct sinks *sinks, struct err *err)
{
	struct pipeline p = {.opts = opts, .source = source, .sinks = sinks, .began = clock_mono()};
	struct event *ev;
	int r;
	while ((r = source->ops->next(source, &ev, err)) > 0) {
		if (r == SOURCE_EVENT)
			take(&p, ev);
		look_at_clock(&p, clock_mono());
	}
	return r;
}
