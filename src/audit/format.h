/*
 * How a verdict is told: one file and one row of formats.c a format. Texts go into a buffer; who asks for them writes
 * it where it belongs.
 */
#pragma once

#include "audit/audit.h"

struct format {
	const char *name;
	void (*put)(const struct audits *runs, struct buf *out);
};

extern const struct format *const formats[];
extern const unsigned formats_count;

/* format_find - by name, or NULL. */
const struct format *format_find(struct str name);

/* What all of them count. */
struct tally {
	unsigned violations, warnings, allowed;
};

/* format_tally - over all findings of all runs. */
struct tally format_tally(const struct audits *runs);

/* format_sentence - append a finding as one sentence: what, how often, and how to allow it. */
void format_sentence(const struct audit *a, const struct finding *f, struct buf *out);

/* format_verdict - append that of all runs in a few words: "2 violations, 1 warning, 3 allowed". */
void format_verdict(const struct audits *runs, struct buf *out);

/* format_level - "error", "warning" or "note". */
const char *format_level(const struct finding *f);

/* format_site - the frame with file and line that a finding is about; NULL: none is known. */
const struct frame *format_site(const struct audit *a, const struct finding *f);
