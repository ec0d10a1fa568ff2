/*
 * Where events come from: a live trace (source_live.c) or a recorded one (source_trace.c). The
 * pipeline runs on either, and doesn't know which.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "opts.h"
#include "util/err.h"

enum source_outcome {
	SOURCE_DONE,  /* no more */
	SOURCE_EVENT, /* an event */
	SOURCE_QUIET, /* nothing now: look at the clock, then call again */
};

/* Why it's enough. */
enum source_limit {
	SOURCE_LIMIT_TIME,   /* --duration */
	SOURCE_LIMIT_EVENTS, /* --limit */
	SOURCE_LIMIT_SINKS,  /* nobody takes events any more: not that a command should end for that */
};

struct outcome;

struct source {
	const struct source_ops *ops;
	bool whole; /* its events are all that changes address spaces, as it happens: a model can follow */
};

struct source_ops {
	/*
	 * The next event, which holds until the next call; the caller may change it. The last one
	 * of a run is its `end`. Returns a source_outcome, or a negative errno with err set.
	 */
	int (*next)(struct source *s, struct event **ret, struct err *err);

	/* Enough: the next event is to be the `end`, or what a live source has to say before it. */
	void (*limit)(struct source *s, enum source_limit limit);

	/* Whether something of its own becomes due by the clock: it then wants to be called. */
	bool (*restless)(const struct source *s);

	/* A signal interrupted output that waits. Returns true if the output is to be given up. */
	bool (*waiting)(struct source *s);

	/*
	 * When all is written that there is to write: wait for a command that is still to run on.
	 * Returns 0 or a negative errno with err set.
	 */
	int (*finish)(struct source *s, struct err *err);

	/* How it ended: what memtrace's own exit status follows from. */
	void (*outcome)(const struct source *s, struct outcome *ret);

	void (*close)(struct source *s);
};

/* How a run ended. */
struct outcome {
	bool has_status;
	int wait_status; /* the command's, as wait(2) gives it */
	int signal;      /* memtrace is to end by this one; 0: no */
};

/*
 * source_live - start what `opts` ask for. Freed with its close. Returns 0, or a negative errno
 * with err set and nothing left running.
 */
int source_live(
    const struct opts *opts, bool events_to_stdout, struct source **ret, struct err *err);

/* source_trace - read the traces of opts->operands, one after another. The same contract. */
int source_trace(const struct opts *opts, struct source **ret, struct err *err);
