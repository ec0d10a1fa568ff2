/*
 * What events say about processes and findings, as rows of the tables `process` and `finding`. The
 * rows of a batch are gathered as SQL and added in its transaction. Pure.
 */
#pragma once

#include "event.h"
#include "util/buf.h"

/* Which event made the process of a pid known. */
struct derive_life {
	int64_t pid; /* 0: a free slot */
	uint64_t born;
	uint64_t ended; /* ns since the epoch; 0: not yet */
};

/* Values of an INSERT: (…),(…), in pieces that a server takes at once. */
struct derive_values {
	struct buf text;
	size_t *cuts; /* where pieces end */
	size_t cuts_n, cuts_size, done;
	size_t piece; /* bytes of a piece, but for its last row */
};

/* {0} is a fresh one. Freed with derive_free. */
struct derive {
	struct str run; /* as an expression of SQL; the caller's */
	struct derive_life *lives;
	size_t lives_n, slots; /* a power of two, or 0 */
	struct derive_values processes, findings;
	bool ended; /* the end of the run was among the events */
};

/*
 * derive_begin - a batch of `run` begins, for statements of about `piece` bytes; `forget` what is
 * known of processes.
 */
void derive_begin(struct derive *d, struct str run, size_t piece, bool forget);

/* derive_known - the newest process `pid` began with event `born`, and ended at `ended` (ns; 0: it didn't). */
void derive_known(struct derive *d, int64_t pid, uint64_t born, uint64_t ended);

/* derive_event - an event of the batch. */
void derive_event(struct derive *d, const struct event *ev);

/* derive_statement - append the next statement that the batch needs. Returns false if there is none. */
bool derive_statement(struct derive *d, struct buf *sql);

void derive_free(struct derive *d);
