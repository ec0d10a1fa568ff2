/* The events of a run, from the database, as they went in. */
#pragma once

#include "db/conn.h"
#include "event.h"

struct fetch;

/*
 * fetch_open - connect and find the run `uuid`. Freed with fetch_close. Returns 0, or a negative
 * errno with err set (-ENOENT: there is no such run).
 */
int fetch_open(const struct dsn *dsn, const char *uuid, struct fetch **ret, struct err *err);

/*
 * fetch_on - the same by a connection that is open, the caller's, which outlives it. Between calls of fetch_next that
 * returned 0 or failed others may use it; so that they can, it returns 0 after some thousand events, too.
 */
int fetch_on(struct conn *conn, const char *uuid, struct fetch **ret, struct err *err);

/*
 * fetch_next - the next event, which holds until the next call; the start of a run comes first.
 * Returns 1, 0 at the end, or a negative errno with err set. After either it can be called again: for what came since.
 */
int fetch_next(struct fetch *f, struct event **ret, struct err *err);

/* fetch_has_more - whether fetch_next returned 0 though there may be more already. */
bool fetch_has_more(const struct fetch *f);

void fetch_close(struct fetch *f);
