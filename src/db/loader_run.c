/* The run that a loader's batches belong to. */
#include <stdio.h>
#include <stdlib.h>

#include "db/loader_state.h"
#include "util/cleanup.h"

/* Names that are remembered at most; beyond it, all get new ids. */
#define NAMES_MAX   100000
#define NAMES_BYTES (16U << 20)

/* Of those in the table, the newest. */
#define NAMES_RELOAD 4096

/* Rows that are counted at a time, so that no answer takes long; and beyond which none are. */
#define COUNT_ROWS 5000000
#define COUNT_MOST 10000000000

/* ---- its row ---- */

/* The words of the command as a JSON array. */
static void put_command(struct loader *l, struct buf *sql, const struct event *start)
{
	static const struct str before = STR_INIT("{\"command\":");
	_cleanup_(buf_free) struct buf body = {0};
	uint64_t has[EVENT_HAS_WORDS] = {0};
	if (!event_has(start, F_command)) {
		buf_str(sql, STR("NULL"));
		return;
	}
	has[F_command / 64] = UINT64_C(1) << (F_command % 64);
	writer_put_members(&l->writer, start, has, &body);
	char *exact = memmem(body.data, body.len, "],\"command_b64\":", 16);
	if (exact)
		body.len = (size_t)(exact - body.data) + 2;
	row_put_text(
	    sql, (struct str){body.data + before.len, body.len - before.len - 1}, SIZE_MAX, false);
}

/* With `whole`, the command and all of the start event too. */
static void put_run(struct loader *l, const struct load_run *run, bool whole)
{
	struct buf *sql = loader_statement(l);
	struct event *start = &l->event;
	arena_reset(&l->arena);
	if (parse_line(&l->keys, buf_view(&run->start), &l->arena, start))
		event_init(start, EVENT_START);
	buf_str(sql, STR("INSERT INTO run (run,host,arch,boot_id,engine,started,seen_at,command,"
	                 "body) VALUES ("));
	buf_fmt(sql, "%s,", l->run);
	bool host = event_has(start, F_host) && start->host.len <= 255;
	row_put_bytes(sql, host ? start->host : STR(""));
	buf_char(sql, ',');
	row_put_text(sql, event_has(start, F_arch) ? start->arch : STR(""), 16, true);
	buf_char(sql, ',');
	if (event_has(start, F_boot_id) && start->boot_id.len == 36)
		row_put_text(sql, start->boot_id, 36, true);
	else
		buf_str(sql, STR("NULL"));
	buf_char(sql, ',');
	row_put_text(sql, event_has(start, F_engine) ? start->engine : STR(""), 32, true);
	buf_fmt(sql, ",%llu,UTC_TIMESTAMP(6),", (unsigned long long)run->started);
	if (whole) {
		put_command(l, sql, start);
		buf_char(sql, ',');
		row_put_text(sql, buf_view(&run->start), SIZE_MAX, false);
	} else {
		buf_str(sql, STR("NULL,NULL"));
	}
	buf_str(sql, STR(") ON DUPLICATE KEY UPDATE command=COALESCE(command,VALUES(command)),"
	                 "body=COALESCE(body,VALUES(body))"));
}

/* The row of the run, which may be there already. A command may be too long for a statement. */
static enum conn_result add_run(struct loader *l, const struct load_run *run)
{
	put_run(l, run, true);
	bool whole = l->sql.len + LOADER_ROOM < conn_packet(l->conn);
	if (!whole)
		put_run(l, run, false);
	enum conn_result r = loader_run_statement(l);
	if (r == CONN_GOOD && !whole)
		l->setup.refused(
		    l->setup.arg, run, STR(""), "its start is larger than max_allowed_packet");
	return r;
}

/* How many events up to `last` are there. */
static enum conn_result count_rows(struct loader *l, uint64_t last, uint64_t *ret)
{
	enum conn_result r = CONN_GOOD;
	uint64_t part;
	*ret = 0;
	if (last > COUNT_MOST)
		return CONN_GOOD; /* no trace is that long */
	for (uint64_t from = 1; r == CONN_GOOD && from <= last; from += COUNT_ROWS) {
		struct buf *sql = loader_statement(l);
		uint64_t to = last - from < COUNT_ROWS ? last : from + COUNT_ROWS - 1;
		buf_fmt(sql,
		    "SELECT COUNT(*) FROM memory_event WHERE run=%s AND seq BETWEEN %llu AND %llu",
		    l->run, (unsigned long long)from, (unsigned long long)to);
		r = conn_number(l->conn, buf_view(sql), &part);
		*ret += part;
		l->work++;
	}
	return r == CONN_GOOD ? r : loader_fail(l, r);
}

