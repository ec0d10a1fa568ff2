/*
 * Helper processes, such as the command of -o '|COMMAND'. A tracer waits for any child at all, so
 * it comes upon their ends too: it passes them on here, where whoever started one asks.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* child_started - `pid` is a helper (at most 8 at a time). */
void child_started(pid_t pid);

/*
 * child_reaped - the status of some child that isn't the caller's; others than helpers are ignored.
 */
void child_reaped(pid_t pid, int status);

/*
 * child_wait - wait for a helper's end. `give_up` (NULL: never) is asked whenever a signal interrupts
 * the wait. Returns its status as wait(2) gives it, or -1 if that's unknown.
 */
int child_wait(pid_t pid, bool (*give_up)(void *), void *arg);
