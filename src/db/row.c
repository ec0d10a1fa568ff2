#include "db/row.h"

#include <inttypes.h>
#include <stdlib.h>

#include "decode/flags.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "util/cleanup.h"
#include "util/num.h"
#include "util/utf8.h"
#include "util/uuid.h"

enum kind { NUM, INT, BYTES, NAME, BITS, RET };

static const struct {
	const char *name;
	enum field field;
	enum kind kind;
	unsigned limit;
} columns[COLUMN_COUNT] = {
#define COLUMN(column, key, kind, limit) {#column, F_##key, kind, limit},
#include "db/columns.def"
#undef COLUMN
};

/* ---- event to row ---- */

/* The names of the flags in `field` of a call, or NULL: from these its bits can be had back. */
static const struct flag_table *table_of(const struct event *ev, enum field field)
{
	const struct syscall *call = ev->call_id < 0 ? NULL : &syscalls[ev->call_id];
	for (unsigned i = 0; call && i < call->params_n; i++) {
		if (call->params[i].field == field)
			return call->params[i].table;
	}
	return NULL;
}

static bool put_bits(struct cell *cell, const struct event *ev, enum field field)
{
	const struct names *names = field_in(ev, field);
	if (names->text.len || !names->table || names->table != table_of(ev, field) ||
	    names->bits > UINT32_MAX)
		return false;
	*cell = (struct cell){CELL_NUM, names->bits, {0}};
	return true;
}

static enum ret_kind usual_ret(int call_id)
{
	return call_id < 0 || syscalls[call_id].result == RESULT_INT ? RET_INT : RET_HEX;
}

/*
 * A result of the usual kind is in its column; -1 with an error is NULL beside that error (whose
 * column comes first). Anything else is for the body.
 */
static bool put_ret(struct cell *cell, const struct event *ev)
{
	const struct ret *ret = &ev->ret;
	*cell = (struct cell){CELL_NULL, 0, {0}};
	if (ev->type != EVENT_CALL)
		return false;
	if (event_has(ev, F_error) && cell[-1].kind == CELL_BYTES)
		return ret->kind == RET_INT && ret->value == UINT64_MAX;
	if (ret->kind != usual_ret(ev->call_id) || (ret->kind == RET_INT && ret->value > INT64_MAX))
		return false;
	*cell = (struct cell){CELL_NUM, ret->value, {0}};
	return true;
}

_Static_assert(COLUMN_ret == COLUMN_error + 1, "put_ret looks at the cell before");

static bool put_cell(
    struct cell *cell, const struct event *ev, enum column column, struct names_table *names)
{
	enum field field = columns[column].field;
	const void *value = field_in(ev, field);
	const struct str *text = value;
	switch (columns[column].kind) {
	case NUM: *cell = (struct cell){CELL_NUM, *(const uint64_t *)value, {0}}; return true;
	case INT:
		*cell = (struct cell){CELL_INT, *(const uint64_t *)value, {0}};
		return (int64_t)cell->num == (int32_t)cell->num;
	case BYTES:
		/* Where there is no result, none is to come back. */
		if (column == COLUMN_error && (ev->type != EVENT_CALL || !event_has(ev, F_ret)))
			return false;
		*cell = (struct cell){CELL_BYTES, 0, *text};
		return text->len <= columns[column].limit;
	case NAME:
		if (text->len > columns[column].limit)
			return false;
		*cell = (struct cell){CELL_NUM, names_id(names, *text), {0}};
		return true;
	case BITS: return put_bits(cell, ev, field);
	case RET: return put_ret(cell, ev);
	}
	return false;
}

static void clear_bit(uint64_t has[EVENT_HAS_WORDS], enum field field)
{
	has[field / 64] &= ~(UINT64_C(1) << (field % 64));
}

