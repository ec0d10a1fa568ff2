/* What calls come to, by call and by process: the tables of -c. Pure. */
#pragma once

#include "event.h"
#include "util/buf.h"
#include "util/err.h"

struct summary;

/* summary_new - freed with summary_free. */
struct summary *summary_new(void);

/* summary_take - the next event; runs can follow one another. */
void summary_take(struct summary *s, const struct event *ev);

/*
 * summary_put - append both tables, 80 columns wide. `sort_by`: time, calls, errors, mapped, unmapped, biggest (the
 * most first), or name.
 */
void summary_put(const struct summary *s, const char *sort_by, struct buf *out);

void summary_free(struct summary *s);
