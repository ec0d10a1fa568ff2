/*
 * clobber: a mapping at a fixed address takes the place of memory that is in use. What was only reserved, what the
 * caller gives back by it, and what a loader lays over parts of the same file, isn't.
 */
#include <linux/mman.h>
#include <sys/mman.h>

#include "audit/say.h"
#include "decode/syscalls.h"

/* Where the call puts something by its caller's wish; empty: nowhere. */
static struct span place_of(const struct event *ev)
{
	uint64_t flags = event_has(ev, F_flags) ? ev->flags.bits : 0;
	switch (ev->call_id) {
	case SYS_ID_mmap:
		if (flags & MAP_FIXED && !(flags & MAP_FIXED_NOREPLACE) && ev->prot.bits)
			return (struct span){ev->addr, ev->addr + ev->length};
		break;
	case SYS_ID_mremap:
		if (flags & MREMAP_FIXED)
			return (struct span){ev->new_addr, ev->new_addr + ev->new_length};
		break;
	default: break;
	}
	return (struct span){0, 0};
}

static bool is_in_use(const struct range *r, const struct event *ev)
{
	if (!(r->is & RANGE_ACCESS))
		return false;
	if (!(r->is & RANGE_FILE))
		return r->is & RANGE_WRITE;
	/* A loader maps a file whole, then its parts over that, and zeroes behind them. */
	bool same = event_has(ev, F_inode) && ev->inode == r->inode && ev->dev == r->dev;
	return event_has(ev, F_inode) && !same;
}

static void before(const struct moment *m)
{
	struct span at = place_of(m->ev);
	struct range *r = at.start < at.end ? space_next(m->space, at.start) : NULL;
	for (; r && r->start < at.end; r = space_next(m->space, r->end)) {
		if (!is_in_use(r, m->ev))
			continue;
		struct buf *words = say_begin(m);
		buf_str(words, STR(" maps over memory in use"));
		say_at(m, r);
		say_call(m);
		buf_str(words, STR("; it was made"));
		say_maker(m, r->born);
		audit_find(m, model_name(m->audit->model, r), r->end - r->start);
		return;
	}
}

const struct rule rule_clobber = {
    .name = "clobber", .what = "a fixed mapping over memory in use", .before = before};
