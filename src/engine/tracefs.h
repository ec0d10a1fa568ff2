/* The kernel's list of tracepoints: tracefs (Documentation/trace/ftrace.rst). */
#pragma once

#include "engine/perf_record.h"
#include "util/err.h"

/*
 * tracefs_open - a descriptor of its folder: where it's mounted, else by a mount of our own that nobody sees
 * (fsmount(2), which needs CAP_SYS_ADMIN). Returns it, which the caller closes, or a negative errno with err set.
 */
int tracefs_open(struct err *err);

/*
 * tracefs_point - what the tracepoint "SYSTEM/NAME" is called and where its fields `names` are: type and field of
 * *ret are set. Returns 0 or a negative errno with err set.
 */
int tracefs_point(
    int tracefs, const char *name, const char *const names[2], struct perf_tracepoint *ret, struct err *err);

/* tracefs_field - where a field is, by the text of a tracepoint's format. Returns its offset, or -1. Pure. */
int tracefs_field(struct str format, const char *name);
