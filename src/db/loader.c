#include "db/loader_state.h"

#include <stdio.h>
#include <stdlib.h>

#include "db/schema.h"
#include "util/mem.h"

int loader_new(const struct loader_setup *setup, struct loader **ret, struct err *err)
{
	struct loader *l = mem_alloc(sizeof(*l));
	l->setup = *setup;
	l->taken = UNSURE;
	parse_keys_init(&l->keys);
	int r = conn_new(setup->dsn, &l->conn, err);
	if (r < 0) {
		free(l);
		return r;
	}
	*ret = l;
	return 0;
}

enum conn_result loader_fail(struct loader *l, enum conn_result r)
{
	snprintf(l->why, sizeof(l->why), "%s", conn_why(l->conn));
	return r;
}

/* ---- statements ---- */

struct buf *loader_statement(struct loader *l)
{
	l->sql.len = 0;
	return &l->sql;
}

enum conn_result loader_run_statement(struct loader *l)
{
	enum conn_result r = conn_exec(l->conn, buf_view(&l->sql));
	return r == CONN_GOOD ? r : loader_fail(l, r);
}

size_t loader_piece(const struct loader *l)
{
	uint64_t third = conn_packet(l->conn) / 3; /* a row may come on top */
	return third < 1024 ? 1024 : third < 256U << 10 ? (size_t)third : 256U << 10;
}

static enum conn_result open_conn(struct loader *l)
{
	enum conn_result r = conn_open(l->conn);
	if (r != CONN_GOOD)
		return loader_fail(l, r);
	l->no_load = false;
	l->taken = UNSURE;
	l->uuid[0] = '\0'; /* it may be another server, which has nothing of the run */
	l->connected = true;
	r = schema_check(l->conn, l->why, sizeof(l->why));
	if (r != CONN_GOOD)
		conn_close(l->conn);
	return r;
}

/* ---- a batch ---- */

static enum conn_result commit(struct loader *l)
{
	buf_str(loader_statement(l), STR("COMMIT"));
	return loader_run_statement(l);
}

static enum conn_result attempt(struct loader *l, bool load)
{
	enum conn_result r = loader_begin(l);
	if (r == CONN_GOOD)
		r = load ? loader_load_rows(l) : loader_insert_rows(l);
	if (r == CONN_GOOD && l->sent)
		r = loader_finish(l);
	if (r == CONN_GOOD)
		r = commit(l);
	if (r == CONN_GOOD) {
		l->taken = l->names.next;
		l->added += l->new_rows;
		l->unbroken = l->refused_n ? 0 : l->reached;
		loader_tell_refused(l);
		return r;
	}
	l->taken = UNSURE;
	if (conn_is_open(l->conn) && conn_exec(l->conn, STR("ROLLBACK")) != CONN_GOOD)
		return CONN_AWAY;
	return r;
}

/* Of what is no row, nothing can be left out. */
static enum conn_result settle(enum conn_result r)
{
	return r == CONN_REFUSED || r == CONN_NO_LOAD ? CONN_DENIED : r;
}

enum conn_result loader_load(struct loader *l, const struct load_batch *batch)
{
	enum conn_result r = conn_is_open(l->conn) ? CONN_GOOD : open_conn(l);
	l->batch = batch;
	if (r == CONN_GOOD && strcmp(l->uuid, batch->run->uuid) != 0)
		r = loader_begin_run(l, batch->run);
	if (r != CONN_GOOD)
		return settle(r);
	if (!l->no_load) {
		r = attempt(l, true);
		if (r == CONN_NO_LOAD)
			l->no_load = true;
		else if (r != CONN_REFUSED)
			return r;
	}
	return settle(attempt(l, false));
}

const char *loader_why(const struct loader *l)
{
	return l->why;
}

uint64_t loader_work(const struct loader *l)
{
	return l->work;
}

bool loader_connected(const struct loader *l)
{
	return l->connected;
}

uint64_t loader_added(const struct loader *l)
{
	return l->added;
}

void loader_interrupt(struct loader *l)
{
	conn_interrupt(l->conn);
}

void loader_free(struct loader *l)
{
	if (!l)
		return;
	conn_free(l->conn);
	names_free(&l->names);
	derive_free(&l->derive);
	arena_free(&l->arena);
	writer_free(&l->writer);
	row_free(&l->row);
	buf_free(&l->lines);
	buf_free(&l->sql);
	buf_free(&l->ending);
	loader_forget_refused(l);
	free(l->refused);
	free(l);
}
