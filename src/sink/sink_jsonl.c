/* Events as JSON lines, to standard output or -o. */
#include <stdlib.h>

#include "sink/sink.h"
#include "trace/writer.h"
#include "util/mem.h"
#include "util/out.h"

struct jsonl {
	struct writer writer;
	struct out *out;
};

static int jsonl_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	struct jsonl *j = mem_alloc(sizeof(*j));
	const char *output = setup->opts->output ? setup->opts->output : "-";
	int r = out_open(output, setup->opts->append, &j->out, err);
	if (r < 0) {
		free(j);
		return r;
	}
	out_on_wait(j->out, setup->on_wait, setup->on_wait_arg);
	*ret = j;
	return 0;
}

static void jsonl_event(void *state, const struct event *ev)
{
	struct jsonl *j = state;
	enum out_state now = out_state(j->out);
	if (now == OUT_CLOSED || (now == OUT_FAILED && ev->type != EVENT_END))
		return;
	writer_put(&j->writer, ev, out_buf(j->out));
	if (now == OUT_FAILED)
		out_last(j->out);
	else
		out_line(j->out);
}

static void jsonl_flush(void *state)
{
	struct jsonl *j = state;
	out_flush(j->out);
}

static void jsonl_end(void *state)
{
	struct jsonl *j = state;
	out_end(j->out);
}

static const char *jsonl_lost(const void *state)
{
	const struct jsonl *j = state;
	return out_state(j->out) == OUT_FAILED ? "output_truncated" : NULL;
}

static bool jsonl_over(const void *state)
{
	const struct jsonl *j = state;
	return out_state(j->out) != OUT_GOOD;
}

static bool jsonl_close(void *state)
{
	struct jsonl *j = state;
	enum out_state end = out_close(j->out);
	writer_free(&j->writer);
	free(j);
	return end != OUT_FAILED;
}

const struct sink sink_jsonl = {
    .name = "jsonl",
    .open = jsonl_open,
    .event = jsonl_event,
    .flush = jsonl_flush,
    .lost = jsonl_lost,
    .over = jsonl_over,
    .end = jsonl_end,
    .close = jsonl_close,
};
