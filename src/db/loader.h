/*
 * Events into the database, a batch a transaction: each event there once, however often it's sent.
 * All rows of a batch are of one run. Belongs to one thread at a time.
 */
#pragma once

#include <stdatomic.h>

#include "db/conn.h"
#include "util/buf.h"

/* The run that a batch is of. Shared by what holds its events; see load_run_take in db/queue.h. */
struct load_run {
	atomic_uint users;
	char uuid[37];
	uint64_t started; /* ns since the epoch */
	struct buf start; /* the line of its start event, without newline */
};

struct load_batch {
	const struct load_run *run;
	const struct str *texts; /* lines of events, each with its newline */
	unsigned texts_n;
	uint64_t dropped; /* events of the run that were lost on their way here, so far */
};

struct loader_setup {
	const struct dsn *dsn;
	/* The server refuses this line of an event; the rest of its batch is in. */
	void (*refused)(void *arg, const struct load_run *run, struct str line, const char *why);
	void *arg;
};

struct loader;

/* loader_new - not connected yet. Freed with loader_free. Returns 0, or -EINVAL with err set. */
int loader_new(const struct loader_setup *setup, struct loader **ret, struct err *err);

/*
 * loader_load - connect if need be, and add what isn't there yet. CONN_GOOD: all of the batch is
 * committed (or was refused). Anything else: none of it, or nobody knows; the same batch
 * may be given again. loader_why says more.
 */
enum conn_result loader_load(struct loader *l, const struct load_batch *batch);

const char *loader_why(const struct loader *l);

/* loader_work - a number that changes while a batch makes progress. From any thread. */
uint64_t loader_work(const struct loader *l);

/* loader_connected - whether a server ever let it in. From any thread. */
bool loader_connected(const struct loader *l);

/* loader_added - how many rows weren't there and now are. From any thread. */
uint64_t loader_added(const struct loader *l);

/* loader_interrupt - from another thread: what goes on fails soon. */
void loader_interrupt(struct loader *l);

void loader_free(struct loader *l);
