#include "web/stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/clock.h"
#include "util/mem.h"
#include "web/filter.h"
#include "web/put.h"

/* A message has the newest of the events that pass, of the newest that came. */
#define EVENTS_MAX  20
#define EVENTS_FIRST 200 /* of those that came before */
#define EVENTS_LOOK 20000
#define TEXTS_LOOK  4000 /* where their lines have to be read */
#define RANGES_MAX  100
#define SITES_MAX   50

/* What changes slowly, or is much, comes in every so many messages. */
#define OFTEN  2
#define SLOWLY 4

/* So many turns without news, and a word lets both ends know that the other is there. */
#define WORD_EVERY 40

/* The first two have no text: what decides which others are wanted, looked at once for all streams. */
enum {
	PART_GLANCE,
	PART_MEMBER,
	PART_RUN,
	PART_PROCESSES,
	PART_SERIES,
	PART_RATES,
	PART_MAPPINGS,
	PART_SITES,
	PART_EVENTS,
	PART_FINDINGS
};

/* Places in what such a part says. */
enum { GLANCE_REACHED, GLANCE_NEWS, GLANCE_GOES_ON, GLANCE_KNOWN };
enum { MEMBER_THERE, MEMBER_CHANGED, MEMBER_LIVES };

static struct shelf_part *find_part(struct shelf *shelf, unsigned kind, const uint64_t key[4])
{
	for (unsigned i = 0; i < shelf->n; i++) {
		if (shelf->parts[i].kind == kind && memcmp(shelf->parts[i].key, key, sizeof(shelf->parts[i].key)) == 0)
			return &shelf->parts[i];
	}
	return NULL;
}

/* The last place is used again where there are too many. */
static struct shelf_part *add_part(struct shelf *shelf, unsigned kind, const uint64_t key[4])
{
	struct shelf_part *part = &shelf->parts[shelf->n < SHELF_MAX ? shelf->n++ : SHELF_MAX - 1];
	part->kind = kind;
	memcpy(part->key, key, sizeof(part->key));
	part->text.len = 0;
	buf_char(&part->text, '{'); /* so that commas are right; it isn't sent */
	return part;
}

void shelf_free(struct shelf *shelf)
{
	for (unsigned i = 0; i < SHELF_MAX; i++)
		buf_free(&shelf->parts[i].text);
}

/* ---- the parts ---- */

static void make_series(struct stream *s, struct member *m, struct shelf_part *part)
{
	struct document_place place = s->place;
	if (m || !s->process)
		document_series(s->live, m, &place, &part->text);
	part->after[0] = place.width;
	part->after[1] = place.step;
}

static void make_rates(struct stream *s, struct shelf_part *part)
{
	struct document_place place = s->rates;
	document_rates(s->live, &place, &part->text);
	part->after[0] = place.width;
	part->after[1] = place.step;
}

static void make_events(struct stream *s, struct shelf_part *part)
{
	struct buf *out = &part->text;
	put_key(out, "events");
	put_open(out, '{');
	put_key(out, "lines");
	put_open(out, '[');
	unsigned look = s->filter.text.len ? TEXTS_LOOK : EVENTS_LOOK;
	unsigned most = s->begun ? EVENTS_MAX : EVENTS_FIRST;
	struct tail_found found = tail_select(&s->live->tail, s->event, &s->filter, most, look, ",", out);
	put_close(out, ']');
	put_number(out, "first", found.first);
	put_number(out, "last", found.last);
	put_number(out, "matched", found.matched);
	put_close(out, '}');
	part->after[0] = found.last;
}

static struct member *followed(struct stream *s)
{
	return s->process ? roster_number(&s->live->roster, s->process) : NULL;
}

static void make_glance(const struct live *l, struct shelf_part *part)
{
	part->after[GLANCE_REACHED] = l->roster.turn - 1;
	part->after[GLANCE_NEWS] = l->news;
	part->after[GLANCE_GOES_ON] = l->now_is;
	part->after[GLANCE_KNOWN] = roster_known(&l->roster);
}

static void make_member(const struct member *m, struct shelf_part *part)
{
	part->after[MEMBER_THERE] = m != NULL;
	part->after[MEMBER_CHANGED] = m ? m->changed : 0;
	part->after[MEMBER_LIVES] = m && !m->ended;
}

static void make_part(struct stream *s, unsigned kind, struct shelf_part *part)
{
	switch (kind) {
	case PART_GLANCE: make_glance(s->live, part); break;
	case PART_MEMBER: make_member(followed(s), part); break;
	case PART_RUN: document_run(s->live, !s->begun, &part->text); break;
	case PART_PROCESSES:
		part->after[0] = s->live->roster.turn - 1;
		document_processes(s->live, s->turn, &part->text);
		break;
	case PART_SERIES: make_series(s, followed(s), part); break;
	case PART_RATES: make_rates(s, part); break;
	case PART_MAPPINGS:
		if (followed(s)) /* it may be forgotten since */
			document_mappings(s->live, followed(s), RANGES_MAX, &part->text);
		break;
	case PART_SITES: document_sites(s->live, BY_LIVE, SITES_MAX, &part->text); break;
	case PART_EVENTS: make_events(s, part); break;
	case PART_FINDINGS:
		part->after[0] = s->finding;
		document_findings(s->live, &part->after[0], &part->text);
		break;
	}
}

