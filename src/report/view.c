#include "report/view.h"

#include <stdlib.h>

#include "decode/syscalls.h"
#include "util/mem.h"

bool view_take(struct view *view, const struct ledger *l, int64_t pid)
{
	struct address_space *space = model_space(l->model, pid);
	view->n = 0;
	if (!space)
		return false;
	for (struct range *r = space_next(space, 0); r; r = space_next(space, r->end))
		*MEM_PUSH(view->v, view->n, view->size) = *r;
	return true;
}

static void put_maker(const struct ledger *l, const char *did, uint64_t number, struct buf *out)
{
	if (number >= l->makers_n)
		return;
	const struct maker *maker = &l->makers[number];
	buf_fmt(out, "%s %.6f", did, (double)maker->elapsed / 1e9);
	if (maker->call_id >= 0)
		buf_fmt(out, " by %s", syscalls[maker->call_id].name);
	else if (maker->type == EVENT_EXEC)
		buf_str(out, STR(" by execve"));
	else if (maker->type == EVENT_ATTACH)
		buf_str(out, STR(" or before"));
	buf_fmt(out, " of tid %lld, seq %llu", (long long)maker->tid, (unsigned long long)maker->seq);
	const struct frame *site = stacks_site(stacks_get(&l->stacks, maker->stack));
	if (!site)
		return;
	buf_str(out, STR(", at "));
	stacks_put_frame(out, site);
}

/* The columns of proc_pid_maps(5); what has no name is told what it's for. */
static void put_range(const struct ledger *l, const struct range *r, struct buf *out)
{
	struct str name = model_name(l->model, r);
	bool named = r->dev != DEV_UNNAMED;
	size_t from = out->len;
	buf_fmt(out, "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu", (unsigned long long)r->start,
	    (unsigned long long)r->end, r->is & RANGE_READ ? 'r' : '-', r->is & RANGE_WRITE ? 'w' : '-',
	    r->is & RANGE_EXEC ? 'x' : '-', r->is & RANGE_SHARED ? 's' : 'p', (unsigned long long)r->offset,
	    named ? (unsigned)(r->dev >> 32) : 0, named ? (unsigned)r->dev : 0,
	    named ? (unsigned long long)r->inode : 0);
	buf_char(out, ' ');
	while (out->len - from < 73)
		buf_char(out, ' ');
	buf_plain(out, name);
	if (!name.len && r->is & RANGE_THREAD_STACK)
		buf_str(out, STR("[thread stack]"));
	if (!name.len && r->is & RANGE_ARENA)
		buf_str(out, STR("[malloc arena]"));
}

static void put_line(const struct ledger *l, const struct range *r, struct buf *out)
{
	put_range(l, r, out);
	put_maker(l, "  # made", r->born, out);
	if (r->changed != r->born)
		put_maker(l, "; protected", r->changed, out);
	buf_char(out, '\n');
}

void view_put(const struct view *view, const struct ledger *l, struct buf *out)
{
	for (size_t i = 0; i < view->n; i++)
		put_line(l, &view->v[i], out);
}

static bool is_same(const struct range *a, const struct range *b)
{
	return a->start == b->start && a->end == b->end && a->is == b->is && a->born == b->born &&
	       a->changed == b->changed && a->offset == b->offset;
}

void view_diff(
    const struct view *before, const struct view *after, const struct ledger *l, struct buf *out)
{
	for (size_t i = 0, j = 0; i < before->n || j < after->n;) {
		bool both = i < before->n && j < after->n;
		if (both && is_same(&before->v[i], &after->v[j])) {
			i++, j++;
		} else if (j == after->n || (both && before->v[i].start <= after->v[j].start)) {
			buf_str(out, STR("- "));
			put_line(l, &before->v[i++], out);
		} else {
			buf_str(out, STR("+ "));
			put_line(l, &after->v[j++], out);
		}
	}
}

void view_free(struct view *view)
{
	free(view->v);
	*view = (struct view){0};
}
