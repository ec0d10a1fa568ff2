/* Libraries that are loaded when they are needed: what few runs use is not to cost all of them their start. */
#pragma once

#include "util/err.h"

struct library_function {
	const char *name;
	void *ret; /* where its address goes: a pointer to a function */
};

/*
 * library_load - the library `soname`, once: *loaded is NULL at first. The list of functions ends with a name of NULL.
 * `what` names it for people. Returns 0, or -ENOENT with err set.
 */
int library_load(const char *what, const char *soname, const struct library_function *functions, void **loaded,
    struct err *err);
