/* Figures for people, in columns. */
#pragma once

#include <stdbool.h>

#include "report/series.h"
#include "util/buf.h"

/* What a terminal, or what takes its place, can show. */
struct words {
	bool colour;
	bool utf8;
};

/* words_size - append bytes as "25.0M", right-aligned in `width`. */
void words_size(struct buf *out, uint64_t bytes, int width);

/* words_time - append ns as seconds, "0.181". */
void words_time(struct buf *out, uint64_t nsec, int width);

/* words_curve - append a series up to `end` as `width` bars. */
void words_curve(
    struct buf *out, const struct words *w, const struct series *s, uint64_t end, unsigned width);

/* words_bar - append a bar for value of `most`, `width` columns, and nothing for the rest. */
void words_bar(struct buf *out, const struct words *w, uint64_t value, uint64_t most, unsigned width);

/* words_fit - append text cut to `width` columns, with an ellipsis in its middle; in plain text, as of buf_plain. */
void words_fit(struct buf *out, const struct words *w, struct str text, unsigned width);

/* words_heading - append a line in bold, where that can be. */
void words_heading(struct buf *out, const struct words *w, const char *text);
