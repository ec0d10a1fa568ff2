/*
 * The one loop: next, select, number, emit. The only part that knows every layer.
 */
#pragma once

#include "audit/audit.h"
#include "opts.h"
#include "sink/sinks.h"
#include "source.h"

/* What of a run was kept up as it went by. {0} before it; freed with past_free when the sinks are closed. */
struct past {
	struct model *model; /* of the address spaces; NULL: there can be none */
	bool borrowed;       /* it's the audit's */
	struct history history; /* the last deeds of calls */
};

void past_free(struct past *past);

/*
 * pipeline_run - carry events from `source` to `sinks` until there are no more, and past `audit`, if that isn't
 * NULL. `past` is filled. All stay the caller's. *ret_complete, where it isn't NULL, becomes whether all was seen. Returns 0, or a negative errno with err set (a trace that can't be read).
 */
int pipeline_run(const struct opts *opts, struct source *source, struct sinks *sinks, struct audit *audit,
    struct past *past, bool *ret_complete, struct err *err);
