#include "pipeline.h"

#include "decode/syscalls.h"
#include "model/model.h"
#include "report/crash.h"
#include "select.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/sig.h"
#include "unwind/unwind.h"

/* What was written is to be seen within this time. */
#define FLUSH_EVERY (100 * NSEC_PER_MSEC)

struct pipeline {
	const struct opts *opts;
	struct source *source;
	struct sinks *sinks;
	uint64_t seq;   /* of the last event of this run that was emitted */
	uint64_t began; /* ns, as the next */
	uint64_t flushed;
	bool dirty;   /* something was emitted since */
	unsigned unlooked; /* so many events came since the clock was looked at */
	bool limited; /* the source was told that it's enough */
	struct unwinder *unwinder; /* NULL: no stacks are wanted */
	bool complete; /* the end said so */
	struct audit *audit; /* NULL: none is asked for */
	struct model *model; /* the past's */
	struct past *past;
	bool mismatch;       /* the model wasn't what the kernel said */
	struct buf words;
};

/* How many deeds are remembered: about 1 MB of them. */
#define DEEDS_MAX 16384

static bool has_reason(const struct event *ev, const char *reason)
{
	for (size_t i = 0; i < ev->reasons.n; i++) {
		if (str_is(ev->reasons.v[i], reason))
			return true;
	}
	return false;
}