/* What the text of a filter is, as a number. */
static uint64_t filter_key(const struct tail_filter *f)
{
	uint64_t key[] = {(uint64_t)f->pid, f->calls, f->types, f->min_size, f->failed};
	return intern_hash(key, sizeof(key)) ^ (f->text.len ? intern_hash(f->text.s, f->text.len) : 0);
}

/* The part of that kind and key: the run is looked at only where no stream had it in this turn. */
static const struct shelf_part *get_part(
    struct stream *s, struct shelf *shelf, unsigned kind, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t key[4] = {(uint64_t)(uintptr_t)s->live, a, b, c};
	struct shelf_part *part = find_part(shelf, kind, key);
	if (!part) {
		part = add_part(shelf, kind, key);
		live_look(s->live);
		make_part(s, kind, part);
		live_release(s->live);
	}
	return part;
}

static const struct shelf_part *put_part(
    struct stream *s, struct shelf *shelf, unsigned kind, uint64_t a, uint64_t b, uint64_t c, struct buf *out)
{
	const struct shelf_part *part = get_part(s, shelf, kind, a, b, c);
	if (part->text.len < 2)
		return part;
	put_next(out);
	buf_add(out, part->text.data + 1, part->text.len - 1);
	return part;
}

/* ---- messages ---- */

static void put_parts(struct stream *s, struct shelf *shelf, uint64_t reached, struct buf *out)
{
	bool slowly = s->turns % SLOWLY == 0;
	put_part(s, shelf, PART_RUN, s->begun, 0, 0, out);
	uint64_t told = put_part(s, shelf, PART_PROCESSES, s->turn, 0, 0, out)->after[0];
	const uint64_t *m = get_part(s, shelf, PART_MEMBER, s->process, 0, 0)->after;
	bool there = m[MEMBER_THERE], lives = m[MEMBER_LIVES];
	uint64_t changed = m[MEMBER_CHANGED];
	if (there || !s->process) {
		const struct shelf_part *series =
		    put_part(s, shelf, PART_SERIES, s->process, s->place.width, s->place.step, out);
		s->place = (struct document_place){series->after[0], (size_t)series->after[1]};
	}
	const struct shelf_part *rates = put_part(s, shelf, PART_RATES, s->rates.width, s->rates.step, 0, out);
	s->rates = (struct document_place){rates->after[0], (size_t)rates->after[1]};
	bool now_and_then = s->turns % OFTEN == 0 || !s->mapped || !lives;
	if (there && changed != s->mapped && (lives || !s->mapped) && now_and_then) {
		put_part(s, shelf, PART_MAPPINGS, s->process, 0, 0, out);
		s->mapped = changed < reached ? changed : reached; /* what came since may be half of it */
	}
	if (slowly)
		put_part(s, shelf, PART_SITES, 0, 0, 0, out);
	s->event = put_part(s, shelf, PART_EVENTS, s->event, filter_key(&s->filter), s->begun, out)->after[0];
	s->finding = put_part(s, shelf, PART_FINDINGS, s->finding, 0, 0, out)->after[0];
	s->turn = told < reached ? told : reached;
}

/* Of recorded runs; null: as fast as can be. */
static void put_speed(const struct stream *s, struct buf *out)
{
	uint64_t speed = atomic_load(&s->runs->speed);
	if (s->runs->paced && speed == RUNS_FASTEST)
		put_line(out, "speed", STR(""));
	else if (s->runs->paced)
		put_seconds(out, "speed", speed * (NSEC_PER_SEC / RUNS_AS_IT_WAS));
}

/* What it was told isn't worth anything any more. */
static void begin_anew(struct stream *s)
{
	s->turn = s->mapped = 0;
	s->place = s->rates = (struct document_place){0};
	s->begun = false;
}

/* The run that it's of now; where that's another one, all is new. */
static void choose_run(struct stream *s)
{
	struct live *now = runs_get(s->runs, str_of(s->wanted));
	if (now == s->live) {
		if (now)
			runs_drop(s->runs, now);
		return;
	}
	if (s->live) {
		runs_drop(s->runs, s->live);
		s->event = s->finding = 0;
		s->process = 0;
		begin_anew(s);
	}
	s->live = now;
}

