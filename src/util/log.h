/*
 * Words for people, on standard error, each line led by the program's name.
 *
 * The only place that writes to standard error while tracing. Lines go out in one write(2), so
 * they don't mix with what the traced command prints there.
 */
#pragma once

#include <stdbool.h>

/* log_init - the name that leads each line (kept, not copied), and whether notes are silenced. */
void log_init(const char *name, bool quiet);

/* log_error - always printed: failures, losses, findings. */
void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* log_note - engine and progress lines: silenced by `quiet`. */
void log_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
