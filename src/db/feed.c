#include "db/feed.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "db/loader.h"
#include "db/queue.h"
#include "db/spool.h"
#include "trace/writer.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"

/* Bytes of lines: of one block, and of one transaction. */
#define BLOCK_SIZE (256U << 10)
#define BATCH_SIZE (8U << 20)

/* A row is to be visible within a second: how long events may gather, and how long a batch may take. */
#define GATHER     (200 * NSEC_PER_MSEC)
#define BATCH_TIME (300 * NSEC_PER_MSEC)

#define RETRY_FIRST (100 * NSEC_PER_MSEC)
#define RETRY_MOST  (2 * NSEC_PER_SEC)

/* How long a drain goes on without progress: also with a server that took nothing yet, or let nobody in. */
#define PATIENCE       (10 * NSEC_PER_SEC)
#define PATIENCE_NEW   (5 * NSEC_PER_SEC)
#define PATIENCE_NEVER NSEC_PER_SEC

/* When a drain says that it's going on. */
#define SAY_AFTER (2 * NSEC_PER_SEC)

struct feed {
	struct feed_setup setup;
	struct loader *loader;
	struct spool *spool; /* NULL: patient */
	struct writer writer;

	/* The giver's own. */
	struct load_run *run;
	struct block *block; /* being filled, or NULL */

	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* for all that follows */
	pthread_cond_t more;  /* for the thread: blocks, drain, stop */
	pthread_cond_t less;  /* for the giver: fewer blocks, or the thread's end */
	struct queue queue;
	bool gave_up; /* a patient feed: the database doesn't take any more */
	bool draining, stop, finished;
	bool abandoned; /* nobody waits for the thread any more */
	size_t batch_size;
	uint64_t given, stored, refused; /* events */
	uint64_t refused_now;            /* of the batch at hand */
	uint64_t lost;                   /* of the refused */
	uint64_t commits, attempts;
	bool hurry; /* try again at once */

	/* How the database does. */
	bool reached;      /* ever */
	unsigned failures; /* in a row */
	bool said;         /* that it's in trouble */
	enum conn_result trouble;
	char why[1024];
};

static struct timespec deadline(uint64_t from_now)
{
	uint64_t at = clock_mono() + from_now;
	return (struct timespec){(time_t)(at / NSEC_PER_SEC), (long)(at % NSEC_PER_SEC)};
}

static void wait_for(struct feed *f, pthread_cond_t *cond, uint64_t nsec)
{
	struct timespec until = deadline(nsec);
	pthread_cond_timedwait(cond, &f->lock, &until);
}

/* Asked without the lock: it may want to know how things are. */
static bool gives_up(struct feed *f)
{
	if (!f->setup.on_wait)
		return false;
	pthread_mutex_unlock(&f->lock);
	bool up = f->setup.on_wait(f->setup.on_wait_arg);
	pthread_mutex_lock(&f->lock);
	return up;
}

/* ---- waiting for the database ---- */

/* Whether there is no point in waiting any longer. */
static bool is_hopeless(const struct feed *f, uint64_t idle)
{
	if (f->failures > 1 && f->trouble != CONN_AWAY)
		return true;
	if (f->reached || f->setup.patient || !f->failures)
		return idle > PATIENCE;
	/* All hosts were tried once at least. */
	return idle > (loader_connected(f->loader) ? PATIENCE_NEW : PATIENCE_NEVER);
}

/* What was seen of the progress since a waiting began. */
struct watch {
	uint64_t began, moved; /* ns */
	uint64_t work, commits;
};

/* Wait a little. Returns false if there is no point in going on. */
static bool keeps_moving(struct feed *f, struct watch *w)
{
	wait_for(f, &f->less, 100 * NSEC_PER_MSEC);
	uint64_t now = clock_mono(), work = loader_work(f->loader);
	if (!w->began)
		w->began = w->moved = now;
	if (f->commits != w->commits || (work != w->work && f->failures < 3))
		w->moved = now;
	w->work = work;
	w->commits = f->commits;
	return !is_hopeless(f, now - w->moved) && !f->finished && !gives_up(f);
}

/* ---- the thread ---- */

static bool is_ready(const struct feed *f)
{
	const struct queue *q = &f->queue;
	if (!q->head)
		return false;
	return f->draining || q->memory >= f->batch_size || clock_mono() - q->head->since >= GATHER;
}

