/*
 * Events on their way to the database, as blocks of lines in the order in which they came: in memory,
 * and where that gets too much or takes too long, in the spool. Not for several threads at once.
 */
#pragma once

#include "db/loader.h"
#include "db/spool.h"
#include "event.h"
#include "trace/writer.h"

struct block {
	struct block *next;
	struct load_run *run;
	struct buf text; /* empty if it's on disk only */
	uint64_t events;
	bool ends;      /* the run's last event is in it */
	uint64_t since; /* ns, monotonic: when it was queued */
	bool busy;      /* chosen, and neither popped nor kept since */
	bool to_read;   /* so, and its text wasn't in memory then */
	bool on_disk;
	struct spool_place place;
};

struct queue {
	struct block *head, **tail;
	size_t memory;       /* bytes of the blocks' text that aren't on disk */
	uint64_t waiting;    /* events in blocks */
	uint64_t lost;       /* events for which there was no room */
	struct spool *spool; /* NULL: everything stays in memory */
	bool spool_failed;   /* once, and it was said */
};

/* load_run_new - the run that `start` begins; it has one user. */
struct load_run *load_run_new(const struct event *start, struct writer *writer);

struct load_run *load_run_take(struct load_run *run);

/* load_run_release - one user less; freed with the last one. NULL is fine. */
void load_run_release(struct load_run *run);

/* block_new - empty, and a user of `run`. Given to queue_add. */
struct block *block_new(struct load_run *run);

void queue_init(struct queue *q, struct spool *spool);

/* queue_add - at the end. Lost if neither memory nor spool has room. */
void queue_add(struct queue *q, struct block *b);

/* queue_lose - a block that nobody wants any more. */
void queue_lose(struct queue *q, struct block *b);

/* QUEUE_BATCH - queue_choose never chooses more. */
#define QUEUE_BATCH 256

/*
 * queue_choose - mark blocks at the head as busy, and give them in `ret`: of one run, one at least (if
 * there is any), and no more than `size` bytes otherwise. Returns how many. Until they are popped or
 * kept, their text and place may be used while others use the queue.
 */
unsigned queue_choose(struct queue *q, size_t size, struct block *ret[QUEUE_BATCH]);

/* queue_read - the lines of a busy block, read from disk if need be. 0 or a negative errno. */
int queue_read(struct block *b, struct str *ret);

/* queue_pop - the `n` busy blocks at the head are done. Returns how many events they had. */
uint64_t queue_pop(struct queue *q, unsigned n);

/* queue_keep - the `n` busy blocks at the head stay. */
void queue_keep(struct queue *q, unsigned n);

/*
 * queue_spill - all that is in memory goes to disk, in its order. What has no room there stays in
 * memory; if that's `final`, it's lost.
 */
void queue_spill(struct queue *q, bool final);

/* queue_look - spill if that's due: too much in memory, or for too long. */
void queue_look(struct queue *q);

/* QUEUE_MEMORY - bytes that may be in memory before queue_look spills. */
#define QUEUE_MEMORY (32U << 20)

/*
 * queue_leave - the end: what is on disk stays there for later, the rest is lost. With `but_busy`,
 * somebody may still use the busy blocks: they aren't freed. Returns how many events stay.
 */
uint64_t queue_leave(struct queue *q, bool but_busy);
