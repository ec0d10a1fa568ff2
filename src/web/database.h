/* Runs of a database as they are written there, by whatever machine. */
#pragma once

#include "db/conn.h"
#include "web/runs.h"

struct database;

/* Which runs: all empty: those that began last. */
struct database_wish {
	const char *run;  /* the id of one, or NULL */
	const char *host; /* those of a machine, or NULL */
	uint64_t since;   /* those written to since so long ago, ns; 0: whenever */
};

/*
 * database_open - connect. `dsn`, `wish` and `runs` outlive it. Freed with database_close. Returns 0, or a negative
 * errno with err set (-ENOENT: there's no such run).
 */
int database_open(const struct dsn *dsn, const struct database_wish *wish, struct runs *runs, struct database **ret,
    struct err *err);

/*
 * database_poll - show what came since, or a part of it: *ret_more. Where the server is away that's told on the page, and tried again the next time.
 * Returns 0, or a negative errno with err set where there's no use in going on.
 */
int database_poll(struct database *d, bool *ret_more, struct err *err);

void database_close(struct database *d);
