/* The rows of a loader's batch. */
#include <stdio.h>
#include <stdlib.h>

#include "db/loader_state.h"
#include "util/mem.h"

/* Lines that go into one INSERT, at most. */
#define INSERT_LINES 500

static bool next_line(struct loader *l, struct str *ret)
{
	while (l->text < l->batch->texts_n) {
		const struct str *text = &l->batch->texts[l->text];
		if (l->at < text->len) {
			const char *from = text->s + l->at;
			const char *end = memchr(from, '\n', text->len - l->at);
			ret->s = from;
			ret->len = end ? (size_t)(end - from) : text->len - l->at;
			l->at += ret->len + 1;
			return true;
		}
		l->text++;
		l->at = 0;
	}
	return false;
}

/* The next event that isn't there yet, as l->row. A line that is none is refused. */
static bool next_row(struct loader *l, struct str *ret_line)
{
	while (next_line(l, ret_line)) {
		struct event *ev = &l->event;
		arena_reset(&l->arena);
		const char *why = parse_line(&l->keys, *ret_line, &l->arena, ev);
		if (why)
			continue; /* can't be: these are lines that the writer wrote */
		if (ev->seq <= l->skip)
			continue;
		row_make(&l->row, ev, l->batch->run->started, &l->names, &l->writer);
		derive_event(&l->derive, ev);
		if (ev->type == EVENT_END)
			loader_note_end(l, ev);
		if (ev->seq > l->last)
			l->last = ev->seq;
		l->reached += ev->seq == l->reached + 1;
		l->sent++;
		l->work++;
		return true;
	}
	return false;
}

static int fill(void *arg, char *to, unsigned size)
{
	struct loader *l = arg;
	struct str line;
	while (l->lines.len - l->lines_at < size) {
		if (l->lines_at) {
			l->lines.len -= l->lines_at;
			memmove(l->lines.data, l->lines.data + l->lines_at, l->lines.len);
			l->lines_at = 0;
		}
		if (!next_row(l, &line))
			break;
		row_put_line(&l->row, &l->lines);
	}
	size_t n = l->lines.len - l->lines_at;
	if (n > size)
		n = size;
	if (n)
		memcpy(to, l->lines.data + l->lines_at, n);
	l->lines_at += n;
	return (int)n;
}

/*
 * LOAD DATA bends values that don't fit, and only warns (mysql: "LOAD DATA", error handling with
 * LOCAL): as many rows as were sent and as many warnings as rows that were there, or it's undone.
 */
enum conn_result loader_load_rows(struct loader *l)
{
	struct conn_loaded done;
	struct buf *sql = loader_statement(l);
	buf_str(sql, STR("LOAD DATA LOCAL INFILE 'memtrace' INTO TABLE memory_event CHARACTER SET "
	                 "binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY "
	                 "'\\n' ("));
	row_columns(sql);
	buf_fmt(sql, ") SET run=%s", l->run);
	l->lines.len = l->lines_at = 0;
	enum conn_result r = conn_load(l->conn, buf_view(sql), fill, l, &done);
	if (r != CONN_GOOD)
		return loader_fail(l, r);
	l->new_rows = done.records - done.skipped;
	if (done.records == l->sent && done.warnings == done.skipped)
		return CONN_GOOD;
	return CONN_REFUSED;
}

/* ---- rows, strictly ---- */

/* It's told when the rest is committed: until then all of it may have to be done again. */
static enum conn_result refuse(struct loader *l, struct str line, const char *why)
{
	*MEM_PUSH(l->refused, l->refused_n, l->refused_size) =
	    (struct refused){line, mem_strdup(why)};
	return CONN_GOOD;
}

void loader_forget_refused(struct loader *l)
{
	for (size_t i = 0; i < l->refused_n; i++)
		free(l->refused[i].why);
	l->refused_n = 0;
}

void loader_tell_refused(struct loader *l)
{
	for (size_t i = 0; i < l->refused_n; i++)
		l->setup.refused(
		    l->setup.arg, l->batch->run, l->refused[i].line, l->refused[i].why);
	loader_forget_refused(l);
}

/* One INSERT for all of `lines`, or two for half of them each, down to the line that is refused. */
static enum conn_result insert_lines(struct loader *l, const struct str *lines, size_t n)
{
	struct buf *sql = loader_statement(l);
	buf_str(sql, STR("INSERT INTO memory_event (run,"));
	row_columns(sql);
	buf_str(sql, STR(") VALUES "));
	for (size_t i = 0; i < n; i++) {
		arena_reset(&l->arena);
		if (parse_line(&l->keys, lines[i], &l->arena, &l->event))
			continue;
		row_make(&l->row, &l->event, l->batch->run->started, &l->names, &l->writer);
		if (i)
			buf_char(sql, ',');
		row_put_values(&l->row, str_of(l->run), sql);
	}
	buf_str(sql, STR(" ON DUPLICATE KEY UPDATE seq=VALUES(seq)"));
	char why[sizeof(l->why)] = "it's larger than max_allowed_packet";
	if (sql->len + LOADER_ROOM < conn_packet(l->conn)) {
		enum conn_result r = loader_run_statement(l);
		if (r == CONN_GOOD)
			l->new_rows += conn_changed(l->conn);
		if (r != CONN_REFUSED)
			return r;
		snprintf(why, sizeof(why), "%s", l->why);
	}
	if (n == 1)
		return refuse(l, lines[0], why);
	enum conn_result r = insert_lines(l, lines, n / 2);
	return r == CONN_GOOD ? insert_lines(l, lines + n / 2, n - n / 2) : r;
}

enum conn_result loader_insert_rows(struct loader *l)
{
	struct str lines[INSERT_LINES];
	size_t n = 0;
	enum conn_result r = CONN_GOOD;
	while (r == CONN_GOOD && next_row(l, &lines[n])) {
		if (++n == INSERT_LINES) {
			r = insert_lines(l, lines, n);
			n = 0;
		}
	}
	return r == CONN_GOOD && n ? insert_lines(l, lines, n) : r;
}
