#include "model/space.h"

#include <stdlib.h>

#include "model/shared.h"
#include "util/mem.h"

static int compare(const struct range *a, const struct range *b)
{
	return a->start < b->start ? -1 : a->start > b->start;
}

RB_GENERATE_INTERNAL(range_tree, range, link, compare, static __attribute__((unused)))

/* ---- what ranges come to ---- */

/* Whether the kernel has two neighbours as one range: what made them doesn't matter. */
static bool is_joined(const struct range *a, const struct range *b)
{
	const unsigned same = RANGE_ACCESS | RANGE_SHARED | RANGE_FILE | RANGE_OBJECT | RANGE_STACK |
	                      RANGE_HEAP | RANGE_NORESERVE | RANGE_HIDDEN | RANGE_GROWS | RANGE_UNFORKED |
	                      RANGE_NAMED;
	if (!a || !b || a->end != b->start || (a->is ^ b->is) & same)
		return false;
	if (a->dev != b->dev || a->inode != b->inode || (a->is & RANGE_NAMED && a->name != b->name))
		return false;
	return !a->inode || a->offset + (a->end - a->start) == b->offset;
}

static bool is_committed(unsigned is)
{
	if (is & RANGE_SHARED)
		return is & RANGE_OBJECT;
	return is & RANGE_WRITTEN && !(is & RANGE_NORESERVE);
}

static bool is_reserved(unsigned is)
{
	if (is & RANGE_SHARED)
		return false;
	if (is & RANGE_NORESERVE)
		return true;
	return !(is & (RANGE_ACCESS | RANGE_WRITTEN | RANGE_FILE | RANGE_OBJECT));
}

/* What is cut in pieces comes and goes several times in turn: that is put together. */
static void note(struct pieces *pieces, uint64_t born, uint64_t bytes)
{
	struct piece *last = pieces->n ? &pieces->v[pieces->n - 1] : NULL;
	if (!last || last->born != born) {
		last = MEM_PUSH(pieces->v, pieces->n, pieces->size);
		*last = (struct piece){.born = born};
	}
	last->bytes = (int64_t)((uint64_t)last->bytes + bytes); /* what traces tell of needn't fit */
	if (!last->bytes)
		pieces->n--;
}

static void count(struct address_space *s, const struct range *r, uint64_t sign)
{
	uint64_t bytes = sign * (r->end - r->start);
	if (r->is & RANGE_HIDDEN)
		return;
	if (s->pieces)
		note(s->pieces, r->born, bytes);
	if (s->shared && r->is & RANGE_SHARED)
		shared_count(s->shared, s->id, r, bytes);
	s->now[METRIC_MAPPED] += bytes;
	s->now[METRIC_COMMITTED] += is_committed(r->is) ? bytes : 0;
	s->now[METRIC_RESERVED] += is_reserved(r->is) ? bytes : 0;
	s->now[METRIC_FILE] += r->is & RANGE_FILE ? bytes : 0;
	s->now[METRIC_SHARED] += r->is & RANGE_SHARED ? bytes : 0;
	s->now[METRIC_EXEC] += r->is & RANGE_EXEC ? bytes : 0;
	s->now[METRIC_STACK] += r->is & RANGE_STACK ? bytes : 0;
	s->now[METRIC_HEAP] += r->is & RANGE_HEAP ? bytes : 0;
	s->now[METRIC_VMAS] += sign;
}

/* How many ranges fewer the kernel has, as `r` and its neighbours are one. */
static uint64_t joints(const struct range *r)
{
	struct range *at = (struct range *)(uintptr_t)r;
	return (uint64_t)is_joined(RB_PREV(range_tree, NULL, at), r) +
	       (uint64_t)is_joined(r, RB_NEXT(range_tree, NULL, at));
}

static void enter(struct address_space *s, struct range *r)
{
	RB_INSERT(range_tree, &s->ranges, r);
	s->n++;
	count(s, r, 1);
	const struct range *before = RB_PREV(range_tree, &s->ranges, r);
	const struct range *after = RB_NEXT(range_tree, &s->ranges, r);
	s->now[METRIC_VMAS] += (uint64_t)is_joined(before, after) - joints(r);
}

static void take_out(struct address_space *s, struct range *r)
{
	const struct range *before = RB_PREV(range_tree, &s->ranges, r);
	const struct range *after = RB_NEXT(range_tree, &s->ranges, r);
	s->now[METRIC_VMAS] += joints(r) - (uint64_t)is_joined(before, after);
	count(s, r, UINT64_MAX);
	RB_REMOVE(range_tree, &s->ranges, r);
	s->n--;
}

/* ---- finding ---- */

struct range *space_next(struct address_space *s, uint64_t address)
{
	struct range *at = RB_ROOT(&s->ranges), *found = NULL;
	while (at) {
		if (at->end > address) {
			found = at;
			at = RB_LEFT(at, link);
		} else {
			at = RB_RIGHT(at, link);
		}
	}
	return found;
}

struct range *space_at(struct address_space *s, uint64_t address)
{
	struct range *r = space_next(s, address);
	return r && r->start <= address ? r : NULL;
}

/* ---- changing ---- */

