/*
 * Rows of the interface of the system that memtrace replaces, as they come: each call of insertar_proceso is a run of its
 * own in the database, and all of them are one here.
 */
#pragma once

#include "db/conn.h"
#include "web/follow.h"

#define LEGACY_GAPS 256

/* Ids up to the newest one that no row was seen of: of transactions that aren't committed yet, or never will be. */
struct legacy_gap {
	uint64_t from, to; /* the ids */
	uint64_t since;    /* CLOCK_MONOTONIC when there was none of them, ns; 0: they weren't asked for yet */
};

struct legacy {
	struct follower follower;
	bool begun, more; /* more: there were more rows than one poll reads */
	struct legacy_gap gaps[LEGACY_GAPS]; /* by id */
	unsigned gaps_n;
	uint64_t last;  /* the newest id that there was */
	uint64_t first; /* when the first row was, ns since the epoch */
	uint64_t seq;
	struct buf sql;
};

/*
 * legacy_poll - show what came since, by a connection that is open; the last rows that were there before come first.
 * Rows that are committed behind others with higher ids are shown then, if that's within minutes. Returns 0 or -EIO
 * with err set.
 */
int legacy_poll(struct legacy *l, struct conn *conn, struct err *err);

/* legacy_end - no more are wanted. */
void legacy_end(struct legacy *l);
