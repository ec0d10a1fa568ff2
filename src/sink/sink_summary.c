/* Tables of what calls come to, at the end: -c instead of events, -C beside them. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "report/summary.h"
#include "sink/sink.h"
#include "util/mem.h"
#include "util/out.h"

struct summary_sink {
	struct summary *summary;
	struct out *out; /* NULL: standard error */
	const char *sort_by;
	bool begun; /* there was an event: else nothing is written, and a file stays as it was */
};

static enum sink_wish summary_wanted(const struct opts *opts)
{
	if (opts->summary_only)
		return SINK_ALONE;
	return opts->summary ? SINK_BESIDE : SINK_UNWANTED;
}

static int summary_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	const struct opts *opts = setup->opts;
	struct out *out = NULL;
	if (opts->summary_only && opts->output) {
		int r = out_open(opts->output, opts->append, &out, err);
		if (r < 0)
			return r;
		out_on_wait(out, setup->on_wait, setup->on_wait_arg);
	}
	struct summary_sink *s = mem_alloc(sizeof(*s));
	s->summary = summary_new();
	s->out = out;
	s->sort_by = opts->summary_sort_by;
	*ret = s;
	return 0;
}

static void summary_event(void *state, const struct event *ev)
{
	struct summary_sink *s = state;
	s->begun = true;
	summary_take(s->summary, ev);
}

/* To standard error. As with all output, a reader that goes away is no failure. */
static bool say(struct str text)
{
	while (text.len) {
		ssize_t n = write(STDERR_FILENO, text.s, text.len);
		if (n < 0 && errno != EINTR)
			return errno == EPIPE;
		text.s += n > 0 ? n : 0;
		text.len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool summary_close(void *state)
{
	struct summary_sink *s = state;
	struct buf text = {0};
	bool arrived = true;
	if (s->begun)
		summary_put(s->summary, s->sort_by, s->out ? out_buf(s->out) : &text);
	if (s->out)
		arrived = out_close(s->out) != OUT_FAILED;
	else
		arrived = say(buf_view(&text));
	buf_free(&text);
	summary_free(s->summary);
	free(s);
	return arrived;
}

const struct sink sink_summary = {
    .name = "summary",
    .wanted = summary_wanted,
    .open = summary_open,
    .event = summary_event,
    .close = summary_close,
};