/* Without the lock: `blocks` are busy. */
static enum conn_result load_batch(
    struct feed *f, struct block **blocks, unsigned n, uint64_t dropped, struct buf *why)
{
	struct str texts[QUEUE_BATCH];
	for (unsigned i = 0; i < n; i++) {
		int r = queue_read(blocks[i], &texts[i]);
		if (r < 0) {
			buf_fmt(
			    why, "can't read back from %s: %s", spool_path(f->spool), strerror(-r));
			return CONN_AWAY;
		}
	}
	struct load_batch batch = {blocks[0]->run, texts, n, dropped};
	enum conn_result r = loader_load(f->loader, &batch);
	if (r != CONN_GOOD)
		buf_str(why, str_of(loader_why(f->loader)));
	return r;
}

static void note_success(struct feed *f, uint64_t took)
{
	if (f->said)
		log_note("the database takes events again; %llu wait for it",
		    (unsigned long long)f->queue.waiting);
	f->failures = 0;
	f->said = false;
	f->reached = true;
	if (took > BATCH_TIME && f->batch_size > BLOCK_SIZE)
		f->batch_size /= 2;
	else if (took < BATCH_TIME / 4 && f->batch_size < BATCH_SIZE)
		f->batch_size *= 2;
}

/* --mysql=…, for a shell. */
static void show_option(const struct feed *f, struct buf *out)
{
	_cleanup_(buf_free) struct buf option = {0};
	dsn_show(f->setup.dsn, &option);
	bool plain = !memchr(option.data, '=', option.len);
	buf_str(out, plain ? STR("") : STR("'"));
	buf_str(out, buf_view(&option));
	buf_str(out, plain ? STR("") : STR("'"));
}

/* Once in a row of failures; not for a connection that is back at the next attempt. */
static void note_failure(struct feed *f, enum conn_result r, struct str why)
{
	f->trouble = r;
	if (!f->stop) /* else we broke it off ourselves */
		snprintf(f->why, sizeof(f->why), "%.*s", (int)why.len, why.s);
	f->failures++;
	/* What doesn't get through may get through in smaller pieces. */
	if (f->batch_size > BLOCK_SIZE)
		f->batch_size /= 2;
	if (f->said || f->setup.patient || f->stop)
		return;
	if (r == CONN_AWAY && f->failures <= 1)
		return;
	_cleanup_(buf_free) struct buf remedy = {0};
	if (r == CONN_UNFIT) {
		buf_str(&remedy, STR(". To create or upgrade the tables: memtrace import --init "));
		show_option(f, &remedy);
	}
	log_error("the database %s: %s; events wait in %s meanwhile%.*s",
	    r == CONN_AWAY ? "doesn't answer" : "can't be written to", f->why, spool_path(f->spool),
	    (int)remedy.len, remedy.data);
	f->said = true;
}

/* The giver may be idle: what waits for too long is safer on disk all the same. */
static void look_at_queue(struct feed *f)
{
	if (f->spool)
		queue_look(&f->queue);
}

static void back_off(struct feed *f)
{
	if (f->trouble == CONN_AWAY && f->failures <= 1)
		return;
	unsigned doublings = f->failures < 6 ? f->failures : 6;
	uint64_t pause = RETRY_FIRST << doublings;
	uint64_t until = clock_mono() + (pause < RETRY_MOST ? pause : RETRY_MOST);
	while (!f->stop && !f->hurry && clock_mono() < until) {
		look_at_queue(f);
		wait_for(f, &f->more, GATHER / 2);
	}
	f->hurry = false; /* once */
}

static void load_some(struct feed *f)
{
	struct block *blocks[QUEUE_BATCH];
	unsigned n = queue_choose(&f->queue, f->batch_size, blocks);
	uint64_t begin = clock_mono(), dropped = f->queue.lost;
	_cleanup_(buf_free) struct buf why = {0};
	pthread_mutex_unlock(&f->lock);
	enum conn_result r = load_batch(f, blocks, n, dropped, &why);
	pthread_mutex_lock(&f->lock);
	f->attempts++;
	if (f->abandoned)
		return;
	if (r == CONN_GOOD) {
		f->stored += queue_pop(&f->queue, n) - f->refused_now;
		f->refused_now = 0;
		f->commits++;
		note_success(f, clock_mono() - begin);
	} else {
		queue_keep(&f->queue, n);
		note_failure(f, r, buf_view(&why));
		back_off(f);
	}
	pthread_cond_signal(&f->less);
}