/* All reasons, those of the source and those that only show at the far end. */
static void add_reasons(struct pipeline *p, struct event *ev)
{
	static struct str reasons[16 + SINKS_MAX + 1];
	const char *lost[SINKS_MAX + 1];
	unsigned n = sinks_lost(p->sinks, lost);
	if (p->mismatch)
		lost[n++] = "model_mismatch";
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

static void settle_end(struct pipeline *p, struct event *ev)
{
	EVENT_SET(ev, events, p->seq - 1);
	add_reasons(p, ev);
	p->complete = str_is(ev->coverage, "complete");
	if (p->audit)
		p->audit->partial |= !p->complete;
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
	p->unlooked = 0;
	if (p->opts->duration && now - p->began >= p->opts->duration)
		limit(p, SOURCE_LIMIT_TIME);
	if (p->dirty && now - p->flushed >= FLUSH_EVERY) {
		flush(p, now);
		if (sinks_over(p->sinks))
			p->source->ops->limit(p->source, SOURCE_LIMIT_SINKS);
	}
	sig_tick(
	    p->dirty || (p->opts->duration && !p->limited) || p->source->ops->restless(p->source));
}

/* An event takes a microsecond, and so would a few looks at the clock. */
#define EVENTS_A_LOOK 16

/*
 * Whether to look at the clock after what came, `ev` or nothing. What's due has the tick on, so that it's seen even if
 * nothing more comes; what may have it put on is seen at once.
 */
static bool looks(struct pipeline *p, const struct event *ev, bool was_dirty)
{
	if (ev && ev->type == EVENT_CALL && was_dirty == p->dirty)
		return ++p->unlooked >= EVENTS_A_LOOK;
	return true;
}

static struct frame_list stack_of(struct pipeline *p, const struct event *ev)
{
	if (!p->unwinder)
		p->unwinder = unwinder_new(p->opts->frame_limit);
	return unwind(p->unwinder, p->model, ev);
}

/* A finding about the process that ends by `exit`, which died of an access to memory. */
static void tell_crash(struct pipeline *p, const struct event *exit)
{
	struct event ev;
	struct frame_list stack = exit->registers ? stack_of(p, exit) : (struct frame_list){0};
	const struct frame *site = stacks_site(stack);
	p->words.len = 0;
	crash_explain(p->model, &p->past->history, exit, &p->words);
	if (site) {
		buf_str(&p->words, STR("; it was in "));
		stacks_put_frame(&p->words, site);
	}
	log_error("%.*s (%lld): %.*s", (int)exit->comm.len, exit->comm.s, (long long)exit->pid,
	    (int)p->words.len, p->words.data);
	event_init(&ev, EVENT_FINDING);
	EVENT_SET(&ev, time, exit->time);
	EVENT_SET(&ev, elapsed, exit->elapsed);
	EVENT_SET(&ev, pid, exit->pid);
	EVENT_SET(&ev, comm, exit->comm);
	EVENT_SET(&ev, rule, STR("crash"));
	EVENT_SET(&ev, severity, STR("error"));
	EVENT_SET(&ev, message, buf_view(&p->words));
	if (stack.n)
		EVENT_SET(&ev, stack, stack);
	emit(p, &ev);
}

static void tell_findings(struct pipeline *p, const struct event *ev, const struct change *change)
{
	struct event found;
	audit_event(p->audit, ev, change);
	while (audit_next(p->audit, &found)) {
		EVENT_SET(&found, time, ev->time);
		EVENT_SET(&found, elapsed, event_has(ev, F_elapsed) ? ev->elapsed : 0);
		emit(p, &found);
	}
}

static void follow(struct pipeline *p, struct event *ev, struct change *change)
{
	/* By the space as it was before: the caller's code was there. */
	if (p->opts->stacks && ev->type == EVENT_CALL && ev->registers)
		EVENT_SET(ev, stack, stack_of(p, ev));
	if (p->audit)
		audit_before(p->audit, ev);
	sinks_hold(p->sinks);
	model_apply(p->model, ev, change);
	sinks_release(p->sinks);
	if (change->has_usage)
		EVENT_SET(ev, usage, change->usage);
	if (change->max_rss)
		EVENT_SET(ev, max_rss, change->max_rss);
	if (change->mismatch && !p->mismatch && p->opts->verbose)
		log_error("the model of pid %lld's address space is wrong after %s at %.9f: %s",
		    (long long)ev->pid, ev->call_id >= 0 ? syscalls[ev->call_id].name : "the last call",
		    (double)ev->elapsed / 1e9, change->difference);
	p->mismatch |= change->mismatch;
	if (ev->type == EVENT_EXIT && ev->fault.signal)
		tell_crash(p, ev);
	if (p->audit && ev->type == EVENT_END) /* behind which nothing is told */
		tell_findings(p, ev, change);
}

static void take(struct pipeline *p, struct event *ev)
{
	struct change change;
	if (p->model)
		follow(p, ev, &change);
	else
		change = (struct change){0};
	if (select_event(p->opts, ev)) {
		emit(p, ev);
		if (p->opts->limit && p->seq >= p->opts->limit && ev->type != EVENT_END)
			limit(p, SOURCE_LIMIT_EVENTS);
	}
	sinks_hold(p->sinks);
	sinks_change(p->sinks, ev, &change);
	if (p->model)
		history_note(&p->past->history, p->model, ev, &change);
	sinks_release(p->sinks);
	if (p->audit && ev->type != EVENT_END)
		tell_findings(p, ev, &change);
}

void past_free(struct past *past)
{
	if (!past->borrowed)
		model_free(past->model);
	history_free(&past->history);
}

int pipeline_run(const struct opts *opts, struct source *source, struct sinks *sinks, struct audit *audit,
    struct past *past, bool *ret_complete, struct err *err)
{
	struct pipeline p = {.opts = opts,
	    .source = source,
	    .sinks = sinks,
	    .audit = audit,
	    .past = past,
	    .began = clock_mono()};
	struct event *ev;
	int r;
	*past = (struct past){.model = audit ? audit->model : NULL,
	    .borrowed = audit,
	    .history = {.most = DEEDS_MAX}};
	if (source->whole && !audit)
		past->model = model_new();
	p.model = past->model;
	sinks_begin(sinks, p.model, p.model ? &past->history : NULL);
	while ((r = source->ops->next(source, &ev, err)) > 0) {
		bool was_dirty = p.dirty;
		if (r == SOURCE_EVENT)
			take(&p, ev);
		if (looks(&p, r == SOURCE_EVENT ? ev : NULL, was_dirty))
			look_at_clock(&p, clock_mono());
	}
	unwinder_free(p.unwinder);
	if (ret_complete)
		*ret_complete = p.complete;
	buf_free(&p.words);
	return r;
}
