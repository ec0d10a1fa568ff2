/*
 * Errors as values: what went wrong, in one sentence, and the exit status it deserves.
 *
 * A function that can fail takes a `struct err *` (owned by the caller, never NULL) and returns
 * 0 or a negative errno. The function that notices the failure sets the sentence; main prints it once. Lower layers never print and never exit.
 */
#pragma once

#include <stdarg.h>

struct err {
	char text[1024]; /* one sentence without a newline; empty: no error */
	int status;      /* memtrace's exit status for it (EXIT_STATUS_*) */
};

/* Exit statuses of memtrace's own (memtrace(1), EXIT STATUS). */
enum {
	EXIT_STATUS_FAILED = 125, /* could not start, bad usage, or output was lost */
	EXIT_STATUS_NOT_EXECUTABLE = 126,
	EXIT_STATUS_NOT_FOUND = 127,
};

/*
 * err_set - say what went wrong. The status becomes EXIT_STATUS_FAILED.
 * Returns `code`, so that a caller can write `return err_set(err, -EINVAL, …)`.
 */
int err_set(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * err_sys - the same for a failed system call: appends ": " and the text of errno `code` (positive
 * or negative). Returns -|code|.
 */
int err_sys(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
