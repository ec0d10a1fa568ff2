/*
 * The one loop: next, select, number, emit. The only part that knows every layer.
 */
#pragma once

#include "audit/audit.h"
#include "opts.h"
#include "sink/sinks.h"
#include "source.h"

/*
 * pipeline_run - carry events from `source` to `sinks` until there are no more, and past `audit`, if that isn't
 * NULL. All stay the caller's. *ret_complete, where it isn't NULL, becomes whether all was seen. Returns 0, or a negative errno with err set (a trace that can't be read).
 */
int pipeline_run(const struct opts *opts, struct source *source, struct sinks *sinks, struct audit *audit,
    bool *ret_complete, struct err *err);
