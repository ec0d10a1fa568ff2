/*
 * An event as a row of memory_event, and back: nothing is lost on the way. What has a column is in
 * it; keys that have none, and values that don't fit, are in the body. Pure.
 */
#pragma once

#include "db/names.h"
#include "event.h"
#include "trace/parse.h"
#include "trace/writer.h"

enum column {
#define COLUMN(column, key, kind, limit) COLUMN_##column,
#include "db/columns.def"
#undef COLUMN
	COLUMN_COUNT
};

struct cell {
	enum { CELL_NULL, CELL_NUM, CELL_INT, CELL_BYTES } kind;
	uint64_t num; /* CELL_INT: as int64_t */
	struct str bytes;
};

/* Points into the event that it was made of. {0} is a fresh one; freed with row_free. */
struct row {
	enum event_type type;
	struct cell cells[COLUMN_COUNT];
	struct buf body; /* empty: NULL */
};

/*
 * row_make - `ev` of a run that started at `started` (ns) as *ret. Names get their ids from `names`.
 */
void row_make(struct row *ret, const struct event *ev, uint64_t started, struct names_table *names,
    struct writer *writer);

void row_free(struct row *row);

/* row_columns - append the names of the columns, with commas: type, then the cells', then body. */
void row_columns(struct buf *out);

/* row_put_line - append as LOAD DATA takes it by default: tabs, backslashes, a newline at the end. */
void row_put_line(const struct row *row, struct buf *out);

/* row_put_values - append as INSERT takes it: (run, type, …). `run` is an expression. */
void row_put_values(const struct row *row, struct str run, struct buf *out);

/* row_put_bytes - append `bytes` as a literal that no content can leave; NULL for s == NULL. */
void row_put_bytes(struct buf *out, struct str bytes);

/*
 * row_put_text - append `text` for a column of text: what isn't UTF-8 (or ASCII, if `ascii`) as
 * question marks, and no more than `most` bytes.
 */
void row_put_text(struct buf *out, struct str text, size_t most, bool ascii);

/* row_run - the run `uuid`, which is one, as an expression of SQL. */
#define ROW_RUN_SIZE 36
void row_run(const char *uuid, char ret[ROW_RUN_SIZE]);

/* row_select - append what to select for row_event, of memory_event e and name n. */
void row_select(struct buf *out);

#define ROW_SELECTED (COLUMN_COUNT + 2)

/*
 * row_event - the event of a row, from ROW_SELECTED cells as the server gives them (text that ends
 * with a NUL). *ret points into the cells and the arena. Returns NULL, or what is wrong.
 */
const char *row_event(const struct str *cells, uint64_t started, struct parse_keys *keys,
    struct arena *arena, struct event *ret);
