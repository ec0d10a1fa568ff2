/* memtrace serve: recorded runs, or those of a database, as a live page. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/recorded.h"
#include "trace/reader.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/num.h"
#include "util/sig.h"
#include "web/database.h"
#include "web/follow.h"
#include "web/server.h"

/* How long to sleep at most: then it's looked whether somebody wants us to end, or to go faster. */
#define NAP 50 /* ms */

/* How often a database is asked whether there is more. */
#define POLL_EVERY 400 /* ms */

struct work {
	const struct opts *opts;
	struct runs runs;
	struct server *server;
	struct follower follower;
	uint64_t due, at; /* CLOCK_MONOTONIC when `at` of the run was due, ns */
	uint64_t speed;   /* since then */
	bool stopped;
	struct dsn dsn; /* with --mysql, as the next two */
	struct database_wish wish;
	struct database *database;
};

static bool is_stopped(struct work *w)
{
	int last;
	w->stopped |= sig_interrupts() || sig_stops(&last);
	return w->stopped;
}

static void nap(struct work *w, uint64_t nsec)
{
	uint64_t msec = nsec / NSEC_PER_MSEC;
	if (!is_stopped(w))
		poll(NULL, 0, msec < NAP ? (int)msec : NAP);
}

/* ---- a trace ---- */

/* "2", "0.5", "max": thousandths; RUNS_FASTEST. */
static int parse_speed(const char *text, uint64_t *ret, struct err *err)
{
	char *end;
	double value = strtod(text, &end);
	*ret = RUNS_FASTEST;
	if (strcmp(text, "max") == 0)
		return 0;
	if (end == text || *end || !(value >= 0.001 && value <= 1e6))
		return err_set(err, -EINVAL, "--speed=%s isn't a number from 0.001 to 1000000, or max", text);
	*ret = (uint64_t)(value * RUNS_AS_IT_WAS);
	return 0;
}

/* How long a part of the run takes at that speed, which isn't 0. */
static uint64_t time_of(uint64_t part, uint64_t speed)
{
	return part / speed * RUNS_AS_IT_WAS + part % speed * RUNS_AS_IT_WAS / speed;
}

/* From now on at another speed: what was waited for at the one before counts. */
static void change_speed(struct work *w, uint64_t elapsed, uint64_t now, uint64_t speed)
{
	uint64_t passed = now - w->due, left = elapsed - w->at;
	if (w->speed && w->speed != RUNS_FASTEST) {
		uint64_t goes = passed / RUNS_AS_IT_WAS * w->speed + passed % RUNS_AS_IT_WAS * w->speed / RUNS_AS_IT_WAS;
		w->at += goes < left ? goes : left;
	}
	w->due = now;
	w->speed = speed;
}

/* Until the moment of the run has come. Who comes late for one is so much earlier for the next. */
static void await(struct work *w, uint64_t elapsed)
{
	if (!w->due || elapsed < w->at) {
		w->due = clock_mono();
		w->at = elapsed;
	}
	while (w->at < elapsed && !is_stopped(w)) {
		uint64_t now = clock_mono(), speed = atomic_load(&w->runs.speed);
		if (speed != w->speed)
			change_speed(w, elapsed, now, speed);
		if (speed == RUNS_FASTEST || !speed)
			w->due = now;
		uint64_t takes = speed && speed != RUNS_FASTEST ? time_of(elapsed - w->at, speed) : 0;
		if (speed && now - w->due >= takes) {
			w->due += takes;
			w->at = elapsed;
		} else {
			nap(w, speed ? takes - (now - w->due) + NSEC_PER_MSEC : NAP * NSEC_PER_MSEC);
		}
	}
}

static int take(void *arg, const struct event *ev, const char *name, struct err *err)
{
	struct work *w = arg;
	if (ev->type == EVENT_START)
		w->due = 0;
	else if (!w->follower.live)
		return recorded_no_start(name, err);
	else if (event_has(ev, F_elapsed))
		await(w, ev->elapsed);
	follow_event(&w->follower, ev);
	return w->stopped;
}

