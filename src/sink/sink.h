/*
 * A sink is one place that events go to. Each is a file with one constant struct and a row in
 * sinks.c; a callback that is NULL isn't of interest to it.
 */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "opts.h"
#include "report/history.h"
#include "util/err.h"

struct sink_setup {
	const struct opts *opts;
	/* See out_on_wait: for sinks that can be made to wait. */
	bool (*on_wait)(void *);
	void *on_wait_arg;
};

/* What is asked for of a sink that doesn't print the events. */
enum sink_wish {
	SINK_UNWANTED,
	SINK_BESIDE,  /* events are printed as they would be without it */
	SINK_INSTEAD, /* they are only with -o */
	SINK_ALONE,   /* they are not */
};

struct sink {
	const char *name;

	/* Whether the user asked for it. NULL: it prints the events, in the --format of its name. */
	enum sink_wish (*wanted)(const struct opts *opts);

	/* Get ready; nothing is written yet. *ret is given to the others. 0 or a negative errno. */
	int (*open)(const struct sink_setup *setup, void **ret, struct err *err);

	/*
	 * What of the run is kept, and changes between calls of the next three; it outlives them. NULL: the events don't
	 * tell enough for a model. Before the first event.
	 */
	void (*begin)(void *state, struct model *model, const struct history *history);

	/*
	 * The model or what was done changes, until `release`: for those with a thread that looks at them. Never while
	 * something is written, which may take long.
	 */
	void (*hold)(void *state);
	void (*release)(void *state);

	/* Each event, and what it did to the model; behind `event`, if it's one that is told. It is held then. */
	void (*change)(void *state, const struct event *ev, const struct change *change);

	/* An event, numbered, that passed the selection. It holds for the call only. */
	void (*event)(void *state, const struct event *ev);

	/* Make visible what came so far: ten times a second, and at the end. */
	void (*flush)(void *state);

	/*
	 * Why some of what came so far can't arrive where it should any more, as one of the reasons
	 * that the end of a trace can give; NULL: all can.
	 */
	const char *(*lost)(const void *state);

	/* Whether nothing more can go anywhere. NULL: never. */
	bool (*over)(const void *state);

	/* The last event came: let readers see the end, without waiting for them. */
	void (*end)(void *state);

	/* Wait for what must be waited for, and free all. Returns whether all of it arrived where it should. */
	bool (*close)(void *state);
};
