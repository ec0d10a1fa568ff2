/* An address space at a moment of a recorded run: what was where, and who made it. */
#pragma once

#include "report/ledger.h"
#include "util/buf.h"

/* The ranges of a space, taken at one moment. {0} is empty; freed with view_free. */
struct view {
	struct range *v;
	size_t n, size;
};

/* view_take - those that process `pid` has now. Returns whether it has a space. */
bool view_take(struct view *view, const struct ledger *l, int64_t pid);

/* view_put - append them as /proc/PID/maps does, each with who made it and who last changed it. */
void view_put(const struct view *view, const struct ledger *l, struct buf *out);

/* view_diff - append what of `before` is gone ('-') and what of `after` is new ('+'), by address. */
void view_diff(
    const struct view *before, const struct view *after, const struct ledger *l, struct buf *out);

void view_free(struct view *view);
