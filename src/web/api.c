#include "web/api.h"

#include <errno.h>
#include <stdlib.h>

#include "util/mem.h"
#include "web/documents.h"
#include "web/filter.h"
#include "web/put.h"

/* What one answer can hold. */
#define RANGES_MAX 10000
#define SITES_MAX  4096
#define EVENTS_MAX 32768
#define DEEDS_MAX  1000

/* So many events are looked at, or put down, before who brings more has a turn. */
#define SLICE 256

void api_refuse(struct answer *a, unsigned status, const struct err *err)
{
	a->status = status;
	a->type = "application/json";
	a->body.len = 0;
	put_open(&a->body, '{');
	put_text(&a->body, "error", str_of(err->text));
	put_close(&a->body, '}');
	buf_char(&a->body, '\n');
}

/* Whose: process=, its number here, or pid=. Returns 0, -EINVAL or -ENOENT with err set; *ret NULL: of all. */
static int find_process(struct live *l, const struct request *r, struct member **ret, struct err *err)
{
	uint64_t number = 0, pid = 0;
	*ret = NULL;
	if (request_number(r, "process", &number, err) < 0 || request_number(r, "pid", &pid, err) < 0)
		return -EINVAL;
	if (!number && !pid)
		return 0;
	if (number)
		*ret = number <= UINT32_MAX ? roster_number(&l->roster, (uint32_t)number) : NULL;
	else
		*ret = pid <= INT32_MAX ? roster_find(&l->roster, (int64_t)pid) : NULL;
	return *ret ? 0 : err_set(err, -ENOENT, "there's no such process in this run, or it has ended and is forgotten");
}

static int need_process(struct live *l, const struct request *r, struct member **ret, struct err *err)
{
	int e = find_process(l, r, ret, err);
	return e < 0 || *ret ? e : err_set(err, -EINVAL, "of which process? pid=PID, or process=NUMBER of /api/v1/processes");
}

static int read_limit(const struct request *r, uint64_t usual, uint64_t most, unsigned *ret, struct err *err)
{
	uint64_t limit = usual;
	int e = request_number(r, "limit", &limit, err);
	*ret = (unsigned)(limit < most ? limit : most);
	return e;
}

/* ---- one a path ---- */

static int put_run(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	(void)r, (void)err;
	document_run(l, true, out);
	return 0;
}

static int put_processes(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	(void)r, (void)err;
	document_run(l, true, out);
	document_processes(l, 0, out);
	return 0;
}

static int put_mappings(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	struct member *m;
	unsigned limit;
	int e = need_process(l, r, &m, err);
	if (e == 0)
		e = read_limit(r, 100, RANGES_MAX, &limit, err);
	if (e == 0)
		document_mappings(l, m, limit, out);
	return e;
}

static int put_series(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	struct member *m;
	struct document_place place = {0}, rates = {0};
	int e = find_process(l, r, &m, err);
	if (e < 0)
		return e;
	document_series(l, m, &place, out);
	document_rates(l, &rates, out);
	return 0;
}

static int put_sites(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	static const char *const names[] = {
	    [BY_LIVE] = "live", [BY_MAPPED] = "mapped", [BY_CALLS] = "calls", [BY_FAILED] = "failed"};
	struct str by = r->argument(r, "by");
	unsigned limit, order = BY_LIVE;
	int e = read_limit(r, 100, SITES_MAX, &limit, err);
	if (e < 0)
		return e;
	while (by.len && order <= BY_FAILED && !str_is(by, names[order]))
		order++;
	if (order > BY_FAILED)
		return err_set(err, -EINVAL, "by= isn't live, mapped, calls or failed");
	document_sites(l, order, limit, out);
	return 0;
}

static int put_history(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	struct member *m;
	unsigned limit;
	uint64_t address = 0;
	struct str text = r->argument(r, "address");
	int e = need_process(l, r, &m, err);
	if (e == 0)
		e = read_limit(r, 100, DEEDS_MAX, &limit, err);
	if (e == 0 && (!text.s || num_parse_hex(text, &address) < 0))
		e = err_set(err, -EINVAL, "of which address? address=0x7f0000001000");
	if (e == 0)
		document_history(l, m, address, limit, out);
	return e;
}

static int put_findings(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	uint64_t after = 0;
	int e = request_number(r, "after", &after, err);
	if (e == 0)
		document_findings(l, &after, out);
	return e;
}

/* Who is traced may have waited. */
static void breathe(struct live *l)
{
	live_release(l);
	live_look(l);
}

/* The newest `limit` events that pass, newest first, as numbers: *ret, freed by the caller. Returns how many. */
static size_t find_events(struct live *l, const struct tail_filter *filter, size_t limit, uint64_t after,
    struct tail_found *found, uint64_t **ret)
{
	size_t n = 0;
	uint64_t floor = tail_first(&l->tail);
	*ret = mem_alloc((limit + 1) * sizeof(**ret));
	found->last = l->tail.n;
	found->first = after >= found->last ? found->last + 1 : after >= floor ? after + 1 : floor;
	for (uint64_t i = found->last, looked = 1; i >= found->first && i >= floor; i--, looked++) {
		const struct tail_entry *entry = tail_entry(&l->tail, i);
		if (tail_passes(&l->tail, entry, filter) && ++found->matched <= limit)
			(*ret)[n++] = i;
		if (looked % SLICE)
			continue;
		breathe(l);
		floor = tail_first(&l->tail);
	}
	return n;
}

