#include "engine/perf_order.h"

#include <stddef.h>

/* Who frees what another just mapped has to be told of it, which takes longer than this, ns. */
#define HANDOVER 20000

static void link_behind(struct perf_order *o, struct perf_item *before, struct perf_item *item)
{
	item->prev = before;
	item->next = before ? before->next : o->first;
	if (item->next)
		item->next->prev = item;
	else
		o->last = item;
	if (before)
		before->next = item;
	else
		o->first = item;
}

void perf_order_remove(struct perf_order *o, struct perf_item *item)
{
	if (item->prev)
		item->prev->next = item->next;
	else
		o->first = item->next;
	if (item->next)
		item->next->prev = item->prev;
	else
		o->last = item->prev;
}

void perf_order_reserve(struct perf_order *o, struct perf_item *item)
{
	item->pending = true;
	link_behind(o, o->last, item);
}

void perf_order_fill(struct perf_item *item)
{
	item->pending = false;
}

static bool frees(const struct span gone[EFFECT_SPANS], struct span s)
{
	bool any = false;
	for (unsigned i = 0; i < EFFECT_SPANS; i++)
		any |= span_overlaps(gone[i], s);
	return any;
}

/* Whether `later`, which ended after it, may have freed what `item` was given. */
static bool may_come_before(const struct perf_item *later, const struct perf_item *item)
{
	return item->space == later->space && item->tid != later->tid && frees(later->gone, item->got);
}

enum use { USE_UNKNOWN, USE_FREE, USE_MAPPED };

static enum use use_of(
    uint64_t space, struct span s, uint64_t its, const struct span gone[EFFECT_SPANS], struct span got)
{
	if (its != space)
		return USE_UNKNOWN;
	if (span_overlaps(got, s))
		return USE_MAPPED;
	return frees(gone, s) ? USE_FREE : USE_UNKNOWN;
}

/* What was at a part of the range of `item` when it was given that. */
static enum use find_use(const struct perf_order *o, const struct perf_item *item, struct span part)
{
	enum use use = USE_UNKNOWN;
	for (const struct perf_item *other = item->prev; other && !use; other = other->prev)
		use = use_of(item->space, part, other->space, other->gone, other->got);
	unsigned n = o->past_n < PERF_ORDER_PAST ? o->past_n : PERF_ORDER_PAST;
	for (unsigned i = 1; i <= n && !use; i++) {
		const struct perf_past *past = &o->past[(o->past_n - i) % PERF_ORDER_PAST];
		use = use_of(item->space, part, past->space, past->gone, past->got);
	}
	return use;
}

static bool frees_any(const struct perf_item *item)
{
	bool any = false;
	for (unsigned i = 0; i < EFFECT_SPANS; i++)
		any |= item->gone[i].start != item->gone[i].end;
	return any;
}

/* What of `s` is among those first. */
static struct span common(const struct span gone[EFFECT_SPANS], struct span s)
{
	for (unsigned i = 0; i < EFFECT_SPANS; i++) {
		if (!span_overlaps(gone[i], s))
			continue;
		s.start = gone[i].start > s.start ? gone[i].start : s.start;
		s.end = gone[i].end < s.end ? gone[i].end : s.end;
		break;
	}
	return s;
}

/* Whether `other` was given what `item` freed, and not the other way round. */
static bool is_receiver(const struct perf_order *o, const struct perf_item *item, const struct perf_item *other)
{
	if (!may_come_before(item, other))
		return false;
	enum use use = find_use(o, other, common(item->gone, other->got));
	return use == USE_UNKNOWN ? item->time - other->time < HANDOVER : use == USE_MAPPED;
}

/* The oldest call that `item` has freed its range for, while both ran. */
static struct perf_item *find_receiver(const struct perf_order *o, const struct perf_item *item)
{
	uint64_t since = item->time > PERF_ORDER_HOLD ? item->time - PERF_ORDER_HOLD : 0;
	struct perf_item *found = NULL;
	since = item->before > since ? item->before : since;
	for (struct perf_item *other = o->last; other && other->time > since; other = other->prev) {
		if (is_receiver(o, item, other))
			found = other;
	}
	return found;
}

/* Who freed what `item` was given goes with it, to before `place`. */
static void bring_along(struct perf_order *o, const struct perf_item *item, struct perf_item *place)
{
	for (struct perf_item *other = place->next, *next; other; other = next) {
		next = other->next;
		if (!may_come_before(other, item))
			continue;
		perf_order_remove(o, other);
		link_behind(o, place->prev, other);
	}
}

void perf_order_add(struct perf_order *o, struct perf_item *item)
{
	item->pending = false;
	struct perf_item *receiver = item->shared && frees_any(item) ? find_receiver(o, item) : NULL;
	if (receiver)
		bring_along(o, item, receiver);
	link_behind(o, receiver ? receiver->prev : o->last, item);
}

static void remember(struct perf_order *o, const struct perf_item *item)
{
	struct perf_past *past = &o->past[o->past_n++ % PERF_ORDER_PAST];
	*past = (struct perf_past){.space = item->space, .got = item->got};
	for (unsigned i = 0; i < EFFECT_SPANS; i++)
		past->gone[i] = item->gone[i];
}

struct perf_item *perf_order_next(struct perf_order *o, uint64_t now)
{
	struct perf_item *item = o->first;
	if (!item)
		return NULL;
	uint64_t wait = item->pending ? PERF_ORDER_PATIENCE : item->shared ? PERF_ORDER_HOLD : 0;
	if (now < item->time || now - item->time < wait)
		return NULL;
	perf_order_remove(o, item);
	if (item->space && !item->pending)
		remember(o, item);
	return item;
}
