#include "web/database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/fetch.h"
#include "db/reading.h"
#include "db/row.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/uuid.h"
#include "web/follow.h"
#include "web/legacy.h"

/* So many runs at once are followed. */
#define FOLLOWED_MAX 16

/* A run that is followed. */
struct followed {
	char uuid[37];
	uint64_t last; /* seq, as far as it's shown */
	struct fetch *fetch;
	struct follower follower;
	bool seen; /* by the poll that runs; false between two */
};

struct database {
	const struct dsn *dsn;
	const struct database_wish *wish;
	struct runs *runs;
	struct conn *conn;
	struct followed v[FOLLOWED_MAX];
	unsigned n;
	struct legacy legacy;
	struct buf sql;
};

/* ---- which ---- */

static void put_query(struct database *d)
{
	char run[ROW_RUN_SIZE];
	const struct database_wish *wish = d->wish;
	d->sql.len = 0;
	buf_str(&d->sql, STR("SELECT LOWER(HEX(run)),last_seq FROM run WHERE 1=1"));
	if (wish->run) {
		row_run(wish->run, run);
		buf_fmt(&d->sql, " AND run=%s", run);
	}
	if (wish->host) {
		buf_str(&d->sql, STR(" AND host="));
		row_put_bytes(&d->sql, str_of(wish->host));
	}
	if (wish->since)
		buf_fmt(&d->sql, " AND seen_at>=UTC_TIMESTAMP(6)-INTERVAL %llu MICROSECOND",
		    (unsigned long long)(wish->since / NSEC_PER_USEC));
	buf_fmt(&d->sql, " ORDER BY started DESC LIMIT %d", FOLLOWED_MAX);
}

/* One of the database, as it says: 32 digits. */
struct listed {
	char uuid[37];
	uint64_t last;
};

static void take_listed(struct listed *ret, const struct str cells[2])
{
	const char *s = cells[0].s;
	memset(ret, 0, sizeof(*ret));
	if (cells[0].len == 32)
		snprintf(ret->uuid, sizeof(ret->uuid), "%.8s-%.4s-%.4s-%.4s-%.12s", s, s + 8, s + 12, s + 16, s + 20);
	ret->last = conn_cell(cells[1]);
}

static int list_runs(struct database *d, struct listed *ret, unsigned *ret_n, struct err *err)
{
	struct str cells[2];
	bool more;
	*ret_n = 0;
	put_query(d);
	if (conn_query(d->conn, buf_view(&d->sql)) != CONN_GOOD)
		return reading_trouble(d->conn, err);
	for (;;) {
		if (conn_row(d->conn, cells, 2, &more) != CONN_GOOD)
			return reading_trouble(d->conn, err);
		if (!more)
			break;
		if (*ret_n < FOLLOWED_MAX)
			take_listed(&ret[(*ret_n)++], cells);
	}
	conn_done(d->conn);
	return 0;
}

/* ---- following ---- */

static struct followed *find(struct database *d, const char *uuid)
{
	for (unsigned i = 0; i < d->n; i++) {
		if (strcmp(d->v[i].uuid, uuid) == 0)
			return &d->v[i];
	}
	return NULL;
}

static void drop(struct database *d, unsigned at)
{
	fetch_close(d->v[at].fetch);
	follow_end(&d->v[at].follower);
	d->v[at] = d->v[--d->n];
}

static void drop_unseen(struct database *d)
{
	for (unsigned i = d->n; i-- > 0;) {
		if (!d->v[i].seen)
			drop(d, i);
		else
			d->v[i].seen = false;
	}
}

/* Rows of the older interface have no start; the page wants to know whose they are. */
static void begin_without_start(struct followed *f, const struct event *first)
{
	struct event start;
	event_init(&start, EVENT_START);
	EVENT_SET(&start, v, 1);
	EVENT_SET(&start, run, str_of(f->uuid));
	EVENT_SET(&start, host, STR(""));
	EVENT_SET(&start, engine, STR("insertar_proceso"));
	EVENT_SET(&start, time, first->time);
	EVENT_SET(&start, calls, (struct str_list){0});
	follow_event(&f->follower, &start);
}