/* Before anything is begun: a file that is no trace. What isn't a file can be read only once. */
static int check_trace(const char *path, struct err *err)
{
	struct stat status;
	struct reader *reader;
	struct event *ev;
	if (strcmp(path, "-") == 0 || (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)))
		return 0;
	int r = reader_open(path, &reader, err);
	if (r < 0)
		return r;
	r = reader_next(reader, &ev, err);
	if (r > 0 && ev->type != EVENT_START)
		r = recorded_no_start(path, err);
	reader_close(reader);
	return r < 0 ? r : 0;
}

static int check_traces(const struct opts *opts, struct err *err)
{
	int r = 0;
	for (char *const *path = opts->operands; *path && r == 0; path++)
		r = check_trace(*path, err);
	return r;
}

static int show_traces(struct work *w, struct err *err)
{
	int r = recorded_read(w->opts, "serve", take, w, err);
	follow_end(&w->follower);
	return r;
}

/* ---- a database ---- */

static int open_database(struct work *w, struct err *err)
{
	const struct opts *opts = w->opts;
	w->wish = (struct database_wish){.run = opts->run, .host = opts->host, .since = opts->since};
	int r = dsn_parse(opts->mysql, &w->dsn, err);
	return r < 0 ? r : database_open(&w->dsn, &w->wish, &w->runs, &w->database, err);
}

static int show_database(struct work *w, struct err *err)
{
	int r = 0;
	while (r == 0 && !is_stopped(w)) {
		bool more;
		r = database_poll(w->database, &more, err);
		for (unsigned i = 0; i < POLL_EVERY / NAP && !more && !is_stopped(w); i++)
			nap(w, NAP * NSEC_PER_MSEC);
	}
	return r;
}

/* ---- */

static int check(const struct opts *opts, uint64_t *speed, struct err *err)
{
	if (opts->mysql && opts->operands[0])
		return err_set(err, -EINVAL, "'%s': with --mysql the runs come from the database; leave out the trace",
		    opts->operands[0]);
	if (!opts->mysql && (opts->run || opts->host || opts->since))
		return err_set(err, -EINVAL, "--run, --host and --since choose runs of a database; add --mysql=DSN");
	if (!opts->mysql && !opts->operands[0])
		return err_set(err, -EINVAL, "no trace is given; try: memtrace serve trace.jsonl, or --mysql=DSN");
	return parse_speed(opts->speed, speed, err);
}

static bool reads_standard_input(const struct opts *opts)
{
	for (char *const *path = opts->operands; *path; path++) {
		if (strcmp(*path, "-") == 0)
			return true;
	}
	return false;
}

static int start(struct work *w, struct err *err)
{
	const struct opts *opts = w->opts;
	struct server_setup setup = {.address = opts->serve ? opts->serve : "",
	    .token_file = opts->serve_token_file,
	    .hosts = opts->serve_host.v,
	    .hosts_n = (unsigned)opts->serve_host.n};
	int r = server_new(&setup, &w->runs, &w->server, err);
	if (r == 0)
		r = server_start(w->server, err);
	if (r == 0)
		log_error("live page: %s", server_url(w->server));
	return r;
}

int cmd_serve(const struct opts *opts, struct err *err)
{
	struct work w = {.opts = opts, .follower = {.runs = &w.runs}};
	uint64_t speed;
	if (check(opts, &speed, err) < 0)
		return STATUS_TROUBLE;
	runs_init(&w.runs);
	w.runs.paced = !opts->mysql;
	atomic_store(&w.runs.speed, speed);
	if (!reads_standard_input(opts)) { /* signals end who waits for it */
		sig_init();
		sig_heed_interrupts();
	}
	int r = opts->mysql ? open_database(&w, err) : check_traces(opts, err);
	if (r == 0)
		r = start(&w, err);
	if (r == 0) {
		r = opts->mysql ? show_database(&w, err) : show_traces(&w, err);
		while (r == 0 && !is_stopped(&w))
			nap(&w, NSEC_PER_SEC);
	}
	if (w.server)
		server_stop(w.server);
	if (w.database)
		database_close(w.database);
	dsn_free(&w.dsn);
	runs_free(&w.runs);
	return r < 0 ? STATUS_TROUBLE : 0;
}
