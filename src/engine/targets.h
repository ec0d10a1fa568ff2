/* What attaching has in common for all engines: some targets may be refused, as long as there are others. */
#pragma once

#include "engine/engine.h"

typedef int target_fn(struct tracer *t, pid_t pid, struct err *err);

/*
 * targets_each - call `attach` for each target of `setup`. It returns 0 or a negative errno with err set, which is
 * told on standard error if there are several. Returns 0 if any was taken; else a negative errno with err set.
 */
int targets_each(const struct engine_setup *setup, target_fn *attach, struct tracer *t, struct err *err);