static void *feed_thread(void *arg)
{
	struct feed *f = arg;
	pthread_mutex_lock(&f->lock);
	while (!f->stop && !(f->draining && !f->queue.head && !f->setup.patient)) {
		look_at_queue(f);
		if (is_ready(f))
			load_some(f);
		else
			wait_for(f, &f->more, GATHER / 2);
	}
	f->finished = true;
	pthread_cond_signal(&f->less);
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

/* A line that the server won't ever take: kept, and named. Called by the loader, without the lock. */
static void keep_refused(void *arg, const struct load_run *run, struct str line, const char *why)
{
	struct feed *f = arg;
	struct err err = {.status = 0};
	_cleanup_(buf_free) struct buf path = {0};
	char what[48] = "the start";
	const char *at = memmem(line.s, line.len, "\"seq\":", 6);
	if (at)
		snprintf(what, sizeof(what), "event %llu", strtoull(at + 6, NULL, 10));
	pthread_mutex_lock(&f->lock);
	int r = f->spool ? spool_refuse(f->spool, run, line, &path, &err) : -ENOENT;
	f->refused++;
	f->refused_now += line.len > 0;
	f->lost += f->spool && r < 0;
	pthread_mutex_unlock(&f->lock);
	if (!f->spool)
		log_error("the server refuses %s of run %s: %s", what, run->uuid, why);
	else if (r < 0)
		log_error("the server refuses %s of run %s: %s; it's lost: %s", what, run->uuid,
		    why, err.text);
	else
		log_error("the server refuses %s of run %s: %s; it's in %.*s", what, run->uuid, why,
		    (int)path.len, path.data);
}

/* ---- the giver's side ---- */

int feed_new(const struct feed_setup *setup, struct feed **ret, struct err *err)
{
	struct feed *f = mem_alloc(sizeof(*f));
	f->setup = *setup;
	f->batch_size = BATCH_SIZE;
	struct loader_setup loader = {setup->dsn, keep_refused, f};
	int r = loader_new(&loader, &f->loader, err);
	if (r < 0) {
		free(f);
		return r;
	}
	if (!setup->patient)
		f->spool = spool_new(setup->spool_limit);
	queue_init(&f->queue, f->spool);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->more, &monotonic);
	pthread_cond_init(&f->less, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*ret = f;
	return 0;
}

/* Not earlier: a process with threads can't fork as freely. Signals are the main thread's. */
static void start_thread(struct feed *f)
{
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	int error = pthread_create(&f->thread, NULL, feed_thread, f);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	f->started = error == 0;
	f->finished = error != 0; /* all goes to the spool */
	if (error)
		log_error("can't start a thread for the database: %s", strerror(error));
}

static void wait_for_room(struct feed *f)
{
	struct watch watch = {0};
	while (f->queue.memory > QUEUE_MEMORY && !f->gave_up)
		f->gave_up = !keeps_moving(f, &watch);
}

static void queue_block(struct feed *f, struct block *b)
{
	pthread_mutex_lock(&f->lock);
	if (f->setup.patient)
		wait_for_room(f);
	f->given += b->events;
	if (f->gave_up)
		queue_lose(&f->queue, b);
	else
		queue_add(&f->queue, b);
	if (!f->started && !f->finished)
		start_thread(f);
	pthread_cond_signal(&f->more);
	pthread_mutex_unlock(&f->lock);
}

static void push(struct feed *f)
{
	struct block *b = steal(&f->block);
	if (b)
		queue_block(f, b);
}

void feed_event(struct feed *f, const struct event *ev)
{
	if (ev->type == EVENT_START) {
		push(f);
		load_run_release(f->run);
		f->run = load_run_new(ev, &f->writer);
		f->block = block_new(f->run); /* a run is there even without events */
		return;
	}
	if (!f->block)
		f->block = block_new(f->run);
	writer_put(&f->writer, ev, &f->block->text);
	f->block->events++;
	f->block->ends = ev->type == EVENT_END;
	if (f->block->text.len >= BLOCK_SIZE)
		push(f);
}

void feed_flush(struct feed *f)
{
	push(f);
	pthread_mutex_lock(&f->lock);
	look_at_queue(f);
	pthread_mutex_unlock(&f->lock);
}

bool feed_gave_up(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	bool up = f->gave_up;
	pthread_mutex_unlock(&f->lock);
	return up;
}

void feed_stats(struct feed *f, struct feed_stats *ret)
{
	pthread_mutex_lock(&f->lock);
	*ret = (struct feed_stats){
	    .given = f->given,
	    .stored = f->stored,
	    .added = loader_added(f->loader),
	    .waiting = f->queue.waiting,
	    .refused = f->refused,
	    .lost = f->lost + f->queue.lost,
	};
	pthread_mutex_unlock(&f->lock);
}

/* Whether nobody knows yet if the server takes what the spool may have no room for. */
static bool is_open(const struct feed *f, uint64_t attempts)
{
	if (!f->started || f->finished || !f->queue.memory)
		return false;
	/* One more try; and what is being sent can't be given up yet. */
	if (f->failures)
		return f->attempts == attempts || f->queue.head->busy;
	return !f->reached && f->queue.memory > f->setup.spool_limit;
}

/* Before anybody can say that nothing is lost: does the server answer, and if not, is there room? */
static void settle_room(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	uint64_t attempts = f->attempts;
	f->hurry = true;
	pthread_cond_signal(&f->more);
	for (unsigned i = 0; i < 60 && is_open(f, attempts) && !gives_up(f); i++)
		wait_for(f, &f->less, 100 * NSEC_PER_MSEC);
	if (f->failures && f->spool)
		queue_spill(&f->queue, true);
	pthread_mutex_unlock(&f->lock);
}

bool feed_lost(struct feed *f)
{
	struct feed_stats stats;
	push(f);
	settle_room(f);
	feed_stats(f, &stats);
	return stats.lost > 0;
}

/* ---- the end ---- */

bool feed_drain(struct feed *f, struct err *err)
{
	struct watch watch = {0};
	bool said = false;
	push(f);
	pthread_mutex_lock(&f->lock);
	f->draining = true;
	pthread_cond_signal(&f->more);
	while (f->queue.head && !f->gave_up) {
		f->gave_up = !keeps_moving(f, &watch);
		if (!said && !f->setup.patient && f->queue.head &&
		    clock_mono() - watch.began > SAY_AFTER) {
			log_note("waiting for the database to take %llu events",
			    (unsigned long long)f->queue.waiting);
			said = true;
		}
	}
	bool all = !f->queue.head;
	f->draining = false;
	if (!all)
		err_set(err, -EIO, "%llu events aren't in the database: %s%s",
		    (unsigned long long)f->queue.waiting, f->why[0] ? f->why : "there was no time",
		    f->setup.patient && f->trouble == CONN_UNFIT
		        ? " (memtrace import --init creates or upgrades the tables)"
		        : "");
	pthread_mutex_unlock(&f->lock);
	return all;
}

static void stop_thread(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->stop = true;
	pthread_cond_signal(&f->more);
	uint64_t begin = clock_mono();
	while (!f->finished && clock_mono() - begin < 2 * NSEC_PER_SEC) {
		loader_interrupt(f->loader);
		wait_for(f, &f->less, 50 * NSEC_PER_MSEC);
	}
	pthread_mutex_unlock(&f->lock);
}

static void say_what_remains(struct feed *f, uint64_t events)
{
	_cleanup_(buf_free) struct buf option = {0};
	show_option(f, &option);
	log_error("%llu events of run %s aren't in the database yet (%s); they are in %s. To load "
	          "them: memtrace import --spool %.*s",
	    (unsigned long long)events, f->run->uuid, f->why[0] ? f->why : "there was no time",
	    spool_path(f->spool), (int)option.len, option.data);
}

/* What didn't get into the database is left on disk. */
static void leave_rest(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->abandoned = f->started && !f->finished;
	if (f->queue.head && f->spool)
		queue_spill(&f->queue, true);
	uint64_t left = queue_leave(&f->queue, f->abandoned);
	if (left)
		say_what_remains(f, left);
	pthread_mutex_unlock(&f->lock);
}

static void free_feed(struct feed *f)
{
	load_run_release(f->run);
	loader_free(f->loader);
	spool_free(f->spool);
	writer_free(&f->writer);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->more);
	pthread_cond_destroy(&f->less);
	free(f);
}

bool feed_close(struct feed *f)
{
	struct err err = {.status = 0};
	struct feed_stats stats;
	if (!f)
		return true;
	feed_drain(f, &err);
	if (f->started)
		stop_thread(f);
	leave_rest(f);
	feed_stats(f, &stats);
	if (stats.lost && f->spool)
		log_error("%llu events for the database are lost", (unsigned long long)stats.lost);
	/* A thread that hangs in the library uses all this until the process ends. */
	if (!f->started || f->finished) {
		if (f->started)
			pthread_join(f->thread, NULL);
		free_feed(f);
	}
	return stats.lost == 0;
}
