/*
 * The inside of a loader, for its own files: loader.c (a batch), loader_run.c (the run that it belongs
 * to), loader_rows.c (its rows).
 */
#pragma once

#include <stdatomic.h>

#include "db/derive.h"
#include "db/loader.h"
#include "db/names.h"
#include "db/row.h"

struct refused {
	struct str line;
	char *why;
};

struct loader {
	struct loader_setup setup;
	struct conn *conn;
	bool no_load; /* the server doesn't permit LOAD DATA LOCAL */
	char why[1024];
	atomic_ullong work;
	atomic_ullong added; /* rows, in all */
	atomic_bool connected;

	/* The run at hand. */
	char uuid[37];          /* "": none yet */
	char run[ROW_RUN_SIZE]; /* the same as an expression of SQL */
	char known[37];         /* the run that `skip` was found for */
	uint64_t skip;          /* events up to this seq are there */
	uint64_t taken;         /* ids of names that the database knows of; UNSURE: look */
	size_t mark;            /* entries of `names` behind it are to be added */
	uint64_t unbroken;      /* this loader knows that all events up to it are there */

	/* The batch at hand. */
	const struct load_batch *batch;
	unsigned text;     /* the next to read from, */
	size_t at;         /* and where */
	uint64_t sent;     /* rows */
	uint64_t new_rows; /* of these, that weren't there */
	uint64_t last;     /* the greatest seq */
	struct refused *refused;
	size_t refused_n, refused_size;
	uint64_t reached;     /* what `unbroken` will be */
	uint64_t last_before; /* the greatest seq that was there */
	bool was_ended;       /* the end of the run was there */
	bool has_end;         /* it's in the batch: */
	struct buf ending;    /* as what to set in the run's row */

	struct names_table names;
	struct derive derive;
	struct parse_keys keys;
	struct arena arena;
	struct event event;
	struct writer writer;
	struct row row;
	struct buf lines; /* rows as LOAD takes them, from `lines_at` on to be sent */
	size_t lines_at;
	struct buf sql;
};

#define UNSURE UINT64_MAX

/* loader_fail - remember why, and return `r`. */
enum conn_result loader_fail(struct loader *l, enum conn_result r);

/* loader_statement - an empty buffer for a statement, which loader_run_statement then executes. */
struct buf *loader_statement(struct loader *l);
enum conn_result loader_run_statement(struct loader *l);

/* LOADER_ROOM - bytes of a statement that aren't rows, at most. */
#define LOADER_ROOM 2048

/* loader_piece - how many bytes of rows to put into a statement. */
size_t loader_piece(const struct loader *l);

/* loader_run.c: */

/* loader_begin_run - `run` becomes the run at hand; its row is there then. */
enum conn_result loader_begin_run(struct loader *l, const struct load_run *run);

/* loader_begin - begin a transaction in which nobody else adds to the run. */
enum conn_result loader_begin(struct loader *l);

/* loader_finish - what goes with the rows: names, processes, findings, the run's own row. */
enum conn_result loader_finish(struct loader *l);

/* loader_note_end - `ev` is the end of the run. */
void loader_note_end(struct loader *l, const struct event *ev);

/* loader_rows.c: */

/* loader_load_rows - by LOAD DATA. CONN_REFUSED: something isn't as it was sent; roll back. */
enum conn_result loader_load_rows(struct loader *l);

/* loader_insert_rows - by INSERT; rows that the server refuses are left out and remembered. */
enum conn_result loader_insert_rows(struct loader *l);

/* loader_forget_refused, loader_tell_refused - what the last attempt remembered. */
void loader_forget_refused(struct loader *l);
void loader_tell_refused(struct loader *l);
