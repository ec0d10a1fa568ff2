/*
 * The ring that the kernel writes one processor's records into (perf_event_open(2), "MMAP layout"); the inbox that
 * they are moved to, so that the ring is free again; and the queue of whoever looks at them. Ring and inbox are used
 * by one thread at a time (perf_pump.h), the queue by its owner.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/buf.h"

struct perf_ring {
	void *base;   /* the mapped pages: the kernel's page, then the ring */
	size_t size;  /* of the ring, bytes: a power of two */
	size_t most;  /* bytes that the inbox takes: beyond them, what the ring can't hold is lost */
	struct buf inbox;
	struct buf queue;
	size_t given; /* bytes of the queue that were looked at */
	uint64_t time; /* of the first record in the queue; UINT64_MAX: there is none */
};

/*
 * perf_ring_map - map the ring of event `fd`, of `size` bytes (a power of two of at least a page). Returns 0 or a
 * negative errno.
 */
int perf_ring_map(int fd, size_t size, struct perf_ring *ret);

/* perf_ring_used - bytes that the ring holds, about; any thread may ask. */
size_t perf_ring_used(const struct perf_ring *ring);

/* perf_ring_pull - move what the ring holds to the inbox, unless that is full. */
void perf_ring_pull(struct perf_ring *ring);

/* perf_ring_drain - move what ring and inbox hold to the queue. */
void perf_ring_drain(struct perf_ring *ring);

/*
 * perf_ring_first - the first record of the queue; it holds until the next call. Returns whether there is any. What
 * can't be a record ends the queue: nothing behind it can be found.
 */
bool perf_ring_first(struct perf_ring *ring, struct str *ret);

/* perf_ring_pop - the first record was looked at. */
void perf_ring_pop(struct perf_ring *ring);

/* perf_ring_waiting - bytes in the queue that weren't looked at. */
size_t perf_ring_waiting(const struct perf_ring *ring);

/* perf_ring_at - the record that many waiting bytes further on; *from becomes where the next is. False: none. */
bool perf_ring_at(const struct perf_ring *ring, size_t *from, struct str *ret);

/* perf_ring_copy - append the bytes [from, to) of a ring, counted since its begin, to `ret`. */
void perf_ring_copy(const char *data, size_t size, uint64_t from, uint64_t to, struct buf *ret);

void perf_ring_free(struct perf_ring *ring);