/* A page of it: others wait, and somebody may want us to stop. */
static int read_news(struct followed *f, struct err *err)
{
	struct event *ev;
	int r;
	while ((r = fetch_next(f->fetch, &ev, err)) > 0) {
		if (ev->type != EVENT_START && !f->follower.live)
			begin_without_start(f, ev);
		follow_event(&f->follower, ev);
		if (ev->type != EVENT_START)
			f->last = ev->seq;
	}
	return r;
}

static int follow_run(struct database *d, const struct listed *listed, struct err *err)
{
	struct followed *f = find(d, listed->uuid);
	int r = 0;
	if (!f) {
		f = &d->v[d->n];
		*f = (struct followed){.follower = {.runs = d->runs}};
		snprintf(f->uuid, sizeof(f->uuid), "%s", listed->uuid);
		r = fetch_on(d->conn, f->uuid, &f->fetch, err);
		if (r < 0)
			return r;
		d->n++;
	}
	return f->last < listed->last || !f->follower.live || fetch_has_more(f->fetch) ? read_news(f, err) : 0;
}

/* By their beginning, which doesn't change. Oldest first: the newest is shown where nobody chose. Those that went out of the list make room before. */
static int read_all(struct database *d, struct err *err)
{
	struct listed listed[FOLLOWED_MAX];
	unsigned n;
	int r = list_runs(d, listed, &n, err);
	for (unsigned i = 0; r == 0 && i < n; i++) {
		struct followed *f = find(d, listed[i].uuid);
		if (f)
			f->seen = true;
	}
	if (r == 0)
		drop_unseen(d);
	if (r == 0 && !d->wish->run && !d->wish->host)
		r = legacy_poll(&d->legacy, d->conn, err);
	while (r == 0 && n-- > 0)
		r = follow_run(d, &listed[n], err);
	return r;
}

static bool has_more(const struct database *d)
{
	bool more = d->legacy.more;
	for (unsigned i = 0; i < d->n; i++)
		more |= fetch_has_more(d->v[i].fetch);
	return more;
}

int database_poll(struct database *d, bool *ret_more, struct err *err)
{
	*ret_more = false;
	struct err why = {.status = 0};
	int r = reading_open(d->conn, &why);
	if (r == 0)
		r = read_all(d, &why);
	if (r < 0 && r != -EIO) {
		*err = why;
		return r;
	}
	if (r < 0)
		conn_close(d->conn); /* so that it's opened anew */
	if (runs_trouble(d->runs, why.text) && why.text[0])
		log_note("%s; trying again", why.text);
	*ret_more = r == 0 && has_more(d);
	return 0;
}

static int check_run(struct database *d, struct err *err)
{
	uint8_t bytes[16];
	struct fetch *fetch;
	if (!d->wish->run)
		return 0;
	if (!uuid_parse(str_of(d->wish->run), bytes))
		return err_set(err, -EINVAL, "--run=%s isn't a run's id, as in its start event", d->wish->run);
	int r = fetch_on(d->conn, d->wish->run, &fetch, err);
	if (r == 0)
		fetch_close(fetch);
	return r;
}

int database_open(const struct dsn *dsn, const struct database_wish *wish, struct runs *runs, struct database **ret,
    struct err *err)
{
	struct database *d = mem_alloc(sizeof(*d));
	d->dsn = dsn;
	d->wish = wish;
	d->runs = runs;
	d->legacy.follower.runs = runs;
	int r = conn_new(dsn, &d->conn, err);
	if (r == 0)
		r = reading_open(d->conn, err);
	if (r == 0)
		r = check_run(d, err);
	if (r < 0)
		database_close(d);
	else
		*ret = d;
	return r;
}

void database_close(struct database *d)
{
	while (d->n)
		drop(d, d->n - 1);
	legacy_end(&d->legacy);
	if (d->conn)
		conn_free(d->conn);
	buf_free(&d->sql);
	free(d);
}
