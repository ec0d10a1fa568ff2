#include "web/live.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/ledger.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/uuid.h"

/* Of the tracks of a whole run: steps, and how long the first ones are, ns. */
#define STEPS 1024
#define WIDTH 10000000

#define TAIL_BYTES     (8 << 20)
#define TAIL_EVENTS    32768
#define FINDINGS_BYTES (512 << 10)
#define FINDINGS_MAX   1024
#define DEEDS_MAX      16384

static bool can_be_followed(const struct event *start)
{
	struct err none = {.status = 0};
	return ledger_check(start, "", &none) == 0;
}

struct live *live_new(
    const struct event *start, const struct model *model, const struct history *history, bool now_is)
{
	struct live *l = mem_alloc(sizeof(*l));
	pthread_mutex_init(&l->lock, NULL);
	roster_init(&l->roster);
	tail_init(&l->tail, TAIL_BYTES, TAIL_EVENTS);
	tail_init(&l->findings, FINDINGS_BYTES, FINDINGS_MAX);
	track_init(&l->tree, TRACK_LEVEL, ROSTER_COLUMNS, STEPS, 0, WIDTH);
	track_init(&l->rates, TRACK_COUNT, LIVE_COLUMNS, STEPS, 0, WIDTH);
	l->now_is = l->local = now_is;
	l->first_mono = clock_mono();
	if (!model && !now_is && can_be_followed(start)) {
		l->own_model = model_new();
		model_watch(l->own_model);
		l->own_history.most = DEEDS_MAX;
		model = l->own_model;
		history = &l->own_history;
	}
	l->model = model;
	l->history = history;
	return l;
}

/* A lock goes to whoever is there as it gets free, which is mostly the one who had it: make room for readers. */
void live_hold(struct live *l)
{
	while (atomic_load_explicit(&l->readers, memory_order_relaxed))
		sched_yield();
	pthread_mutex_lock(&l->lock);
}

void live_look(struct live *l)
{
	atomic_fetch_add(&l->readers, 1);
	pthread_mutex_lock(&l->lock);
	atomic_fetch_sub(&l->readers, 1);
}

void live_release(struct live *l)
{
	pthread_mutex_unlock(&l->lock);
}

/* ---- processes ---- */

static uint64_t space_of(const struct live *l, int64_t pid)
{
	const struct address_space *space = l->model ? model_space(l->model, pid) : NULL;
	return space ? space->id : 0;
}

static void leave_space(struct live *l, struct member *m, uint64_t elapsed)
{
	if (m->space && !roster_shares(&l->roster, m, m->space))
		sites_forget(&l->sites, m->space, elapsed);
	m->had = m->space;
	m->space = 0;
}

static struct member *member_of(struct live *l, const struct event *ev)
{
	struct member *m = roster_find(&l->roster, ev->pid);
	if (m || !event_has(ev, F_pid) || ev->pid <= 0)
		return m;
	m = roster_add(&l->roster, ev->pid, ev->elapsed);
	m->space = space_of(l, ev->pid);
	return m;
}

static void take_image(struct live *l, const struct event *ev)
{
	struct member *m = member_of(l, ev);
	uint64_t space = space_of(l, ev->pid);
	if (!m)
		return;
	if (m->space != space)
		leave_space(l, m, ev->elapsed);
	m->space = space;
	roster_name(&l->roster, m, ev->comm, event_has(ev, F_exe) ? ev->exe : STR(""));
	if (space)
		sites_image(&l->sites, ev, model_events(l->model), space);
}

static void take_fork(struct live *l, const struct event *ev)
{
	if (ev->thread || ev->child <= 0)
		return;
	const struct member *parent = member_of(l, ev);
	struct member *m = roster_add(&l->roster, ev->child, ev->elapsed);
	m->parent = ev->pid;
	m->space = space_of(l, ev->child);
	roster_name(&l->roster, m, ev->comm, parent && parent->exe ? (struct str){parent->exe, parent->exe_len} : STR(""));
}

static void take_exit(struct live *l, const struct event *ev)
{
	struct member *m = member_of(l, ev);
	if (!m)
		return;
	m->has_levels = live_levels(l, m, m->now, m->peak);
	m->max_rss = event_has(ev, F_max_rss) ? ev->max_rss : 0;
	m->has_code = event_has(ev, F_code);
	m->code = m->has_code ? ev->code : 0;
	struct str signal = event_has(ev, F_signal) ? ev->signal : STR("");
	size_t len = signal.len < sizeof(m->signal) ? signal.len : sizeof(m->signal) - 1;
	if (len)
		memcpy(m->signal, signal.s, len);
	leave_space(l, m, ev->elapsed);
	roster_name(&l->roster, m, ev->comm, STR(""));
	roster_end(&l->roster, m, ev->elapsed);
}

