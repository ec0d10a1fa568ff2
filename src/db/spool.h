/*
 * Events on their way to the database that have to wait on disk: files of lines, each a trace of its
 * own that begins with its run's start event, in a folder that only its owner may enter. A file is
 * locked (flock(2)) by whoever writes or loads it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "db/loader.h"
#include "util/err.h"

struct spool;
struct spool_file;

/* Where a piece of text is. */
struct spool_place {
	struct spool_file *file;
	uint64_t offset, len;
};

/*
 * spool_new - nothing is opened yet; no more than `limit` bytes in all of the folder. Freed with
 * spool_free, which leaves files that still hold pieces.
 */
struct spool *spool_new(uint64_t limit);

/*
 * spool_put - append `text` (whole lines of `run`). Returns 0, or a negative errno with err set:
 * -EDQUOT if that's more than the limit. With `beyond`, the limit doesn't count.
 */
int spool_put(struct spool *s, const struct load_run *run, struct str text, bool beyond,
    struct spool_place *ret, struct err *err);

/* spool_get - append the text of a place to `to`. Returns 0 or a negative errno. */
int spool_get(const struct spool_place *place, struct buf *to);

/* spool_drop - the text isn't needed any more. A file that no text is needed of is removed. */
void spool_drop(struct spool *s, struct spool_place *place);

/* spool_leave - forget a place; its file stays for later. Returns false if it was removed by others. */
bool spool_leave(struct spool *s, struct spool_place *place);

/*
 * spool_refuse - keep a line that the server refuses, in a file for these, behind its run's start
 * (which is all, if the line is empty). As spool_put.
 */
int spool_refuse(struct spool *s, const struct load_run *run, struct str line, struct buf *ret_path,
    struct err *err);

/* spool_path - the folder. */
const char *spool_path(const struct spool *s);

void spool_free(struct spool *s);

/*
 * spool_each - call `take` for each file that nobody else uses, oldest run first. A file that it
 * returns 1 for is removed, 0 leaves it, negative ends the walk. What can't be read is given with a
 * negative fd, and err says why. Returns how many are in use by others, or a negative errno with err
 * set.
 */
int spool_each(
    int (*take)(void *arg, int fd, const char *path, struct err *err), void *arg, struct err *err);
