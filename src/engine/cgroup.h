/* Control groups (cgroups(7)). */
#pragma once

#include "util/err.h"

/*
 * cgroup_open - a descriptor of a group's folder, for perf_event_open(2): `path` as it is, or below where groups are
 * mounted usually. Returns it, which the caller closes, or a negative errno with err set.
 */
int cgroup_open(const char *path, struct err *err);
