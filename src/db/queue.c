#include "db/queue.h"

#include <errno.h>
#include <stdlib.h>

#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"

/* Bytes in memory beyond which events are lost where the spool can't be written to. */
#define MEMORY_HARD (64U << 20)

/* What has waited for so long is safer on disk. */
#define SPOOL_AFTER NSEC_PER_SEC

/* ---- runs and blocks ---- */

struct load_run *load_run_new(const struct event *start, struct writer *writer)
{
	struct load_run *run = mem_alloc(sizeof(*run));
	run->users = 1;
	run->started = start->time;
	if (start->run.len == sizeof(run->uuid) - 1)
		memcpy(run->uuid, start->run.s, start->run.len);
	writer_put(writer, start, &run->start);
	run->start.len--;
	return run;
}

struct load_run *load_run_take(struct load_run *run)
{
	atomic_fetch_add(&run->users, 1);
	return run;
}

void load_run_release(struct load_run *run)
{
	if (!run || atomic_fetch_sub(&run->users, 1) > 1)
		return;
	buf_free(&run->start);
	free(run);
}

struct block *block_new(struct load_run *run)
{
	struct block *b = mem_alloc(sizeof(*b));
	b->run = load_run_take(run);
	return b;
}

static void free_block(struct block *b)
{
	load_run_release(b->run);
	buf_free(&b->text);
	free(b);
}

/* ---- in and out ---- */

void queue_init(struct queue *q, struct spool *spool)
{
	*q = (struct queue){.spool = spool};
	q->tail = &q->head;
}

void queue_lose(struct queue *q, struct block *b)
{
	q->lost += b->events;
	free_block(b);
}

void queue_add(struct queue *q, struct block *b)
{
	if (q->spool_failed && q->memory + b->text.len > MEMORY_HARD) {
		queue_lose(q, b);
		return;
	}
	b->since = clock_mono();
	q->waiting += b->events;
	q->memory += b->text.len;
	*q->tail = b;
	q->tail = &b->next;
}

unsigned queue_choose(struct queue *q, size_t size, struct block *ret[QUEUE_BATCH])
{
	unsigned n = 0;
	uint64_t chosen = 0;
	for (struct block *b = q->head; b && b->run == q->head->run && n < QUEUE_BATCH;
	     b = b->next) {
		chosen += b->on_disk ? b->place.len : b->text.len;
		if (n && chosen > size)
			break;
		b->busy = true;
		b->to_read = b->on_disk;
		ret[n++] = b;
	}
	return n;
}

int queue_read(struct block *b, struct str *ret)
{
	int r = b->to_read ? spool_get(&b->place, &b->text) : 0;
	*ret = buf_view(&b->text);
	return r;
}

uint64_t queue_pop(struct queue *q, unsigned n)
{
	uint64_t events = 0;
	for (; n && q->head; n--) {
		struct block *b = q->head;
		q->head = b->next;
		if (!q->head)
			q->tail = &q->head;
		if (b->on_disk)
			spool_drop(q->spool, &b->place);
		else
			q->memory -= b->text.len;
		events += b->events;
		free_block(b);
	}
	q->waiting -= events;
	return events;
}

void queue_keep(struct queue *q, unsigned n)
{
	for (struct block *b = q->head; n && b; n--, b = b->next) {
		b->busy = false;
		if (b->on_disk)
			buf_free(&b->text); /* it can be read again */
	}
}

/* ---- to disk ---- */

/* There is no room for what is neither on disk nor on its way, from `first` on. */
static void drop_blocks(struct queue *q, struct block **first)
{
	while (*first) {
		struct block *b = *first;
		if (b->on_disk || b->busy || b->ends) {
			first = &b->next;
			continue;
		}
		*first = b->next;
		q->memory -= b->text.len;
		q->waiting -= b->events;
		q->lost += b->events;
		free_block(b);
	}
	q->tail = first;
}

static void say_failure(struct queue *q, const struct err *err)
{
	if (!q->spool_failed)
		log_error("events for the database can't be kept: %s", err->text);
	q->spool_failed = true;
}

void queue_spill(struct queue *q, bool final)
{
	struct err err = {.status = 0};
	bool full = false;
	for (struct block **at = &q->head; *at;) {
		struct block *b = *at;
		if (b->on_disk || (full && !b->ends)) {
			at = &b->next;
			continue;
		}
		int r = spool_put(q->spool, b->run, buf_view(&b->text), b->ends, &b->place, &err);
		if (r < 0)
			say_failure(q, &err);
		bool no_room = r == -EDQUOT || r == -ENOSPC;
		if (r < 0 && (!no_room || full || !final))
			return;
		if (r < 0) {
			drop_blocks(q, at);
			full = true;
			continue;
		}
		q->spool_failed = false;
		b->on_disk = true;
		q->memory -= b->text.len;
		if (!b->busy)
			buf_free(&b->text);
	}
}

void queue_look(struct queue *q)
{
	const struct block *oldest = q->head;
	while (oldest && oldest->on_disk)
		oldest = oldest->next;
	if (oldest && (q->memory > QUEUE_MEMORY || clock_mono() - oldest->since > SPOOL_AFTER))
		queue_spill(q, false);
}

uint64_t queue_leave(struct queue *q, bool but_busy)
{
	uint64_t left = 0;
	for (struct block *b = q->head, *next; b; b = next) {
		next = b->next;
		bool used = b->busy && but_busy;
		bool stays = b->on_disk && (used || spool_leave(q->spool, &b->place));
		left += stays ? b->events : 0;
		q->lost += stays ? 0 : b->events;
		if (!used)
			free_block(b);
	}
	q->head = NULL;
	q->tail = &q->head;
	return left;
}