/* By pieces: 32768 lines to be read are milliseconds that nobody is to be held up for at once. */
static int select_events(
    struct live *l, const struct request *r, const char *between, struct tail_found *found, struct buf *out, struct err *err)
{
	struct tail_filter filter;
	char text[128];
	unsigned limit = 0;
	uint64_t after = 0, *numbers;
	int e = filter_parse(r, &filter, text, sizeof(text), err);
	if (e == 0)
		e = read_limit(r, 1000, EVENTS_MAX, &limit, err);
	if (e == 0)
		e = request_number(r, "after", &after, err);
	if (e < 0)
		return e;
	size_t n = find_events(l, &filter, limit, after, found, &numbers);
	bool any = false;
	while (n-- > 0) {
		if (n % SLICE == 0)
			breathe(l);
		if (numbers[n] < tail_first(&l->tail)) /* it went meanwhile */
			continue;
		if (any)
			buf_str(out, str_of(between));
		any = true;
		tail_append(&l->tail, tail_entry(&l->tail, numbers[n]), out);
	}
	free(numbers);
	return 0;
}

static int put_events(struct live *l, const struct request *r, struct buf *out, struct err *err)
{
	struct tail_found found = {0};
	put_key(out, "events");
	put_open(out, '[');
	int e = select_events(l, r, ",", &found, out, err);
	if (e < 0)
		return e;
	put_close(out, ']');
	put_number(out, "first", found.first);
	put_number(out, "last", found.last);
	put_number(out, "matched", found.matched);
	return 0;
}

static const struct endpoint {
	const char *name;
	/* Append the members of the document. Returns 0, -EINVAL or -ENOENT with err set. */
	int (*put)(struct live *l, const struct request *r, struct buf *out, struct err *err);
} endpoints[] = {
    {"events", put_events},
    {"findings", put_findings},
    {"history", put_history},
    {"mappings", put_mappings},
    {"processes", put_processes},
    {"run", put_run},
    {"series", put_series},
    {"sites", put_sites},
};

/* ---- those that aren't of one run, or no document ---- */

static void put_one_run(struct live *l, void *arg)
{
	struct buf *out = arg;
	live_look(l);
	put_open(out, '{');
	put_text(out, "run", str_of(l->run));
	put_line(out, "start", buf_view(&l->start));
	put_truth(out, "ended", l->end.len > 0);
	put_close(out, '}');
	live_release(l);
}

static void answer_runs(struct runs *runs, struct answer *a)
{
	a->status = 200;
	a->type = "application/json";
	put_open(&a->body, '{');
	put_key(&a->body, "runs");
	put_open(&a->body, '[');
	runs_each(runs, put_one_run, &a->body);
	buf_str(&a->body, STR("]}\n"));
}

/* As lines, as they would be in a trace. */
static int answer_lines(struct live *l, const struct request *r, struct answer *a, struct err *err)
{
	struct tail_found found = {0};
	a->status = 200;
	a->type = "application/x-ndjson";
	a->saves = true;
	buf_str(&a->body, buf_view(&l->start));
	buf_char(&a->body, '\n');
	size_t begun = a->body.len;
	int e = select_events(l, r, "\n", &found, &a->body, err);
	if (a->body.len > begun)
		buf_char(&a->body, '\n');
	return e;
}

static int answer_document(struct live *l, const struct endpoint *endpoint, const struct request *r, struct answer *a, struct err *err)
{
	a->status = 200;
	a->type = "application/json";
	put_open(&a->body, '{');
	put_text(&a->body, "id", str_of(l->run));
	int e = endpoint->put(l, r, &a->body, err);
	put_close(&a->body, '}');
	buf_char(&a->body, '\n');
	return e;
}

static const struct endpoint *find(struct str name)
{
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++) {
		if (str_is(name, endpoints[i].name))
			return &endpoints[i];
	}
	return NULL;
}

void api_answer(struct runs *runs, const struct request *r, struct answer *a)
{
	struct err err = {.status = 0};
	struct str name = {r->path.s + strlen(API_PREFIX), r->path.len - strlen(API_PREFIX)};
	const struct endpoint *endpoint = find(name);
	bool lines = str_is(name, "events.jsonl");
	if (str_is(name, "runs")) {
		answer_runs(runs, a);
		return;
	}
	if (!endpoint && !lines) {
		err_set(&err, -ENOENT, "there's no such document; memtrace(1), LIVE PAGE, lists them");
		api_refuse(a, 404, &err);
		return;
	}
	struct str run = r->argument(r, "run");
	struct live *l = runs_get(runs, run);
	if (!l) {
		err_set(&err, -ENOENT, run.len ? "there's no such run" : "no run has begun yet");
		api_refuse(a, 404, &err);
		return;
	}
	live_look(l);
	int e = lines ? answer_lines(l, r, a, &err) : answer_document(l, endpoint, r, a, &err);
	live_release(l);
	runs_drop(runs, l);
	if (e < 0)
		api_refuse(a, e == -ENOENT ? 404 : 400, &err);
}
