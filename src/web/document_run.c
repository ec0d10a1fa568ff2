#include "decode/syscalls.h"
#include "web/documents.h"
#include "web/put.h"

static void put_calls(const struct live *l, struct buf *out)
{
	put_key(out, "by_call");
	put_open(out, '{');
	for (unsigned i = 0; i < SYSCALLS_COUNT; i++) {
		if (!l->by_call[i])
			continue;
		put_key(out, syscalls[i].name);
		put_open(out, '{');
		put_number(out, "calls", l->by_call[i]);
		put_number(out, "failed", l->failed_by_call[i]);
		put_close(out, '}');
	}
	put_close(out, '}');
}

static void put_tree(const struct live *l, struct buf *out)
{
	uint64_t now[METRICS], peak[METRICS];
	if (!l->model)
		return;
	model_tree(l->model, now, peak);
	put_key(out, "tree");
	put_open(out, '{');
	for (unsigned i = 0; i < METRICS; i++) {
		put_key(out, usage_metric(i).s);
		put_open(out, '{');
		put_number(out, "now", now[i]);
		put_number(out, "peak", peak[i]);
		put_close(out, '}');
	}
	put_close(out, '}');
}

void document_run(struct live *l, bool whole, struct buf *out)
{
	put_key(out, "run");
	put_open(out, '{');
	if (whole)
		put_line(out, "start", buf_view(&l->start));
	put_line(out, "end", buf_view(&l->end));
	put_seconds(out, "now", live_now(l));
	put_number(out, "events", l->events);
	put_number(out, "calls", l->calls);
	put_number(out, "failed", l->failed);
	put_number(out, "lost", l->lost);
	put_number(out, "living", l->roster.living);
	put_number(out, "processes", l->roster.made);
	put_truth(out, "model", l->model != NULL);
	put_calls(l, out);
	put_tree(l, out);
	put_close(out, '}');
}