void stream_message(struct stream *s, struct shelf *shelf, uint64_t turn, struct buf *out)
{
	choose_run(s);
	if (!s->live) {
		buf_str(out, STR(": no run yet\n\n"));
		return;
	}
	if (shelf->turn != turn) {
		shelf->turn = turn;
		shelf->n = 0;
	}
	const struct shelf_part *glance = get_part(s, shelf, PART_GLANCE, 0, 0, 0);
	uint64_t reached = glance->after[GLANCE_REACHED], news = glance->after[GLANCE_NEWS];
	struct buf trouble = {0};
	runs_put_trouble(s->runs, &trouble);
	/* What comes now and then is to come once more behind the last news. */
	bool goes_on = glance->after[GLANCE_GOES_ON] || news != s->news || !s->begun || s->turns % SLOWLY != 1 ||
	               s->troubled != (trouble.len > 0);
	if (s->begun && s->turn < glance->after[GLANCE_KNOWN])
		begin_anew(s);
	if (!goes_on) {
		if (++s->words % WORD_EVERY == 0)
			buf_str(out, STR(": nothing new\n\n"));
		buf_free(&trouble);
		return;
	}
	s->news = news;
	s->troubled = trouble.len > 0;
	struct buf body = {0};
	put_open(&body, '{');
	put_truth(&body, "reset", !s->begun);
	put_speed(s, &body);
	if (trouble.len)
		put_text(&body, "trouble", buf_view(&trouble));
	buf_free(&trouble);
	put_parts(s, shelf, reached, &body);
	put_close(&body, '}');
	s->begun = true;
	s->turns++;
	buf_fmt(out, "id: %u/%llu/%llu/%llu/%s\ndata: ", s->instance, (unsigned long long)s->turn,
	    (unsigned long long)s->event, (unsigned long long)s->finding, s->live->run);
	buf_str(out, buf_view(&body));
	buf_str(out, STR("\n\n"));
	buf_free(&body);
}

/* ---- opening ---- */

/* The part up to the next '/', which is taken off, as a number. Returns false if it isn't one. */
static bool take_number(struct str *rest, uint64_t *ret)
{
	char text[24];
	const char *slash = rest->len ? memchr(rest->s, '/', rest->len) : NULL;
	size_t len = slash ? (size_t)(slash - rest->s) : rest->len;
	if (len >= sizeof(text))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)len, rest->s);
	*rest = (struct str){rest->s + len + (slash != NULL), rest->len - len - (slash != NULL)};
	return num_parse(text, ret) == 0;
}

/* Where it was: an id that we gave in this life, of the run that it asks for. */
static void resume(struct stream *s, struct str last)
{
	uint64_t instance, turn, event, finding;
	if (!last.len || !take_number(&last, &instance) || !take_number(&last, &turn) || !take_number(&last, &event) ||
	    !take_number(&last, &finding) || instance != s->instance || (s->wanted[0] && !str_is(last, s->wanted)))
		return;
	s->live = runs_get(s->runs, last);
	if (!s->live)
		return;
	live_look(s->live);
	bool known = turn < s->live->roster.turn && event <= s->live->tail.n && finding <= s->live->findings.n &&
	             turn >= roster_known(&s->live->roster);
	live_release(s->live);
	if (!known)
		return;
	s->turn = turn;
	s->event = event;
	s->finding = finding;
	s->begun = true;
}

/* How fast whoever looks wants it: thousandths as runs.h has them; the last word counts. */
static int read_speed(const struct request *r, int64_t *ret, struct err *err)
{
	struct str text = r->argument(r, "speed");
	uint64_t value = 0;
	if (!text.s || !text.len)
		return 0;
	if (str_is(text, "max")) {
		*ret = (int64_t)RUNS_FASTEST;
		return 0;
	}
	int e = request_number(r, "speed", &value, err);
	*ret = (int64_t)(value < 1000000 ? value : 1000000) * RUNS_AS_IT_WAS;
	return e;
}

int stream_open(struct runs *runs, const struct request *r, uint32_t instance, struct stream **ret, struct err *err)
{
	struct stream *s = mem_alloc(sizeof(*s));
	uint64_t process = 0;
	s->runs = runs;
	s->instance = instance;
	struct str run = r->argument(r, "run");
	if (run.s)
		snprintf(s->wanted, sizeof(s->wanted), "%.*s", (int)(run.len < 40 ? run.len : 39), run.s);
	int64_t speed = -1;
	int e = request_number(r, "process", &process, err);
	if (e == 0)
		e = read_speed(r, &speed, err);
	if (e == 0)
		e = filter_parse(r, &s->filter, s->text, sizeof(s->text), err);
	if (e < 0) {
		free(s);
		return e;
	}
	if (runs->paced && speed >= 0)
		atomic_store(&runs->speed, (uint64_t)speed);
	s->process = process > UINT32_MAX ? UINT32_MAX : (uint32_t)process;
	resume(s, r->last_id);
	*ret = s;
	return 0;
}

void stream_close(struct stream *s)
{
	if (s->live)
		runs_drop(s->runs, s->live);
	free(s);
}
