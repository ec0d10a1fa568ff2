#include "db/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/reading.h"
#include "db/row.h"
#include "util/mem.h"
#include "util/uuid.h"

/* Rows that are asked for at a time: a slow reader must not keep the server waiting. */
#define PAGE 5000

struct fetch {
	struct conn *conn;
	bool owns_conn;
	bool open; /* a page is */
	bool full; /* the last one was */
	char run[ROW_RUN_SIZE]; /* as an expression of SQL */
	char uuid[37];
	uint64_t started; /* ns */
	struct buf start; /* the line of its start event; empty: none */
	bool began;       /* the start was given */
	uint64_t last;    /* seq */
	unsigned left;    /* rows of the page that weren't full yet */
	struct parse_keys keys;
	struct arena arena;
	struct event event;
	struct buf sql;
};

static int find_run(struct fetch *f, struct err *err)
{
	struct str cells[2];
	uint64_t rows;
	bool more;
	f->sql.len = 0;
	buf_fmt(&f->sql, "SELECT started,body FROM run WHERE run=%s", f->run);
	if (conn_query(f->conn, buf_view(&f->sql)) != CONN_GOOD ||
	    conn_row(f->conn, cells, 2, &more) != CONN_GOOD)
		return reading_trouble(f->conn, err);
	if (more) {
		f->started = conn_cell(cells[0]);
		if (cells[1].s)
			buf_str(&f->start, cells[1]);
		conn_done(f->conn);
		return 0;
	}
	conn_done(f->conn);
	/* A row of insertar_proceso is a run of its own, that nobody started. */
	f->sql.len = 0;
	buf_fmt(&f->sql, "SELECT COUNT(*) FROM memory_event WHERE run=%s AND seq=1", f->run);
	if (conn_number(f->conn, buf_view(&f->sql), &rows) != CONN_GOOD)
		return reading_trouble(f->conn, err);
	return rows ? 0 : err_set(err, -ENOENT, "the database has no run %s", f->uuid);
}

/* NULL, with err set: that's no id. */
static struct fetch *new_fetch(const char *uuid, struct err *err)
{
	uint8_t bytes[16];
	if (!uuid_parse(str_of(uuid), bytes)) {
		err_set(err, -EINVAL,
		    "--run=%s: not a run's id, such as 0190b0b0-b0b0-7000-8000-000000000000 in its "
		    "start event",
		    uuid);
		return NULL;
	}
	struct fetch *f = mem_alloc(sizeof(*f));
	parse_keys_init(&f->keys);
	snprintf(f->uuid, sizeof(f->uuid), "%s", uuid);
	row_run(uuid, f->run);
	return f;
}

int fetch_open(const struct dsn *dsn, const char *uuid, struct fetch **ret, struct err *err)
{
	struct fetch *f = new_fetch(uuid, err);
	if (!f)
		return -EINVAL;
	f->owns_conn = true;
	int r = conn_new(dsn, &f->conn, err);
	if (r == 0)
		r = reading_open(f->conn, err);
	if (r == 0)
		r = find_run(f, err);
	if (r < 0)
		fetch_close(f);
	else
		*ret = f;
	return r;
}

int fetch_on(struct conn *conn, const char *uuid, struct fetch **ret, struct err *err)
{
	struct fetch *f = new_fetch(uuid, err);
	if (!f)
		return -EINVAL;
	f->conn = conn;
	int r = find_run(f, err);
	if (r < 0)
		fetch_close(f);
	else
		*ret = f;
	return r;
}

static int next_page(struct fetch *f, struct err *err)
{
	f->sql.len = 0;
	buf_str(&f->sql, STR("SELECT "));
	row_select(&f->sql);
	buf_fmt(&f->sql,
	    " FROM memory_event e LEFT JOIN name n ON n.run=e.run AND n.id=e.path WHERE e.run=%s "
	    "AND e.seq>%llu ORDER BY e.seq LIMIT %d",
	    f->run, (unsigned long long)f->last, PAGE);
	f->left = PAGE;
	if (conn_query(f->conn, buf_view(&f->sql)) != CONN_GOOD)
		return reading_trouble(f->conn, err);
	f->open = true;
	return 0;
}

static int give_start(struct fetch *f, struct event **ret, struct err *err)
{
	const char *why = parse_line(&f->keys, buf_view(&f->start), &f->arena, &f->event);
	if (why)
		return err_set(err, -EINVAL, "run %s: its start can't be read: %s", f->uuid, why);
	*ret = &f->event;
	return 1;
}

/* The next row, of the next page where it has to be. Returns 1, 0 at the end, or a negative errno with err set. */
static int next_row(struct fetch *f, struct str *cells, struct err *err)
{
	for (;;) {
		bool more;
		int r = f->open ? 0 : next_page(f, err);
		if (r < 0)
			return r;
		if (conn_row(f->conn, cells, ROW_SELECTED, &more) != CONN_GOOD) {
			f->open = false;
			return reading_trouble(f->conn, err);
		}
		if (more)
			return 1;
		conn_done(f->conn);
		f->open = false;
		f->full = !f->left;
		if (!f->full || !f->owns_conn)
			return 0; /* a page that isn't full was the last */
	}
}

int fetch_next(struct fetch *f, struct event **ret, struct err *err)
{
	struct str cells[ROW_SELECTED];
	if (!f->began) {
		f->began = true;
		if (f->start.len)
			return give_start(f, ret, err);
	}
	int r = next_row(f, cells, err);
	if (r <= 0)
		return r;
	f->left--;
	arena_reset(&f->arena);
	const char *why = row_event(cells, f->started, &f->keys, &f->arena, &f->event);
	if (why)
		return err_set(err, -EINVAL, "run %s: the row behind event %llu can't be read: %s",
		    f->uuid, (unsigned long long)f->last, why);
	f->last = f->event.seq;
	*ret = &f->event;
	return 1;
}

bool fetch_has_more(const struct fetch *f)
{
	return f->full;
}

void fetch_close(struct fetch *f)
{
	if (!f)
		return;
	if (f->owns_conn)
		conn_free(f->conn);
	buf_free(&f->start);
	buf_free(&f->sql);
	arena_free(&f->arena);
	free(f);
}
