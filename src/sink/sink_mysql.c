/* Events as rows of a MySQL database: --mysql. */
#include <stdlib.h>

#include "db/feed.h"
#include "sink/sink.h"
#include "util/mem.h"

struct mysql {
	struct dsn dsn;
	struct feed *feed;
};

static enum sink_wish mysql_wanted(const struct opts *opts)
{
	return opts->mysql != NULL && !opts->subcommand ? SINK_INSTEAD : SINK_UNWANTED;
}

static int mysql_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	struct mysql *m = mem_alloc(sizeof(*m));
	int r = dsn_parse(setup->opts->mysql, &m->dsn, err);
	if (r == 0) {
		struct feed_setup feed = {
		    .dsn = &m->dsn,
		    .spool_limit = setup->opts->spool_limit,
		    .on_wait = setup->on_wait,
		    .on_wait_arg = setup->on_wait_arg,
		};
		r = feed_new(&feed, &m->feed, err);
	}
	if (r < 0) {
		dsn_free(&m->dsn);
		free(m);
		return r;
	}
	*ret = m;
	return 0;
}

static void mysql_event(void *state, const struct event *ev)
{
	struct mysql *m = state;
	feed_event(m->feed, ev);
}

static void mysql_flush(void *state)
{
	struct mysql *m = state;
	feed_flush(m->feed);
}

static const char *mysql_lost(const void *state)
{
	const struct mysql *m = state;
	return feed_lost(m->feed) ? "spool_full" : NULL;
}

static bool mysql_close(void *state)
{
	struct mysql *m = state;
	bool kept = feed_close(m->feed);
	dsn_free(&m->dsn);
	free(m);
	return kept;
}

const struct sink sink_mysql = {
    .name = "mysql",
    .wanted = mysql_wanted,
    .open = mysql_open,
    .event = mysql_event,
    .flush = mysql_flush,
    .lost = mysql_lost,
    .end = mysql_flush,
    .close = mysql_close,
};
