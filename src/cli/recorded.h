/* What commands that read traces have in common. */
#pragma once

#include "event.h"
#include "opts.h"
#include "util/buf.h"
#include "util/err.h"

/* Trouble of any kind, as for all commands that work on traces. */
#define STATUS_TROUBLE 2

/* An event of the trace `name`; it holds for the call. Returns 0, 1 to read no further, or a negative errno. */
typedef int recorded_fn(void *arg, const struct event *ev, const char *name, struct err *err);

/*
 * recorded_read - give all events of the traces opts->operands, one after another, to `take`. `command` is who
 * asks, for messages. Returns 0 or a negative errno with err set.
 */
int recorded_read(
    const struct opts *opts, const char *command, recorded_fn *take, void *arg, struct err *err);

/* recorded_no_start - say that the first event of the trace `name` is no start event. Returns -EINVAL. */
int recorded_no_start(const char *name, struct err *err);

/*
 * recorded_keep - refuse to write over a trace of opts->operands, as `option` with the file `path` (NULL, "-": none)
 * asks for. Returns 0 or -EINVAL with err set.
 */
int recorded_keep(const struct opts *opts, const char *option, const char *path, struct err *err);

/*
 * recorded_run - check an event of a trace of which just one run is wanted: the first is a start event that
 * ledger_check passes, and `begun` from then on. Returns 0 or a negative errno with err set.
 */
int recorded_run(const struct event *ev, bool begun, const char *name, struct err *err);

/* recorded_print - write to standard output, and empty `out`. Returns 0 or a negative errno with err set. */
int recorded_print(struct buf *out, struct err *err);
