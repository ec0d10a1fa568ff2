/*
 * Lines of JSON as events again: from a file, a pipe or memory, compressed by gzip or zstd or not. Keys that this version doesn't know
 * are passed over. Files with several runs one after another (-A) are read through, and a line that
 * was cut off by a crash, at the end or before the next run's start, is passed over.
 */
#pragma once

#include "event.h"
#include "util/err.h"

struct reader;

/*
 * reader_open - read from `path`, "-" for standard input. The caller frees *ret with reader_close.
 * Returns 0, or a negative errno with err set.
 */
int reader_open(const char *path, struct reader **ret, struct err *err);

/*
 * reader_open_fd - the same for a descriptor, which the reader then owns; `name` is for messages.
 */
struct reader *reader_open_fd(int fd, const char *name);

/* reader_heed_ticks - from now on a signal ends a wait for more of the source. */
void reader_heed_ticks(struct reader *r);

/*
 * reader_next - the next event, which holds until the next call. Returns 1, 0 at the end, or a
 * negative errno with err set: for a line that isn't an event -EINVAL, and err says which and why. -EINTR, without err:
 * nothing yet (reader_heed_ticks).
 */
int reader_next(struct reader *r, struct event **ret, struct err *err);

/*
 * reader_peek - the next bytes of the source, unpacked, which stay to be read: at least `least` of them, or all there
 * are. *ret holds until the next call. Returns 0 or a negative errno with err set.
 */
int reader_peek(struct reader *r, size_t least, struct str *ret, struct err *err);

/* reader_bytes - how much of the source the events so far took. */
uint64_t reader_bytes(const struct reader *r);

void reader_close(struct reader *r);
