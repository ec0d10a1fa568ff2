/* Which engine a trace gets: what was asked for decides, by what engines can do. */
#pragma once

#include "engine/engine.h"
#include "opts.h"
#include "util/err.h"

struct choice {
	const struct engine *engine;
	const struct engine *fallback; /* if that one can't be opened here; NULL: there is none */
	const char *reason;            /* for people and the start event */
};

/*
 * choose_engine - the engine for what `opts` ask for. Returns 0, or a negative errno with err set: there is none, or
 * the one that --engine names can't do that. *ret is set in any case, as far as it goes.
 */
int choose_engine(const struct opts *opts, struct choice *ret, struct err *err);
