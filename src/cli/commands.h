/* What memtrace can be asked to do; each returns the exit status, with err set if it failed. */
#pragma once

#include "opts.h"
#include "util/err.h"

/* cmd_trace - launch a command and trace it (cmd_trace.c). */
int cmd_trace(const struct opts *opts, struct err *err);

/* cmd_replay - carry recorded events through selection and sinks (cmd_replay.c). */
int cmd_replay(const struct opts *opts, struct err *err);

/* cmd_report - what recorded runs come to (cmd_report.c). */
int cmd_report(const struct opts *opts, struct err *err);

/* cmd_maps - an address space at a moment of a recorded run (cmd_maps.c). */
int cmd_maps(const struct opts *opts, struct err *err);

/* cmd_blame - the history of an address in one (cmd_blame.c). */
int cmd_blame(const struct opts *opts, struct err *err);

/* cmd_check - recorded runs by rules (cmd_check.c). */
int cmd_check(const struct opts *opts, struct err *err);

/* cmd_diff - two recorded runs side by side (cmd_diff.c). */
int cmd_diff(const struct opts *opts, struct err *err);

/* cmd_serve - recorded runs, or those of a database, as a live page (cmd_serve.c). */
int cmd_serve(const struct opts *opts, struct err *err);

/* cmd_import - traces into a database (cmd_import.c). */
int cmd_import(const struct opts *opts, struct err *err);

/* cmd_export - a run of a database as a trace (cmd_export.c). */
int cmd_export(const struct opts *opts, struct err *err);
