/* The report as folded stacks, which flame graphs are made of. */
#include "decode/syscalls.h"
#include "report/report.h"

/* A semicolon is between frames, and a line's last blank before its number. */
static void put_part(struct buf *out, struct str text)
{
	size_t from = out->len;
	buf_plain(out, text);
	for (size_t i = from; i < out->len; i++)
		out->data[i] = out->data[i] == ';' ? ':' : out->data[i];
}

static void put_frames(const struct ledger *l, const struct group *group, struct buf *out)
{
	struct frame_list frames = stacks_get(&l->stacks, group->stack);
	struct buf text = {0};
	for (size_t i = frames.n; i-- > 0;) {
		text.len = 0;
		stacks_put_frame(&text, &frames.v[i]);
		buf_char(out, ';');
		put_part(out, buf_view(&text));
	}
	buf_free(&text);
}

static void put_call(const struct ledger *l, const struct group *group, struct buf *out)
{
	struct buf text = {0};
	buf_char(out, ';');
	if (group->stack)
		buf_str(&text, str_of(syscalls[group->call_id].name));
	else
		ledger_name(l, group, &text);
	put_part(out, buf_view(&text));
	buf_free(&text);
}

void report_folded(const struct ledger *l, enum folded value, struct buf *out)
{
	for (size_t i = 0; i < l->groups.n; i++) {
		const struct group *group = &l->groups.v[i];
		uint64_t bytes = value == FOLDED_MAPPED ? group->mapped
		                 : value == FOLDED_LIVE ? group->live
		                                        : group->churn;
		if (!bytes)
			continue;
		put_part(out, ledger_text(l, group->name));
		put_frames(l, group, out);
		put_call(l, group, out);
		buf_fmt(out, " %llu\n", (unsigned long long)bytes);
	}
}
