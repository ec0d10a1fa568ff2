#include "web/legacy.h"

#include "db/reading.h"
#include "decode/syscalls.h"

/* So many rows at a time are looked at, and so far back at first. */
#define ROWS  5000
#define CELLS 5

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

/* at, pid, comm, call_name, length */
static void show(struct legacy *l, const struct str cells[CELLS])
{
	struct event ev;
	uint64_t at = conn_cell(cells[0]);
	if (!l->follower.live)
		begin(l, at);
	event_init(&ev, EVENT_CALL);
	ev.call_id = syscalls_by_name(cells[3]);
	EVENT_SET(&ev, seq, ++l->seq);
	EVENT_SET(&ev, time, at);
	EVENT_SET(&ev, elapsed, at > l->first ? at - l->first : 0);
	EVENT_SET(&ev, pid, (int64_t)conn_cell(cells[1]));
	EVENT_SET(&ev, comm, cells[2].s ? cells[2] : STR(""));
	EVENT_SET(&ev, call, cells[3].s ? cells[3] : STR(""));
	if (cells[4].s)
		EVENT_SET(&ev, length, conn_cell(cells[4]));
	follow_event(&l->follower, &ev);
}

/* The rows up to that id. They have no thread, and nobody started their runs. */
static int read_rows(struct legacy *l, struct conn *conn, uint64_t until, struct err *err)
{
	struct str cells[CELLS];
	bool more;
	l->sql.len = 0;
	buf_fmt(&l->sql,
	    "SELECT e.at,e.pid,e.comm,e.call_name,e.length FROM memory_event e LEFT JOIN run r ON r.run=e.run "
	    "WHERE e.id>%llu AND e.id<=%llu AND e.tid IS NULL AND e.type='call' AND r.run IS NULL ORDER BY e.id",
	    (unsigned long long)l->last, (unsigned long long)until);
	if (conn_query(conn, buf_view(&l->sql)) != CONN_GOOD)
		return reading_trouble(conn, err);
	for (;;) {
		if (conn_row(conn, cells, CELLS, &more) != CONN_GOOD)
			return reading_trouble(conn, err);
		if (!more)
			break;
		show(l, cells);
	}
	conn_done(conn);
	l->last = until;
	return 0;
}

int legacy_poll(struct legacy *l, struct conn *conn, struct err *err)
{
	uint64_t newest;
	int r = 0;
	if (conn_number(conn, STR("SELECT MAX(id) FROM memory_event"), &newest) != CONN_GOOD)
		return reading_trouble(conn, err);
	if (!l->begun)
		l->last = newest > ROWS ? newest - ROWS : 0;
	l->begun = true;
	if (l->last < newest)
		r = read_rows(l, conn, newest - l->last > ROWS ? l->last + ROWS : newest, err);
	l->more = l->last < newest;
	return r;
}

void legacy_end(struct legacy *l)
{
	follow_end(&l->follower);
	buf_free(&l->sql);
}
