/* Events as lines for people, to standard output or -o. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sink/lines.h"
#include "trace/text.h"
#include "util/mem.h"

struct text_sink {
	struct lines lines;
	struct text text;
};

/* On a terminal, unless its user wants none: https://no-color.org has it so. */
static bool wants_colour(const struct opts *opts)
{
	const char *none = getenv("NO_COLOR");
	bool standard = !opts->output || strcmp(opts->output, "-") == 0;
	if (strcmp(opts->color, "auto") != 0)
		return strcmp(opts->color, "always") == 0;
	return standard && isatty(STDOUT_FILENO) && !(none && *none);
}

static int text_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	struct text_sink *s = mem_alloc(sizeof(*s));
	int r = lines_open(&s->lines, setup, err);
	if (r < 0) {
		free(s);
		return r;
	}
	s->text.colour = wants_colour(setup->opts);
	*ret = s;
	return 0;
}

static void text_event(void *state, const struct event *ev)
{
	struct text_sink *s = state;
	struct buf *out = lines_begin(&s->lines, ev);
	if (!out)
		return;
	text_put(&s->text, ev, out);
	lines_done(&s->lines);
}

static bool text_close(void *state)
{
	struct text_sink *s = state;
	bool arrived = lines_shut(&s->lines);
	free(s);
	return arrived;
}

const struct sink sink_text = {
    .name = "text",
    .open = text_open,
    .event = text_event,
    .flush = lines_flush,
    .lost = lines_lost,
    .over = lines_over,
    .end = lines_end,
    .close = text_close,
};