void row_make(struct row *ret, const struct event *ev, uint64_t started, struct names_table *names,
    struct writer *writer)
{
	uint64_t has[EVENT_HAS_WORDS], left = 0;
	memcpy(has, ev->has, sizeof(has));
	ret->type = ev->type;
	ret->body.len = 0;
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		enum field field = columns[c].field;
		if (event_has(ev, field) && put_cell(&ret->cells[c], ev, c, names))
			clear_bit(has, field);
		else
			ret->cells[c].kind = CELL_NULL;
	}
	/* It follows from the others, unless the clock was set meanwhile. */
	if (event_has(ev, F_elapsed) && ev->time - started == ev->elapsed)
		clear_bit(has, F_elapsed);
	for (unsigned i = 0; i < EVENT_HAS_WORDS; i++)
		left |= has[i];
	if (left)
		writer_put_members(writer, ev, has, &ret->body);
}

void row_free(struct row *row)
{
	buf_free(&row->body);
}

/* ---- row to text ---- */

void row_columns(struct buf *out)
{
	buf_str(out, STR("type"));
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		buf_char(out, ',');
		buf_str(out, str_of(columns[c].name));
	}
	buf_str(out, STR(",body"));
}

/* Bytes that LOAD DATA would take for something else, and what stands for them behind a \. */
static const char escapes[256] = {['\\'] = '\\', ['\t'] = 't', ['\n'] = 'n', ['\0'] = '0'};

static void put_escaped(struct buf *out, struct str text)
{
	buf_reserve(out, text.len * 2);
	char *to = out->data + out->len;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i], escape = escapes[(uint8_t)c];
		if (escape)
			*to++ = '\\';
		*to++ = escape ? escape : c;
	}
	out->len = (size_t)(to - out->data);
}

void row_put_line(const struct row *row, struct buf *out)
{
	buf_str(out, str_of(event_type_names[row->type]));
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		const struct cell *cell = &row->cells[c];
		buf_char(out, '\t');
		switch (cell->kind) {
		case CELL_NULL: buf_str(out, STR("\\N")); break;
		case CELL_NUM: num_put_dec(out, cell->num); break;
		case CELL_INT: num_put_int(out, (int64_t)cell->num); break;
		case CELL_BYTES: put_escaped(out, cell->bytes); break;
		}
	}
	buf_char(out, '\t');
	if (row->body.len)
		put_escaped(out, buf_view(&row->body));
	else
		buf_str(out, STR("\\N"));
	buf_char(out, '\n');
}

void row_put_bytes(struct buf *out, struct str bytes)
{
	static const char digits[] = "0123456789ABCDEF";
	if (!bytes.s) {
		buf_str(out, STR("NULL"));
		return;
	}
	buf_reserve(out, bytes.len * 2 + 3);
	buf_str(out, STR("X'"));
	for (size_t i = 0; i < bytes.len; i++) {
		buf_char(out, digits[(uint8_t)bytes.s[i] >> 4]);
		buf_char(out, digits[(uint8_t)bytes.s[i] & 15]);
	}
	buf_char(out, '\'');
}

void row_put_text(struct buf *out, struct str text, size_t most, bool ascii)
{
	char plain[256];
	struct buf clean = {plain, 0, sizeof(plain)};
	_cleanup_(buf_free) struct buf large = {0};
	struct buf *to = most > sizeof(plain) ? &large : &clean;
	for (size_t i = 0; i < text.len;) {
		unsigned n = utf8_next(text.s + i, text.len - i);
		bool bad = n == 0 || (ascii && n > 1);
		if (to->len + (bad ? 1 : n) > most)
			break;
		if (bad)
			buf_char(to, '?');
		else
			buf_add(to, text.s + i, n);
		i += n ? n : 1;
	}
	buf_str(out, STR("_utf8mb4 "));
	row_put_bytes(out, to->len ? buf_view(to) : STR(""));
}

void row_run(const char *uuid, char ret[ROW_RUN_SIZE])
{
	char text[ROW_RUN_SIZE];
	struct buf out = {text, 0, sizeof(text)};
	uint8_t bytes[16] = {0};
	uuid_parse(str_of(uuid), bytes);
	row_put_bytes(&out, (struct str){(const char *)bytes, sizeof(bytes)});
	memcpy(ret, text, out.len);
	ret[out.len] = '\0';
}