static struct range *range_new(const struct range *like, uint64_t start, uint64_t end)
{
	struct range *r = mem_alloc(sizeof(*r));
	*r = *like;
	r->start = start;
	r->end = end;
	return r;
}

/* Let a range that begins before `address` and ends behind it be two. */
static void split(struct address_space *s, uint64_t address)
{
	struct range *r = space_at(s, address);
	if (!r || r->start == address)
		return;
	struct range *rest = range_new(r, address, r->end);
	rest->offset += r->inode ? address - r->start : 0;
	take_out(s, r);
	r->end = address;
	enter(s, r);
	enter(s, rest);
}

void space_cut(struct address_space *s, uint64_t start, uint64_t end)
{
	if (start >= end)
		return;
	split(s, start);
	split(s, end);
	for (struct range *r = space_next(s, start), *next; r && r->start < end; r = next) {
		next = RB_NEXT(range_tree, &s->ranges, r);
		take_out(s, r);
		free(r);
	}
}

void space_put(struct address_space *s, uint64_t start, uint64_t end, const struct range *like)
{
	if (start >= end)
		return;
	space_cut(s, start, end);
	enter(s, range_new(like, start, end));
}

static bool is_protected(const struct range *r, unsigned access)
{
	return (r->is & RANGE_ACCESS) == access;
}

void space_protect(
    struct address_space *s, uint64_t start, uint64_t end, unsigned access, uint64_t by)
{
	const struct range *first = space_next(s, start);
	if (start >= end || !first)
		return;
	if (first->start <= start && first->end >= end && is_protected(first, access))
		return; /* nothing changes */
	split(s, start);
	split(s, end);
	for (struct range *r = space_next(s, start), *next; r && r->start < end; r = next) {
		next = RB_NEXT(range_tree, &s->ranges, r);
		if (is_protected(r, access))
			continue;
		take_out(s, r);
		r->is = (r->is & ~(unsigned)RANGE_ACCESS) | access;
		r->is |= access & RANGE_WRITE ? RANGE_WRITTEN : 0;
		r->changed = by;
		enter(s, r);
	}
}

void space_mark(struct address_space *s, uint64_t start, uint64_t end, unsigned set, unsigned clear,
    uint32_t name)
{
	if (start >= end)
		return;
	split(s, start);
	split(s, end);
	for (struct range *r = space_next(s, start), *next; r && r->start < end; r = next) {
		next = RB_NEXT(range_tree, &s->ranges, r);
		take_out(s, r);
		r->is = (r->is & ~clear) | set;
		r->name = name;
		enter(s, r);
	}
}

/* Lists the ranges of [start, end) through `link`'s first word; they aren't in the tree any more. */
struct moved {
	struct range *range;
	struct moved *next;
};

void space_move(struct address_space *s, uint64_t from, uint64_t length, uint64_t to,
    uint64_t new_length, bool keep)
{
	struct moved *first = NULL, **last = &first;
	uint64_t end = from + length;
	if (length) {
		split(s, from);
		split(s, end);
	}
	for (struct range *r = space_next(s, from); r && r->start < end;
	     r = RB_NEXT(range_tree, &s->ranges, r)) {
		struct moved *piece = mem_alloc(sizeof(*piece));
		piece->range = range_new(r, r->start - from + to, r->end - from + to);
		*last = piece;
		last = &piece->next;
	}
	if (!keep)
		space_cut(s, from, end);
	for (struct moved *piece = first, *next; piece; piece = next) {
		struct range *r = piece->range;
		next = piece->next;
		if (!next && new_length > length)
			r->end = to + new_length; /* what grows is the last one */
		if (r->end > to + new_length)
			r->end = to + new_length;
		if (r->start < r->end) {
			space_cut(s, r->start, r->end);
			enter(s, r);
		} else {
			free(r);
		}
		free(piece);
	}
}

/* ---- whole spaces ---- */

struct address_space *space_new(void)
{
	struct address_space *s = mem_alloc(sizeof(*s));
	RB_INIT(&s->ranges);
	return s;
}

struct address_space *space_copy(const struct address_space *s)
{
	struct address_space *copy = space_new();
	struct range *r = RB_MIN(range_tree, (struct range_tree *)(uintptr_t)&s->ranges);
	for (; r; r = RB_NEXT(range_tree, NULL, r)) {
		if (!(r->is & RANGE_UNFORKED))
			enter(copy, range_new(r, r->start, r->end));
	}
	copy->brk = s->brk;
	return copy;
}

void space_share(struct address_space *s, struct shared_memory *shared)
{
	struct range *r = RB_MIN(range_tree, &s->ranges);
	s->shared = shared;
	for (; r; r = RB_NEXT(range_tree, NULL, r)) {
		if (r->is & RANGE_SHARED)
			shared_count(shared, s->id, r, r->end - r->start);
	}
}

void space_free(struct address_space *s)
{
	if (!s)
		return;
	for (struct range *r = RB_MIN(range_tree, &s->ranges), *next; r; r = next) {
		next = RB_NEXT(range_tree, &s->ranges, r);
		RB_REMOVE(range_tree, &s->ranges, r);
		free(r);
	}
	free(s);
}
