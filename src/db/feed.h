/*
 * Events to the database from a thread of its own, through a bounded queue. What the database doesn't
 * take in time goes to the spool (db/spool.h) and from there into the database in its turn, so that
 * whoever gives events never waits for a server. A patient feed makes the
 * giver wait instead, as long as there is progress, and has no spool.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/dsn.h"
#include "event.h"
#include "util/err.h"

struct feed_setup {
	const struct dsn *dsn; /* must outlive the feed */
	bool patient;
	uint64_t spool_limit; /* bytes */
	/* While something is waited for, ten times a second: true gives the waiting up. May be NULL. */
	bool (*on_wait)(void *arg);
	void *on_wait_arg;
};

struct feed_stats {
	uint64_t given;   /* events */
	uint64_t stored;  /* that the database has now, of these */
	uint64_t added;   /* of these, that it didn't have before */
	uint64_t waiting; /* not yet */
	uint64_t refused; /* that the server won't take; the spool has them, or nobody */
	uint64_t lost;    /* that are in neither place */
};

struct feed;

/*
 * feed_new - nothing is connected, and no thread started, before the first event. Freed with
 * feed_close. Returns 0, or -EINVAL with err set.
 */
int feed_new(const struct feed_setup *setup, struct feed **ret, struct err *err);

/* feed_event - an event; those of a run follow its start. */
void feed_event(struct feed *f, const struct event *ev);

/* feed_flush - what came so far is to be on its way. */
void feed_flush(struct feed *f);

/* feed_lost - whether events were lost because the spool is full, or can't be written. */
bool feed_lost(struct feed *f);

/*
 * feed_drain - wait until the database has all, as long as there is progress. Returns whether it
 * has; err says why if not.
 */
bool feed_drain(struct feed *f, struct err *err);

/* feed_gave_up - whether a patient feed won't take more: feed_drain says why. */
bool feed_gave_up(struct feed *f);

void feed_stats(struct feed *f, struct feed_stats *ret);

/*
 * feed_close - drain; leave what remains in the spool and say how to load it; free all. Returns
 * whether every event is in the database or the spool. NULL is closed well.
 */
bool feed_close(struct feed *f);
