/*
 * Why a running process can't be traced, in one sentence with the remedy (ptrace(2), "Ptrace access mode
 * checking").
 */
#pragma once

#include <sys/types.h>

#include "util/err.h"

/*
 * refusal_watch - what speaks against watching process `pid` without stopping it: it isn't there, or is no program, or
 * memtrace itself. Returns 0, or a negative errno with err set.
 */
int refusal_watch(pid_t pid, struct err *err);

/*
 * refusal_find - what speaks against attaching to process `pid` before it's tried: it isn't there, is no
 * program, is traced, or memtrace would wait for itself. Returns 0, or a negative errno with err set.
 */
int refusal_find(pid_t pid, struct err *err);

/* refusal_explain - PTRACE_SEIZE of `pid` failed with errno `error`. Returns -error with err set. */
int refusal_explain(pid_t pid, int error, struct err *err);
