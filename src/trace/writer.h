/*
 * Events as lines of JSON: the one place that knows what a line looks like. What it writes, the
 * reader (trace/reader.h) gives back the same; written again it is the same to the byte.
 */
#pragma once

#include "event.h"
#include "util/buf.h"

/* Remembered text of what comes again and again. {0} is a fresh one; freed with writer_free. */
struct writer {
	struct writer_names {
		const struct flag_table *table;
		uint64_t bits;
		struct buf text;
	} names[64];
	uint64_t second; /* that `date` shows, since the epoch */
	char date[24];   /* "2026-11-22T15:12:53." */
};

/* writer_put - append the line of `ev`, its newline included. */
void writer_put(struct writer *w, const struct event *ev, struct buf *out);

/* writer_put_members - append an object with those members of `ev` whose bits are in `has`. */
void writer_put_members(
    struct writer *w, const struct event *ev, const uint64_t has[EVENT_HAS_WORDS], struct buf *out);

void writer_free(struct writer *w);