static void take_call(struct live *l, const struct event *ev, const struct change *change)
{
	struct member *m = member_of(l, ev);
	bool failed = event_has(ev, F_error);
	l->calls++;
	l->failed += failed;
	if (failed)
		track_count(&l->rates, ev->elapsed, LIVE_FAILED);
	if (ev->call_id >= 0) {
		track_count(&l->rates, ev->elapsed, (unsigned)ev->call_id);
		l->by_call[ev->call_id]++;
		l->failed_by_call[ev->call_id] += failed;
	}
	if (!m)
		return;
	m->calls++;
	m->failed += failed;
	if (!str_eq(ev->comm, (struct str){m->comm, m->comm_len}))
		roster_name(&l->roster, m, ev->comm, STR(""));
	roster_touch(&l->roster, m);
	if (l->model && m->space && ev->call_id >= 0)
		sites_call(&l->sites, ev, change, model_events(l->model), m->space);
}

static void note_levels(struct live *l, const struct event *ev)
{
	uint64_t now[ROSTER_COLUMNS], peak[METRICS];
	model_tree(l->model, now, peak);
	now[ROSTER_RESIDENT] = l->tree.now[ROSTER_RESIDENT];
	track_level(&l->tree, ev->elapsed, now);
	struct member *m = event_has(ev, F_pid) ? roster_find(&l->roster, ev->pid) : NULL;
	const struct address_space *space = m ? model_space(l->model, ev->pid) : NULL;
	if (!space)
		return;
	memcpy(now, space->now, sizeof(space->now));
	now[ROSTER_RESIDENT] = m->resident;
	track_level(&m->levels, ev->elapsed, now);
}

void live_change(struct live *l, const struct event *ev, const struct change *change)
{
	l->news++;
	if (event_has(ev, F_elapsed)) {
		if (!l->elapsed)
			l->first_mono = clock_mono(), l->first_elapsed = ev->elapsed;
		l->elapsed = ev->elapsed > l->elapsed ? ev->elapsed : l->elapsed;
	}
	switch (ev->type) {
	case EVENT_EXEC:
	case EVENT_ATTACH: take_image(l, ev); break;
	case EVENT_FORK: take_fork(l, ev); break;
	case EVENT_CALL: take_call(l, ev, change); break;
	case EVENT_EXIT:
	case EVENT_DETACH: take_exit(l, ev); break;
	case EVENT_LOST: l->lost += event_has(ev, F_count) ? ev->count : 0; break;
	default: break;
	}
	if (l->model && ev->type != EVENT_START && ev->type != EVENT_END)
		note_levels(l, ev);
}

void live_event(struct live *l, const struct event *ev)
{
	l->news++;
	l->line.len = 0;
	writer_put(&l->writer, ev, &l->line);
	struct str line = buf_view(&l->line);
	if (ev->type == EVENT_START) {
		uint8_t bytes[16]; /* it goes into headers of messages: nothing else is to be in it */
		bool is_id = uuid_parse(ev->run, bytes);
		snprintf(l->run, sizeof(l->run), "%.*s", is_id ? (int)ev->run.len : 7, is_id ? ev->run.s : "unknown");
		l->start.len = 0;
		buf_add(&l->start, line.s, line.len - 1);
		return;
	}
	l->events++;
	if (ev->type == EVENT_END) {
		l->end.len = 0; /* a trace may have several: the last one counts */
		buf_add(&l->end, line.s, line.len - 1);
		l->lost = event_has(ev, F_lost) ? ev->lost : l->lost;
		l->now_is = false;
	}
	tail_put(&l->tail, ev, line);
	if (ev->type == EVENT_FINDING)
		tail_put(&l->findings, ev, line);
}

void live_take(struct live *l, const struct event *ev)
{
	struct change change = {0};
	live_hold(l);
	if (l->own_model)
		model_apply(l->own_model, ev, &change);
	live_event(l, ev);
	live_change(l, ev, &change);
	if (l->own_model)
		history_note(&l->own_history, l->own_model, ev, &change);
	live_release(l);
}

/* ---- for those who read ---- */

uint64_t live_now(const struct live *l)
{
	uint64_t now = l->now_is ? l->first_elapsed + clock_mono() - l->first_mono : 0;
	return now > l->elapsed ? now : l->elapsed;
}

bool live_levels(const struct live *l, const struct member *m, uint64_t now[METRICS], uint64_t peak[METRICS])
{
	if (m->ended) {
		memcpy(now, m->now, sizeof(m->now));
		memcpy(peak, m->peak, sizeof(m->peak));
		return m->has_levels;
	}
	const struct address_space *space = l->model ? model_space(l->model, m->pid) : NULL;
	const struct usage *usage = l->model ? model_usage(l->model, m->pid) : NULL;
	if (!space || !usage)
		return false;
	memcpy(now, space->now, sizeof(space->now));
	memcpy(peak, usage->peak, sizeof(usage->peak));
	return true;
}

uint64_t live_turn(struct live *l)
{
	if (l->now_is && l->calls + l->events) {
		track_reach(&l->tree, live_now(l));
		track_reach(&l->rates, live_now(l));
	}
	return l->roster.turn++;
}

void live_free(struct live *l)
{
	if (!l)
		return;
	roster_free(&l->roster);
	sites_free(&l->sites);
	tail_free(&l->tail);
	tail_free(&l->findings);
	track_free(&l->tree);
	track_free(&l->rates);
	model_free(l->own_model);
	history_free(&l->own_history);
	writer_free(&l->writer);
	buf_free(&l->start);
	buf_free(&l->end);
	buf_free(&l->line);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
