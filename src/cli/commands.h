/* What memtrace can be asked to do; each returns the exit status, with err set if it failed. */
#pragma once

#include "opts.h"
#include "util/err.h"

/* cmd_trace - launch a command and trace it (cmd_trace.c). */
int cmd_trace(const struct opts *opts, struct err *err);

/* cmd_replay - carry recorded events through selection and sinks (cmd_replay.c). */
int cmd_replay(const struct opts *opts, struct err *err);
