/* memtrace import: traces, and what the spool holds, into the database; with --init its tables. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/progress.h"
#include "db/feed.h"
#include "db/schema.h"
#include "db/spool.h"
#include "trace/reader.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/sig.h"
#include "util/uuid.h"

/* As for all commands that work on traces. */
#define STATUS_TROUBLE 2

struct import {
	const struct opts *opts;
	struct feed *feed;
	struct progress progress;
	unsigned traces;      /* that are done */
	bool began;           /* the one at hand has a start */
	unsigned broken;      /* files of the spool that can't be loaded */
	uint64_t read, whole; /* bytes of the one at hand */
};

static void show(struct import *im)
{
	struct feed_stats stats;
	feed_stats(im->feed, &stats);
	progress_show(&im->progress, im->read, im->whole, stats.stored);
}

/* Called ten times a second while the database is waited for. */
static bool on_wait(void *arg)
{
	show(arg);
	return false;
}

static int give(struct import *im, const struct event *ev, const char *name, struct err *err)
{
	uint8_t uuid[16];
	if (ev->type == EVENT_START) {
		if (!uuid_parse(ev->run, uuid))
			return err_set(err, -EINVAL, "%s: its run isn't a UUID: %.*s", name,
			    (int)ev->run.len, ev->run.s);
		im->began = true;
	}
	if (!im->began)
		return err_set(err, -EINVAL,
		    "%s: it doesn't begin with a start event, so nobody knows what run it is of",
		    name);
	feed_event(im->feed, ev);
	return 0;
}

/* All of a trace, until the database has it. */
static int import_trace(struct import *im, struct reader *reader, const char *name, struct err *err)
{
	struct event *ev;
	im->began = false;
	unsigned n = 0;
	int r;
	while ((r = reader_next(reader, &ev, err)) > 0) {
		r = give(im, ev, name, err);
		if (r < 0)
			break;
		im->read = reader_bytes(reader);
		if (feed_gave_up(im->feed))
			break;
		if (++n % 1024 == 0)
			show(im);
	}
	struct err drain = {.status = 0};
	bool all = feed_drain(im->feed, &drain);
	if (r >= 0 && !all)
		r = err_set(err, -EIO, "%s: %s; to go on from there, give the same command again",
		    name, drain.text);
	im->traces += r >= 0;
	return r;
}

static int import_file(struct import *im, const char *path, struct err *err)
{
	struct reader *reader;
	struct stat st;
	int r = reader_open(path, &reader, err);
	if (r < 0)
		return r;
	im->whole = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	r = import_trace(im, reader, path, err);
	reader_close(reader);
	return r;
}

/* It alone: the others may be fine. */
static int leave_broken(struct import *im, struct err *err)
{
	log_error("%s", err->text);
	err->text[0] = '\0';
	im->broken++;
	return 0;
}

/* A file of the spool: it can go if the database has all of it. */
static int import_spooled(void *arg, int fd, const char *path, struct err *err)
{
	struct import *im = arg;
	struct feed_stats before, after;
	struct stat st;
	if (fd < 0)
		return leave_broken(im, err);
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (own < 0)
		return err_sys(err, errno, "can't read %s", path);
	struct reader *reader = reader_open_fd(own, path);
	im->whole = fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
	feed_stats(im->feed, &before);
	int r = import_trace(im, reader, path, err);
	reader_close(reader);
	feed_stats(im->feed, &after);
	if (r < 0 && feed_gave_up(im->feed))
		return r;
	if (r < 0)
		return leave_broken(im, err);
	return im->began && after.refused == before.refused;
}

static int import_all(struct import *im, struct err *err)
{
	int r = 0;
	if (im->opts->spool) {
		r = spool_each(import_spooled, im, err);
		if (r > 0)
			log_note("%d files of the spool are left to a memtrace that uses them", r);
	}
	for (char *const *path = im->opts->operands; r >= 0 && *path; path++)
		r = import_file(im, *path, err);
	return r < 0 ? r : 0;
}

static int run_import(const struct opts *opts, const struct dsn *dsn, struct err *err)
{
	struct import im = {.opts = opts};
	struct feed_setup setup = {
	    .dsn = dsn, .patient = true, .on_wait = on_wait, .on_wait_arg = &im};
	struct feed_stats stats;
	int r = feed_new(&setup, &im.feed, err);
	if (r < 0)
		return r;
	progress_begin(&im.progress, "events", opts->quiet);
	r = import_all(&im, err);
	progress_end(&im.progress);
	feed_stats(im.feed, &stats);
	feed_close(im.feed);
	log_note("%u trace%s: %llu events, %llu of them new to the database", im.traces,
	    im.traces == 1 ? "" : "s", (unsigned long long)stats.stored,
	    (unsigned long long)stats.added);
	if (r == 0 && im.broken)
		return err_set(err, -EINVAL, "%u files of the spool can't be loaded", im.broken);
	if (r == 0 && stats.refused)
		return err_set(err, -EINVAL, "the server refused %llu events",
		    (unsigned long long)stats.refused);
	return r;
}

static void tell(const char *name)
{
	log_note("applying %s", name);
}

int cmd_import(const struct opts *opts, struct err *err)
{
	struct dsn dsn;
	if (!opts->mysql)
		err_set(err, -EINVAL,
		    "which database? memtrace import --mysql=mysql://USER@HOST/DATABASE, or "
		    "--mysql "
		    "where an option file says it");
	else if (!opts->init && !opts->spool && !opts->operands[0])
		err_set(err, -EINVAL,
		    "nothing to import; try: memtrace import --mysql trace.jsonl, or --spool, or "
		    "--init");
	if (err->text[0] || dsn_parse(opts->mysql, &dsn, err) < 0)
		return STATUS_TROUBLE;
	sig_init_reading();
	int r = opts->init ? schema_init(&dsn, tell, err) : 0;
	if (r == 0 && (opts->spool || opts->operands[0]))
		r = run_import(opts, &dsn, err);
	dsn_free(&dsn);
	return r < 0 ? STATUS_TROUBLE : 0;
}
