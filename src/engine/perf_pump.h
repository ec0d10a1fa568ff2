/*
 * A thread that empties rings before they are full, whatever else memtrace does meanwhile: it may wait for a disk, or
 * for whoever reads its output.
 */
#pragma once

#include <poll.h>
#include <pthread.h>
#include <stdbool.h>

#include "engine/perf_ring.h"

struct perf_pump {
	struct perf_ring *rings;
	unsigned rings_n;
	struct pollfd *polled; /* an event of each ring, and what ends the thread */
	pthread_mutex_t lock;  /* of rings and inboxes */
	pthread_t thread;
	bool runs;
};

/*
 * perf_pump_start - for `n` rings, whose events are `fds`. Where no thread can be had it does nothing: rings then are
 * emptied by perf_pump_drain alone. The pump must stay where it is until perf_pump_stop.
 */
void perf_pump_start(struct perf_pump *pump, struct perf_ring *rings, const int *fds, unsigned n);

/* perf_pump_pull - what ring `i` holds goes to its inbox. */
void perf_pump_pull(struct perf_pump *pump, unsigned i);

/* perf_pump_drain - what ring `i` and its inbox hold goes to its queue. */
void perf_pump_drain(struct perf_pump *pump, unsigned i);

/* perf_pump_stop - nothing if it wasn't started. */
void perf_pump_stop(struct perf_pump *pump);
