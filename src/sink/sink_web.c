/* A run as a live page: --serve. */
#include <poll.h>
#include <stdlib.h>

#include "sink/sink.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/sig.h"
#include "web/server.h"

struct web {
	const struct opts *opts;
	struct runs runs;
	struct server *server;
	struct model *model;
	const struct history *history;
	struct live *live; /* NULL: the run hasn't begun */
};

static enum sink_wish web_wanted(const struct opts *opts)
{
	return opts->serve && !opts->subcommand ? SINK_INSTEAD : SINK_UNWANTED;
}

static int web_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	const struct opts *opts = setup->opts;
	struct web *w = mem_alloc(sizeof(*w));
	struct server_setup server = {.address = opts->serve,
	    .token_file = opts->serve_token_file,
	    .hosts = opts->serve_host.v,
	    .hosts_n = (unsigned)opts->serve_host.n};
	w->opts = opts;
	runs_init(&w->runs);
	int r = server_new(&server, &w->runs, &w->server, err);
	if (r < 0) {
		runs_free(&w->runs);
		free(w);
		return r;
	}
	*ret = w;
	return 0;
}

static void web_begin(void *state, struct model *model, const struct history *history)
{
	struct web *w = state;
	struct err err = {.status = 0};
	w->model = model;
	w->history = history;
	if (model)
		model_watch(model);
	if (server_start(w->server, &err) < 0)
		log_error("%s; the trace goes on without it", err.text);
	else
		log_error("live page: %s", server_url(w->server));
}

static void web_hold(void *state)
{
	struct web *w = state;
	if (w->live)
		live_hold(w->live);
}

static void web_release(void *state)
{
	struct web *w = state;
	if (w->live)
		live_release(w->live);
}

static void web_change(void *state, const struct event *ev, const struct change *change)
{
	struct web *w = state;
	if (w->live)
		live_change(w->live, ev, change);
}

/* The run is to be seen with its start. */
static void begin_run(struct web *w, const struct event *start)
{
	w->live = live_new(start, w->model, w->history, true);
	live_event(w->live, start);
	runs_add(&w->runs, w->live);
}

static void web_event(void *state, const struct event *ev)
{
	struct web *w = state;
	if (!w->live) {
		if (ev->type == EVENT_START)
			begin_run(w, ev);
		return;
	}
	live_hold(w->live);
	live_event(w->live, ev);
	live_release(w->live);
}

static void wait_for_stop(void)
{
	int last;
	log_error("the trace has ended, the page stays; ^C ends it");
	while (!sig_interrupts() && !sig_stops(&last))
		poll(NULL, 0, 100);
}

static bool web_close(void *state)
{
	struct web *w = state;
	if (w->live && w->opts->serve_wait)
		wait_for_stop();
	server_stop(w->server);
	if (w->live)
		runs_drop(&w->runs, w->live);
	runs_free(&w->runs);
	free(w);
	return true;
}

const struct sink sink_web = {
    .name = "web",
    .wanted = web_wanted,
    .open = web_open,
    .begin = web_begin,
    .hold = web_hold,
    .release = web_release,
    .change = web_change,
    .event = web_event,
    .close = web_close,
};