/* How far the run is there without a gap: what resumes begins behind it. */
static enum conn_result find_skip(struct loader *l)
{
	uint64_t last, count;
	struct buf *sql = loader_statement(l);
	buf_fmt(sql, "SELECT last_seq FROM run WHERE run=%s", l->run);
	enum conn_result r = conn_number(l->conn, buf_view(sql), &last);
	if (r != CONN_GOOD)
		return loader_fail(l, r);
	r = count_rows(l, last, &count);
	if (r == CONN_GOOD && count == last)
		l->skip = last;
	l->unbroken = l->skip;
	return r;
}

enum conn_result loader_begin_run(struct loader *l, const struct load_run *run)
{
	memcpy(l->uuid, run->uuid, sizeof(l->uuid));
	row_run(run->uuid, l->run);
	l->taken = UNSURE;
	l->unbroken = 0;
	enum conn_result r = add_run(l, run);
	/* Again, of a run that began with nothing there: nothing is skipped of it, wherever it is now. */
	bool known = strcmp(l->known, run->uuid) == 0 && l->skip == 0;
	if (r == CONN_GOOD && !known) {
		l->skip = 0;
		r = find_skip(l);
	}
	if (r == CONN_GOOD)
		memcpy(l->known, run->uuid, sizeof(l->known));
	else
		l->uuid[0] = '\0';
	return r;
}

/* ---- what others may have added to it ---- */

/*
 * Only once the run's row is locked: the transaction's view of the other tables is of its first plain
 * SELECT. Numbers of names that are there are taken, whatever that row says.
 */
static enum conn_result reload_names(struct loader *l, uint64_t taken)
{
	struct str cells[2];
	uint64_t next;
	bool more;
	struct buf *sql = loader_statement(l);
	buf_fmt(sql, "SELECT COALESCE(MAX(id)+1,0) FROM name WHERE run=%s", l->run);
	enum conn_result r = conn_number(l->conn, buf_view(sql), &next);
	if (r != CONN_GOOD)
		return loader_fail(l, r);
	names_reset(&l->names, (uint32_t)(next > taken ? next : taken));
	sql = loader_statement(l);
	buf_fmt(sql, "SELECT id,text FROM name WHERE run=%s ORDER BY id DESC LIMIT %d", l->run,
	    NAMES_RELOAD);
	r = conn_query(l->conn, buf_view(sql));
	while (r == CONN_GOOD) {
		r = conn_row(l->conn, cells, 2, &more);
		if (r != CONN_GOOD || !more)
			break;
		names_add(&l->names, cells[1], (uint32_t)conn_cell(cells[0]));
	}
	conn_done(l->conn);
	return r == CONN_GOOD ? r : loader_fail(l, r);
}

static enum conn_result reload_processes(struct loader *l)
{
	struct str cells[3];
	bool more;
	struct buf *sql = loader_statement(l);
	buf_fmt(sql, "SELECT pid,born,ended FROM process WHERE run=%s ORDER BY born", l->run);
	enum conn_result r = conn_query(l->conn, buf_view(sql));
	while (r == CONN_GOOD) {
		r = conn_row(l->conn, cells, 3, &more);
		if (r != CONN_GOOD || !more)
			break;
		derive_known(&l->derive, (int64_t)conn_cell(cells[0]), conn_cell(cells[1]),
		    conn_cell(cells[2]));
	}
	conn_done(l->conn);
	return r == CONN_GOOD ? r : loader_fail(l, r);
}

/* The run's row, locked until the transaction ends: nobody else adds to the run meanwhile. */
static enum conn_result lock_run(struct loader *l, uint64_t *ret_taken)
{
	struct str cells[3];
	bool more = true;
	*ret_taken = 0;
	struct buf *sql = loader_statement(l);
	buf_fmt(sql, "SELECT names,last_seq,ended IS NOT NULL FROM run WHERE run=%s FOR UPDATE",
	    l->run);
	enum conn_result r = conn_query(l->conn, buf_view(sql));
	if (r == CONN_GOOD)
		r = conn_row(l->conn, cells, 3, &more);
	if (r == CONN_GOOD && more) {
		*ret_taken = conn_cell(cells[0]);
		l->last_before = conn_cell(cells[1]);
		l->was_ended = conn_cell(cells[2]) == 1;
	}
	conn_done(l->conn);
	if (r == CONN_GOOD && !more) { /* somebody deleted it: it's made again */
		l->uuid[0] = '\0';
		snprintf(l->why, sizeof(l->why), "the run's row is gone");
		return CONN_AWAY;
	}
	return r == CONN_GOOD ? r : loader_fail(l, r);
}

