#include "web/legacy.h"

#include <string.h>

#include "db/reading.h"
#include "decode/syscalls.h"
#include "util/clock.h"

/* So many rows at a time are looked at, and so far back at first. */
#define ROWS 5000

/* How long a row that has its id can come late; ids are also left out for good, where a transaction is rolled back. */
#define LATE (300 * NSEC_PER_SEC)

/* id, whether it's of this interface, at, pid, comm, call_name, length */
#define CELLS 7

static void begin(struct legacy *l, uint64_t at)
{
	struct event start;
	event_init(&start, EVENT_START);
	EVENT_SET(&start, v, 1);
	EVENT_SET(&start, run, STR("00000000-0000-7000-8000-000000000000"));
	EVENT_SET(&start, host, STR("insertar_proceso"));
	EVENT_SET(&start, engine, STR("insertar_proceso"));
	EVENT_SET(&start, time, at);
	EVENT_SET(&start, calls, (struct str_list){0});
	follow_event(&l->follower, &start);
	l->first = at;
}

static void show(struct legacy *l, const struct str cells[CELLS])
{
	struct event ev;
	int64_t date = (int64_t)conn_cell(cells[2]);
	uint64_t at = date > 0 ? (uint64_t)date : 0; /* events begin with 1970 */
	if (!l->follower.live)
		begin(l, at);
	event_init(&ev, EVENT_CALL);
	ev.call_id = syscalls_by_name(cells[5]);
	EVENT_SET(&ev, seq, ++l->seq);
	EVENT_SET(&ev, time, at);
	EVENT_SET(&ev, elapsed, at > l->first ? at - l->first : 0);
	EVENT_SET(&ev, pid, (int64_t)conn_cell(cells[3]));
	EVENT_SET(&ev, comm, cells[4].s ? cells[4] : STR(""));
	EVENT_SET(&ev, call, cells[5].s ? cells[5] : STR(""));
	if (cells[6].s)
		EVENT_SET(&ev, length, conn_cell(cells[6]));
	follow_event(&l->follower, &ev);
}

/* ---- ids ---- */

/* What is asked for, and what will be the next time. */
struct asked {
	struct legacy_gap gaps[LEGACY_GAPS];
	unsigned n, at;
	uint64_t now;
};

/* Where there are too many, the oldest is forgotten: it's the least likely to be filled. */
static void add_gap(struct legacy *l, uint64_t from, uint64_t to, uint64_t since)
{
	if (from > to)
		return;
	if (l->gaps_n == LEGACY_GAPS)
		memmove(l->gaps, l->gaps + 1, --l->gaps_n * sizeof(l->gaps[0]));
	l->gaps[l->gaps_n++] = (struct legacy_gap){from, to, since};
}

/* No row has an id from there to `to`: it's looked for again, but not for ever. */
static void miss(struct legacy *l, const struct asked *a, const struct legacy_gap *gap, uint64_t to)
{
	uint64_t since = gap->since ? gap->since : a->now;
	if (a->now - since < LATE)
		add_gap(l, gap->from, to, since);
}

/* The rows come by id: those in between aren't there. */
static void reach(struct legacy *l, struct asked *a, uint64_t id)
{
	for (; a->at < a->n && a->gaps[a->at].to < id; a->at++)
		miss(l, a, &a->gaps[a->at], a->gaps[a->at].to);
	if (a->at == a->n || a->gaps[a->at].from > id)
		return;
	miss(l, a, &a->gaps[a->at], id - 1);
	a->gaps[a->at].from = id + 1;
}

/* The rest wasn't told of. */
static void keep_rest(struct legacy *l, const struct asked *a)
{
	for (unsigned i = a->at; i < a->n; i++)
		add_gap(l, a->gaps[i].from, a->gaps[i].to, a->gaps[i].since);
}

/* ---- rows ---- */

/* Those of this interface have no thread, and nobody started their runs. */
static void put_query(struct legacy *l)
{
	l->sql.len = 0;
	buf_str(&l->sql,
	    STR("SELECT e.id,e.tid IS NULL AND e.type='call' AND NOT EXISTS(SELECT 1 FROM run r WHERE r.run=e.run),e.at,"
	        "e.pid,e.comm,e.call_name,e.length FROM memory_event e WHERE"));
	for (unsigned i = 0; i < l->gaps_n; i++)
		buf_fmt(&l->sql, "%s e.id BETWEEN %llu AND %llu", i ? " OR" : "", (unsigned long long)l->gaps[i].from,
		    (unsigned long long)l->gaps[i].to);
	buf_fmt(&l->sql, " ORDER BY e.id LIMIT %d", ROWS);
}

/* Until the last one, or what breaks it off. *ret_n: how many. */
static int take_rows(struct legacy *l, struct conn *conn, struct asked *a, unsigned *ret_n, struct err *err)
{
	struct str cells[CELLS];
	bool more;
	for (*ret_n = 0;; ++*ret_n) {
		if (conn_row(conn, cells, CELLS, &more) != CONN_GOOD)
			return reading_trouble(conn, err);
		if (!more)
			break;
		reach(l, a, conn_cell(cells[0]));
		if (conn_cell(cells[1]))
			show(l, cells);
	}
	conn_done(conn);
	return 0;
}

static int read_rows(struct legacy *l, struct conn *conn, struct err *err)
{
	struct asked a = {.n = l->gaps_n, .now = clock_mono()};
	unsigned n;
	put_query(l);
	if (conn_query(conn, buf_view(&l->sql)) != CONN_GOOD)
		return reading_trouble(conn, err);
	memcpy(a.gaps, l->gaps, l->gaps_n * sizeof(l->gaps[0]));
	l->gaps_n = 0;
	int r = take_rows(l, conn, &a, &n, err);
	l->more = r == 0 && n >= ROWS;
	if (r == 0 && !l->more)
		reach(l, &a, UINT64_MAX);
	keep_rest(l, &a);
	return r;
}

int legacy_poll(struct legacy *l, struct conn *conn, struct err *err)
{
	uint64_t newest;
	l->more = false;
	if (conn_number(conn, STR("SELECT MAX(id) FROM memory_event"), &newest) != CONN_GOOD)
		return reading_trouble(conn, err);
	if (!l->begun)
		l->last = newest > ROWS ? newest - ROWS : 0;
	l->begun = true;
	add_gap(l, l->last + 1, newest, 0);
	l->last = newest > l->last ? newest : l->last;
	return l->gaps_n ? read_rows(l, conn, err) : 0;
}

void legacy_end(struct legacy *l)
{
	follow_end(&l->follower);
	buf_free(&l->sql);
}
