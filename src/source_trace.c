/* Recorded traces as a source of events. */
#include <errno.h>
#include <stdlib.h>

#include "source.h"
#include "trace/reader.h"
#include "util/mem.h"

struct trace {
	struct source source;
	char *const *paths; /* not opened yet; ends with NULL */
	struct reader *reader;
	bool limited;
	uint64_t time, elapsed; /* of the last event */
	struct event end;
};

static int trace_open_next(struct trace *t, struct err *err)
{
	reader_close(t->reader);
	t->reader = NULL;
	int r = *t->paths ? reader_open(*t->paths++, &t->reader, err) : 0;
	if (t->reader)
		reader_heed_ticks(t->reader);
	return r;
}

/* The end that a trace cut short by --limit gets. */
static void make_end(struct trace *t)
{
	static const struct str reasons[] = {STR_INIT("limit_reached")};
	event_init(&t->end, EVENT_END);
	EVENT_SET(&t->end, time, t->time);
	EVENT_SET(&t->end, elapsed, t->elapsed);
	EVENT_SET(&t->end, lost, 0);
	EVENT_SET(&t->end, coverage, STR("partial"));
	EVENT_SET(&t->end, reasons, (struct str_list){reasons, 1});
}

static int trace_next(struct source *s, struct event **ret, struct err *err)
{
	struct trace *t = (struct trace *)s;
	if (t->limited && t->reader) {
		reader_close(t->reader);
		t->reader = NULL;
		make_end(t);
		*ret = &t->end;
		return SOURCE_EVENT;
	}
	while (t->reader) {
		int r = reader_next(t->reader, ret, err);
		if (r < 0)
			return r == -EINTR ? SOURCE_QUIET : r;
		if (r > 0) {
			t->time = (*ret)->time;
			t->elapsed = event_has(*ret, F_elapsed) ? (*ret)->elapsed : 0;
			return SOURCE_EVENT;
		}
		r = trace_open_next(t, err);
		if (r < 0)
			return r;
	}
	return SOURCE_DONE;
}

static void trace_limit(struct source *s, enum source_limit limit)
{
	((struct trace *)s)->limited |= limit != SOURCE_LIMIT_SINKS;
}

static bool trace_restless(const struct source *s)
{
	(void)s;
	return false;
}

static bool trace_waiting(struct source *s)
{
	(void)s;
	return false;
}

static int trace_finish(struct source *s, struct err *err)
{
	(void)s, (void)err;
	return 0;
}

static void trace_outcome(const struct source *s, struct outcome *ret)
{
	(void)s;
	*ret = (struct outcome){0};
}

static void trace_close(struct source *s)
{
	struct trace *t = (struct trace *)s;
	reader_close(t->reader);
	free(t);
}

int source_trace(const struct opts *opts, struct source **ret, struct err *err)
{
	static const struct source_ops ops = {
	    .next = trace_next,
	    .limit = trace_limit,
	    .restless = trace_restless,
	    .waiting = trace_waiting,
	    .finish = trace_finish,
	    .outcome = trace_outcome,
	    .close = trace_close,
	};
	struct trace *t = mem_alloc(sizeof(*t));
	t->source.ops = &ops;
	t->paths = opts->operands;
	int r = trace_open_next(t, err);
	if (r < 0) {
		free(t);
		return r;
	}
	*ret = &t->source;
	return 0;
}
