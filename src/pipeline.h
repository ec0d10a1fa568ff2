/*
 * The one loop: next, select, number, emit. The only part that knows every layer.
 */
#pragma once

#include "opts.h"
#include "sink/sinks.h"
#include "source.h"

/*
 * pipeline_run - carry events from `source` to `sinks` until there are no more. Both stay the
 * caller's. Returns 0, or a negative errno with err set (a trace that can't be read).
 */
int pipeline_run(
    const struct opts *opts, struct source *source, struct sinks *sinks, struct err *err);
