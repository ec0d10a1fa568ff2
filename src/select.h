/* Which events go on: -e, -z, -Z and --min-size, applied once, between model and sinks. Pure. */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "opts.h"
#include "util/buf.h"

/* select_event - whether `ev` is one that the options ask for. Only calls are ever left out. */
bool select_event(const struct opts *opts, const struct event *ev);

/* select_text - append the selection as it would be typed; nothing where all is selected. */
void select_text(const struct opts *opts, struct buf *ret);
