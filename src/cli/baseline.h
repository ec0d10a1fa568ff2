/* Profiles of files: of a trace, or as memtrace wrote them. */
#pragma once

#include "audit/profile.h"

/*
 * baseline_read - the profile of `path`, a baseline or a trace, "-" for standard input. Returns 0 or a negative errno
 * with err set.
 */
int baseline_read(const char *path, struct profile *ret, struct err *err);

/* baseline_write - write it, whole or not at all, to the file that `path` leads to. The same contract. */
int baseline_write(const char *path, const struct profile *p, struct err *err);