void row_put_values(const struct row *row, struct str run, struct buf *out)
{
	buf_char(out, '(');
	buf_str(out, run);
	buf_fmt(out, ",'%s'", event_type_names[row->type]);
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		const struct cell *cell = &row->cells[c];
		buf_char(out, ',');
		switch (cell->kind) {
		case CELL_NULL: buf_str(out, STR("NULL")); break;
		case CELL_NUM: num_put_dec(out, cell->num); break;
		case CELL_INT: num_put_int(out, (int64_t)cell->num); break;
		case CELL_BYTES: row_put_bytes(out, cell->bytes.s ? cell->bytes : STR("")); break;
		}
	}
	buf_char(out, ',');
	if (row->body.len)
		buf_str(out, STR("_utf8mb4 "));
	row_put_bytes(out, row->body.len ? buf_view(&row->body) : (struct str){0});
	buf_char(out, ')');
}

/* ---- row to event ---- */

void row_select(struct buf *out)
{
	buf_str(out, STR("e.type"));
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		if (columns[c].kind == NAME)
			buf_str(out, STR(",n.text"));
		else
			buf_fmt(out, ",e.%s", columns[c].name);
	}
	buf_str(out, STR(",e.body"));
}

static const char *get_cell(struct str text, enum column column, struct event *ev)
{
	enum field field = columns[column].field;
	void *member = field_at(ev, field);
	bool sign = text.len && text.s[0] == '-';
	uint64_t num = sign ? (uint64_t)strtoll(text.s, NULL, 10) : strtoull(text.s, NULL, 10);
	switch (columns[column].kind) {
	case NUM:
	case INT: *(uint64_t *)member = num; break;
	case BYTES:
	case NAME: *(struct str *)member = text; break;
	case BITS: {
		const struct flag_table *table = table_of(ev, field);
		if (!table)
			return "flags of a call that this version doesn't know";
		*(struct names *)member = (struct names){num, table, {0}};
		break;
	}
	case RET: ev->ret = (struct ret){usual_ret(ev->call_id), num}; break;
	}
	event_mark(ev, field);
	return NULL;
}

static bool get_type(struct str name, struct event *ret)
{
	for (enum event_type t = 0; t < EVENT_TYPES; t++) {
		if (str_is(name, event_type_names[t])) {
			event_init(ret, t);
			return true;
		}
	}
	return false;
}

const char *row_event(const struct str *cells, uint64_t started, struct parse_keys *keys,
    struct arena *arena, struct event *ret)
{
	if (!get_type(cells[0], ret))
		return "an event of unknown type";
	struct str call = cells[1 + COLUMN_call_name];
	if (call.s && ret->type == EVENT_CALL)
		ret->call_id = syscalls_by_name(call);
	for (enum column c = 0; c < COLUMN_COUNT; c++) {
		const char *why = cells[1 + c].s ? get_cell(cells[1 + c], c, ret) : NULL;
		if (why)
			return why;
	}
	const char *why = NULL;
	if (cells[1 + COLUMN_COUNT].s)
		why = parse_members(keys, cells[1 + COLUMN_COUNT], arena, ret);
	/* Rows of insertar_proceso have no tid: there is no more than they say. */
	bool traced = event_has(ret, F_tid) || ret->type != EVENT_CALL;
	if (!traced && (int64_t)ret->time < 0)
		EVENT_SET(ret, time, 0); /* an older date than an event can have */
	if (!event_has(ret, F_elapsed) && traced)
		EVENT_SET(ret, elapsed, ret->time - started);
	if (!event_has(ret, F_ret) && cells[1 + COLUMN_error].s)
		EVENT_SET(ret, ret, (struct ret){RET_INT, UINT64_MAX});
	return why;
}
