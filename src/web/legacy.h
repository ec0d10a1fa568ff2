/*
 * Rows of the interface of the system that memtrace replaces, as they come: each call of insertar_proceso is a run of its
 * own in the database, and all of them are one here.
 */
#pragma once

#include "db/conn.h"
#include "web/follow.h"

struct legacy {
	struct follower follower;
	bool begun, more; /* more: there were more rows than one poll reads */
	uint64_t last;  /* the id of the last row that was looked at */
	uint64_t first; /* when the first one was, ns since the epoch */
	uint64_t seq;
	struct buf sql;
};

/*
 * legacy_poll - show what came since, by a connection that is open; the last rows that were there before come first.
 * Returns 0 or -EIO with err set.
 */
int legacy_poll(struct legacy *l, struct conn *conn, struct err *err);

/* legacy_end - no more are wanted. */
void legacy_end(struct legacy *l);
