#include "sink/lines.h"

int lines_open(struct lines *lines, const struct sink_setup *setup, struct err *err)
{
	const char *output = setup->opts->output ? setup->opts->output : "-";
	int r = out_open(output, setup->opts->append, &lines->out, err);
	if (r == 0)
		out_on_wait(lines->out, setup->on_wait, setup->on_wait_arg);
	return r;
}

struct buf *lines_begin(struct lines *lines, const struct event *ev)
{
	enum out_state now = out_state(lines->out);
	if (now == OUT_CLOSED || (now == OUT_FAILED && ev->type != EVENT_END))
		return NULL;
	return out_buf(lines->out);
}

void lines_done(struct lines *lines)
{
	if (out_state(lines->out) == OUT_FAILED)
		out_last(lines->out);
	else
		out_line(lines->out);
}

bool lines_shut(struct lines *lines)
{
	return out_close(lines->out) != OUT_FAILED;
}

void lines_flush(void *state)
{
	struct lines *lines = state;
	out_flush(lines->out);
}

void lines_end(void *state)
{
	struct lines *lines = state;
	out_end(lines->out);
}

const char *lines_lost(const void *state)
{
	const struct lines *lines = state;
	return out_state(lines->out) == OUT_FAILED ? "output_truncated" : NULL;
}

bool lines_over(const void *state)
{
	const struct lines *lines = state;
	return out_state(lines->out) != OUT_GOOD;
}
