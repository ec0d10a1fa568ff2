/* The last events of a run as their lines, in a bounded number of bytes, and a filter on them. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "util/buf.h"

struct tail_entry {
	uint64_t number; /* counts all events of the run that came here, from 1 */
	uint64_t at;     /* of its line in all bytes that came */
	uint64_t length; /* the longer one of its lengths; 0: none */
	int64_t pid;     /* 0: none */
	uint32_t len;
	int16_t call_id;
	uint8_t type; /* enum event_type */
	bool failed;
};

struct tail {
	char *bytes;
	size_t size;      /* of bytes */
	uint64_t written; /* bytes, in all */
	struct tail_entry *entries;
	size_t most; /* entries */
	uint64_t n;  /* entries that ever came */
};

/* What is wanted; {0} is all. */
struct tail_filter {
	int64_t pid;       /* 0: any */
	uint64_t calls;    /* bit of each call's id; 0: any, and what isn't a call */
	uint64_t types;    /* bit of each enum event_type; 0: any */
	uint64_t min_size; /* calls with a length of that or more */
	struct str text;   /* in lower case; somewhere in the line, in either */
	bool failed;
};

/* tail_init - an empty one for `most` lines in `size` bytes; freed with tail_free. */
void tail_init(struct tail *t, size_t size, size_t most);

/* tail_put - the next event, and its line. One that is longer than all there's room for isn't kept. */
void tail_put(struct tail *t, const struct event *ev, struct str line);

/* tail_first - the number of the oldest one that is still there; n + 1 where there is none. */
uint64_t tail_first(const struct tail *t);

/* tail_entry - the one of that number, which must still be there. */
const struct tail_entry *tail_entry(const struct tail *t, uint64_t number);

/* tail_append - append its line, without the newline. */
void tail_append(const struct tail *t, const struct tail_entry *entry, struct buf *out);

/* tail_passes - whether an entry passes the filter. */
bool tail_passes(const struct tail *t, const struct tail_entry *entry, const struct tail_filter *filter);

/* What tail_select gives. */
struct tail_found {
	uint64_t first, last; /* numbers: what was looked at; last < first: nothing */
	uint64_t matched;     /* how many passed; the newest of these were appended */
};

/*
 * tail_select - append the lines behind number `after` that pass, oldest first, the newest `limit` of them, of the
 * newest `look` events; `between` stands after each but the last.
 */
struct tail_found tail_select(const struct tail *t, uint64_t after, const struct tail_filter *filter,
    unsigned limit, unsigned look, const char *between, struct buf *out);

void tail_free(struct tail *t);
