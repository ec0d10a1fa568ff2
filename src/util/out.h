/*
 * Where output goes: a file, a descriptor or a command's standard input; buffered, in whole lines
 * as far as it can be helped. A reader that is slow makes the writer wait; one that is gone, or a
 * disk that is full, ends the writing once and for all.
 */
#pragma once

#include <stdbool.h>

#include "util/buf.h"
#include "util/err.h"

struct out;

enum out_state {
	OUT_GOOD,
	OUT_CLOSED, /* the reader went away: no failure */
	OUT_FAILED, /* something that was to be written isn't (said once on standard error) */
};

/*
 * out_open - `spec` is a file's name, "-" for standard output, or "|" and a shell command. A fifo
 * waits for its reader. A file
 * isn't cut before the first byte is written, and one that was made for nothing is removed at the
 * end, so that a start that fails leaves all as it was; with `append` it's never cut, and a last
 * line without its newline gets one. A file whose name ends in .gz or .zst is compressed so, and one
 * that is added to goes on as it is. The caller frees *ret with out_close. Returns 0 or a negative
 * errno with err set.
 */
int out_open(const char *spec, bool append, struct out **ret, struct err *err);

/*
 * out_on_wait - call `hook` whenever a signal interrupts a write that waits for a slow reader. If
 * it returns true, the writing is given up as failed.
 */
void out_on_wait(struct out *out, bool (*hook)(void *), void *arg);

/* out_buf - the buffer to append a line to, before out_line. */
struct buf *out_buf(struct out *out);

/* out_line - a line was appended: write if much has come together. */
void out_line(struct out *out);

/* out_flush - write all there is. */
void out_flush(struct out *out);

/*
 * out_last - after a failure: try all the same to write what was appended since, so that a trace
 * which lost events can say so at its end. A file that a failure left in the middle of a line was
 * cut back to the line before.
 */
void out_last(struct out *out);

enum out_state out_state(const struct out *out);

/* out_end - flush and close: a reader sees the end. Nothing more can be written. */
void out_end(struct out *out);

/*
 * out_close - out_end, and wait for the command (as long as the hook lets it). Returns how it went at
 * last; a command that fails counts as OUT_FAILED, and what it ended with is said. NULL is closed well.
 */
enum out_state out_close(struct out *out);
