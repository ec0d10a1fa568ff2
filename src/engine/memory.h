/* What the arguments of calls point to, in the memory of who makes them. */
#pragma once

#include "raw.h"

/*
 * memory_read - read what `raw`, a call of task `tid`, tells of beside its registers: names, and masks and contexts
 * in place of the arguments that point to them. `made`: it has returned, and not failed; only then the kernel has
 * put there what it gives. What can't be read stays away.
 */
void memory_read(pid_t tid, struct raw *raw, bool made);
