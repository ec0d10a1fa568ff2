/*
 * A connection to a MySQL or MariaDB server: the one place that knows the client library
 * (conn_mysql.c; conn_none.c stands in where there is none). Belongs to one thread at a time, but
 * for conn_interrupt.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/dsn.h"
#include "util/str.h"

/* How a request went. All but CONN_GOOD come with conn_why. */
enum conn_result {
	CONN_GOOD,
	CONN_AWAY,    /* the server is gone, busy or read-only: the same may work later */
	CONN_UNFIT,   /* the tables aren't there, or aren't as they should be */
	CONN_DENIED,  /* wrong password, missing right: somebody must change it */
	CONN_NO_LOAD, /* LOAD DATA LOCAL isn't permitted */
	CONN_REFUSED, /* for what the statement holds */
};

struct conn;

/* conn_exists - whether this build has a client library. */
bool conn_exists(void);

/*
 * conn_new - not connected yet. `dsn` must outlive it. Freed with conn_free. Returns 0, or -EINVAL
 * with err set for what can't be done as asked (such as an ssl-mode that the library can't keep to).
 */
int conn_new(const struct dsn *dsn, struct conn **ret, struct err *err);

/* conn_open - connect to the first host that will have us, beginning behind the last one that failed. */
enum conn_result conn_open(struct conn *c);

bool conn_is_open(const struct conn *c);

void conn_close(struct conn *c);
void conn_free(struct conn *c);

/* conn_interrupt - from another thread: whatever is going on fails soon, as CONN_AWAY. */
void conn_interrupt(struct conn *c);

/* conn_exec - a statement; what it gives is thrown away. */
enum conn_result conn_exec(struct conn *c, struct str sql);

/* conn_changed - how many rows the last conn_exec added or changed. */
uint64_t conn_changed(const struct conn *c);

/* conn_query - a statement whose rows conn_row then gives. */
enum conn_result conn_query(struct conn *c, struct str sql);

/*
 * conn_row - the next row as `n` cells, which hold until the next call; NULL has s == NULL. Returns
 * CONN_GOOD with *ret_more false behind the last one, or whatever broke it off.
 */
enum conn_result conn_row(struct conn *c, struct str *cells, unsigned n, bool *ret_more);

/* conn_cell - a cell's number; 0 where it has none. */
uint64_t conn_cell(struct str cell);

/* conn_done - no more rows are wanted. */
void conn_done(struct conn *c);

/* conn_number - the single number that `sql` gives; *ret is 0 for NULL or no row. */
enum conn_result conn_number(struct conn *c, struct str sql, uint64_t *ret);

struct conn_loaded {
	uint64_t records, skipped, warnings;
};

/*
 * conn_load - LOAD DATA LOCAL INFILE from memory: `fill` puts up to `size` bytes into `to` and
 * returns how many, 0 at the end, or -1 to break it off. Whatever file the server asks for, and
 * whenever, it gets nothing but this.
 */
enum conn_result conn_load(struct conn *c, struct str sql,
    int (*fill)(void *arg, char *to, unsigned size), void *arg, struct conn_loaded *ret);

/* conn_packet - the largest statement that the server takes, bytes. */
uint64_t conn_packet(const struct conn *c);

/* conn_why - what the last failure was, in words. */
const char *conn_why(const struct conn *c);
