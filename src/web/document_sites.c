#include <stdlib.h>

#include "decode/syscalls.h"
#include "web/documents.h"
#include "web/put.h"

static void put_frame(const struct frame *frame, struct buf *out)
{
	struct buf words = {0};
	stacks_put_frame(&words, frame);
	put_next(out);
	json_put_text(out, buf_view(&words));
	buf_free(&words);
}

static void put_stack(struct frame_list stack, struct buf *out)
{
	if (!stack.n)
		return;
	put_key(out, "stack");
	put_open(out, '[');
	for (size_t i = 0; i < stack.n && i < 64; i++)
		put_frame(&stack.v[i], out);
	put_close(out, ']');
}

static void put_site(const struct sites *s, const struct group *group, struct buf *out)
{
	struct buf words = {0};
	sites_put(s, group, &words);
	put_open(out, '{');
	put_text(out, "site", buf_view(&words));
	if (group->name)
		put_text(out, "comm", intern_text(&s->texts, group->name));
	if (group->call_id >= 0)
		put_text(out, "call", str_of(syscalls[group->call_id].name));
	put_number(out, "calls", group->calls);
	put_number(out, "failed", group->failed);
	put_number(out, "mapped", group->mapped);
	put_number(out, "live", group->live);
	put_number(out, "peak", group->peak);
	put_seconds(out, "first", group->first);
	put_seconds(out, "last", group->last);
	put_stack(stacks_get(&s->stacks, group->stack), out);
	put_close(out, '}');
	buf_free(&words);
}

void document_sites(struct live *l, enum document_order order, unsigned limit, struct buf *out)
{
	static const size_t offsets[] = {[BY_LIVE] = offsetof(struct group, live),
	    [BY_MAPPED] = offsetof(struct group, mapped),
	    [BY_CALLS] = offsetof(struct group, calls),
	    [BY_FAILED] = offsetof(struct group, failed)};
	uint32_t *sorted = groups_sort(&l->sites.groups, offsets[order]);
	put_key(out, "sites");
	put_open(out, '[');
	for (size_t i = 0; i < l->sites.groups.n && i < limit; i++)
		put_site(&l->sites, &l->sites.groups.v[sorted[i]], out);
	put_close(out, ']');
	put_number(out, "sites_all", l->sites.groups.n);
	free(sorted);
}

void document_history(struct live *l, struct member *m, uint64_t address, unsigned limit, struct buf *out)
{
	const struct history *h = l->history;
	uint64_t space = m->space ? m->space : m->had;
	put_key(out, "history");
	put_open(out, '[');
	for (size_t i = 0; h && i < h->n && limit; i++) {
		const struct deed *deed = history_back(h, i);
		if (deed->space != space)
			continue;
		if (deed->kind == DEED_FORKED)
			space = deed->from;
		else if (address < deed->start || address >= deed->end)
			continue;
		limit--;
		struct buf words = {0};
		history_put(h, deed, &words);
		put_open(out, '{');
		put_number(out, "seq", deed->seq);
		put_seconds(out, "elapsed", deed->elapsed);
		put_text(out, "what", buf_view(&words));
		if (deed->kind != DEED_FORKED) {
			put_hex(out, "start", deed->start);
			put_number(out, "length", deed->end - deed->start);
		}
		put_stack(history_stack(h, deed->stack), out);
		put_close(out, '}');
		buf_free(&words);
	}
	put_close(out, ']');
}

void document_findings(struct live *l, uint64_t *after, struct buf *out)
{
	static const struct tail_filter all = {0};
	put_key(out, "findings");
	put_open(out, '[');
	tail_select(&l->findings, *after, &all, UINT32_MAX, UINT32_MAX, ",", out);
	put_close(out, ']');
	put_number(out, "findings_all", l->findings.n);
	*after = l->findings.n;
}
