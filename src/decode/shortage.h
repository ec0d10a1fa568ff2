/* Why there was no memory: what the kernel counts against what it allows. Pure. */
#pragma once

#include "raw.h"
#include "util/buf.h"

/*
 * shortage_explain - append which of raw->limits a call that failed with ENOMEM or EAGAIN would have gone over, in a
 * few words: "over RLIMIT_AS: 500M of 512M, and 64M asked for". Nothing, where none is known to be.
 */
void shortage_explain(const struct raw *raw, struct buf *out);
