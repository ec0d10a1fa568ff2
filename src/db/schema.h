/* The tables: whether they are there, and how they come to be. */
#pragma once

#include <stddef.h>

#include "db/conn.h"

/* A file of sql/, as it was when this was built. */
struct migration {
	unsigned version;
	const char *name;
	const char *sql;
};

extern const struct migration migrations[];
extern const unsigned migrations_n;

/*
 * schema_check - whether the tables are those that this version writes to. CONN_UNFIT with what is
 * wrong in `why` if not.
 */
enum conn_result schema_check(struct conn *c, char *why, size_t why_size);

/*
 * schema_init - create what is missing, the database too, and bring what is old up to date. `told` is
 * called with the name of each migration that is applied. Returns 0 or a negative errno with err set.
 */
int schema_init(const struct dsn *dsn, void (*told)(const char *name), struct err *err);

/* schema_next - the next statement of *sql, which then begins behind it; empty: no more. Pure. */
struct str schema_next(const char **sql);