enum conn_result loader_begin(struct loader *l)
{
	uint64_t taken;
	buf_str(loader_statement(l), STR("START TRANSACTION"));
	enum conn_result r = loader_run_statement(l);
	if (r == CONN_GOOD)
		r = lock_run(l, &taken);
	if (r != CONN_GOOD)
		return r;
	bool others = taken != l->taken;
	derive_begin(&l->derive, str_of(l->run), loader_piece(l), others);
	if (others) {
		r = reload_names(l, taken);
		if (r == CONN_GOOD)
			r = reload_processes(l);
	} else if (l->names.n > NAMES_MAX || l->names.bytes > NAMES_BYTES) {
		names_reset(&l->names, (uint32_t)taken);
	}
	l->mark = l->names.n;
	l->text = 0;
	l->at = 0;
	l->sent = l->new_rows = l->last = 0;
	l->reached = l->unbroken;
	l->has_end = false;
	loader_forget_refused(l);
	return r;
}

/* ---- what goes with the rows ---- */

static enum conn_result add_names(struct loader *l)
{
	enum conn_result r = CONN_GOOD;
	for (size_t i = l->mark; r == CONN_GOOD && i < l->names.n;) {
		struct buf *sql = loader_statement(l);
		buf_str(sql, STR("INSERT INTO name (run,id,text) VALUES "));
		for (bool first = true; i < l->names.n && sql->len < loader_piece(l); i++) {
			const struct names_entry *e = &l->names.entries[i];
			buf_fmt(sql, "%s(%s,%u,", first ? "" : ",", l->run, e->id);
			row_put_bytes(sql, e->text);
			buf_char(sql, ')');
			first = false;
		}
		r = loader_run_statement(l);
	}
	return r;
}

static enum conn_result add_derived(struct loader *l)
{
	while (loader_statement(l), derive_statement(&l->derive, &l->sql)) {
		enum conn_result r = loader_run_statement(l);
		if (r != CONN_GOOD)
			return r;
	}
	return CONN_GOOD;
}

/*
 * What is lost of a run that has ended: what its end says, and what isn't there. Counted only where
 * this loader didn't see one event follow the other from the first to the last.
 */
static enum conn_result put_lost(struct loader *l, uint64_t last, struct buf *out)
{
	uint64_t count = last;
	enum conn_result r = CONN_GOOD;
	if (l->reached != last || l->refused_n)
		r = count_rows(l, last, &count);
	buf_fmt(out,
	    ",lost=COALESCE((SELECT CAST(JSON_EXTRACT(body,'$.lost') AS UNSIGNED) FROM "
	    "memory_event WHERE run=%s AND seq=%llu AND type='end'),0)+%llu",
	    l->run, (unsigned long long)last, (unsigned long long)(last - count));
	return r;
}

static enum conn_result update_run(struct loader *l)
{
	_cleanup_(buf_free) struct buf lost = {0};
	enum conn_result r = CONN_GOOD;
	uint64_t last = l->last > l->last_before ? l->last : l->last_before;
	if (l->has_end || l->was_ended)
		r = put_lost(l, last, &lost);
	else if (l->batch->dropped)
		buf_fmt(&lost, ",lost=%llu", (unsigned long long)l->batch->dropped);
	if (r != CONN_GOOD)
		return r;
	struct buf *sql = loader_statement(l);
	buf_fmt(sql, "UPDATE run SET last_seq=%llu,names=%u,seen_at=UTC_TIMESTAMP(6)",
	    (unsigned long long)last, l->names.next);
	if (l->has_end)
		buf_str(sql, buf_view(&l->ending));
	buf_str(sql, buf_view(&lost));
	buf_fmt(sql, " WHERE run=%s", l->run);
	return loader_run_statement(l);
}

void loader_note_end(struct loader *l, const struct event *ev)
{
	struct buf *out = &l->ending;
	out->len = 0;
	l->has_end = true;
	buf_fmt(out, ",ended=%llu,coverage=", (unsigned long long)ev->time);
	row_put_text(out, ev->coverage, 16, true);
	if (!event_has(ev, F_status))
		return;
	if (ev->status.signal.len) {
		buf_str(out, STR(",status="));
		row_put_text(out, ev->status.signal, 32, true);
	} else {
		buf_fmt(out, ",status='%lld'", (long long)ev->status.code);
	}
}

enum conn_result loader_finish(struct loader *l)
{
	enum conn_result r = add_names(l);
	if (r == CONN_GOOD)
		r = add_derived(l);
	return r == CONN_GOOD ? update_run(l) : r;
}
