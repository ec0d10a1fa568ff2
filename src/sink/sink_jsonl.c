/* Events as JSON lines, to standard output or -o. */
#include <stdlib.h>

#include "sink/lines.h"
#include "trace/writer.h"
#include "util/mem.h"

struct jsonl {
	struct lines lines;
	struct writer writer;
};

static int jsonl_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	struct jsonl *s = mem_alloc(sizeof(*s));
	int r = lines_open(&s->lines, setup, err);
	if (r < 0) {
		free(s);
		return r;
	}
	*ret = s;
	return 0;
}

static void jsonl_event(void *state, const struct event *ev)
{
	struct jsonl *s = state;
	struct buf *out = lines_begin(&s->lines, ev);
	if (!out)
		return;
	writer_put(&s->writer, ev, out);
	lines_done(&s->lines);
}

static bool jsonl_close(void *state)
{
	struct jsonl *s = state;
	bool arrived = lines_shut(&s->lines);
	writer_free(&s->writer);
	free(s);
	return arrived;
}

const struct sink sink_jsonl = {
    .name = "jsonl",
    .open = jsonl_open,
    .event = jsonl_event,
    .flush = lines_flush,
    .lost = lines_lost,
    .over = lines_over,
    .end = lines_end,
    .close = jsonl_close,
};
