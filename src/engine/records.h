/* What engines have in common about the raw records that they give. */
#pragma once

#include "engine/task.h"
#include "raw.h"

/* raw_begin - let `raw`, which may have been used before, be one of that kind about `task`, with nothing else set. */
void raw_begin(struct raw *raw, enum raw_kind kind, const struct task *task);

/* raw_rest - it isn't used for now: what one large space needed isn't worth keeping in all records. */
void raw_rest(struct raw *raw);

/* raw_free - free its buffers. */
void raw_free(struct raw *raw);
