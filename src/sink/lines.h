/* What sinks that print events, one after another, have in common: where they go. */
#pragma once

#include "sink/sink.h"
#include "util/out.h"

/* The first member of such a sink's state, so that the callbacks below are its own. */
struct lines {
	struct out *out;
};

/* lines_open - standard output or -o. Returns 0 or a negative errno with err set. */
int lines_open(struct lines *lines, const struct sink_setup *setup, struct err *err);

/* lines_begin - the buffer that `ev` is to be appended to, before lines_done; NULL: nobody would read it any more. */
struct buf *lines_begin(struct lines *lines, const struct event *ev);

/* lines_done - it was appended. */
void lines_done(struct lines *lines);

/* lines_shut - wait for the reader, and free what lines_open made. Returns whether all arrived. */
bool lines_shut(struct lines *lines);

/* As in struct sink. */
void lines_flush(void *state);
void lines_end(void *state);
const char *lines_lost(const void *state);
bool lines_over(const void *state);
