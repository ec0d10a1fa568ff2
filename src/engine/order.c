#include "engine/order.h"

#include <stdbool.h>
#include <stddef.h>

static void list_add(struct order_list *list, struct order_item *item)
{
	item->prev = list->last;
	item->next = NULL;
	if (list->last)
		list->last->next = item;
	else
		list->first = item;
	list->last = item;
}

static void list_remove(struct order_list *list, struct order_item *item)
{
	if (item->prev)
		item->prev->next = item->next;
	else
		list->first = item->next;
	if (item->next)
		item->next->prev = item->prev;
	else
		list->last = item->prev;
}

/* Whether `earlier` may have freed what `later` was given. */
static bool may_have_freed(const struct order_item *earlier, const struct order_item *later)
{
	if (earlier->space != later->space || earlier->entered >= later->bound)
		return false;
	for (unsigned i = 0; i < EFFECT_SPANS; i++) {
		if (span_overlaps(earlier->gone[i], later->got))
			return true;
	}
	return false;
}

/*
 * `earlier` must come out before `item`, so its change was made before item's. That bounds it: what
 * began after that moment can't be anything that it in turn waits for.
 */
static void bound(struct order *o, struct order_item *earlier, const struct order_item *item)
{
	earlier->awaited = true;
	if (item->bound >= earlier->bound)
		return;
	earlier->bound = item->bound;
	o->tightened = true;
}

/* Whether an unfinished call must come out before `item`. */
static bool waits_for_running(struct order *o, const struct order_item *item)
{
	bool waits = false;
	for (struct order_item *c = o->running.first; c; c = c->next) {
		if (!may_have_freed(c, item))
			continue;
		bound(o, c, item);
		waits = true;
	}
	return waits;
}

/*
 * Whether what is held first, which is what ended first, ended before `item` began. Then item waits for
 * it, whatever else there is.
 */
static bool is_preceded(const struct order *o, const struct order_item *item)
{
	const struct order_item *first = o->held.first;
	return first && first != item && first->left < item->entered;
}

/* Whether a held call must come out before `item`. */
static bool waits_for_held(struct order *o, const struct order_item *item)
{
	bool waits = is_preceded(o, item);
	/* They stand in the order in which they ended. */
	for (struct order_item *h = o->held.last; h && h->left >= item->entered; h = h->prev) {
		if (h != item && may_have_freed(h, item) && !may_have_freed(item, h)) {
			bound(o, h, item);
			waits = true;
		}
	}
	return waits;
}

/* Both are asked: each may tighten bounds. What was given nothing was given nothing of theirs. */
static bool waits(struct order *o, const struct order_item *item)
{
	if (item->got.start == item->got.end)
		return is_preceded(o, item);
	bool running = waits_for_running(o, item);
	return waits_for_held(o, item) || running;
}

static void make_ready(struct order *o, struct order_item *item)
{
	item->state = ORDER_READY;
	list_add(&o->ready, item);
}

/*
 * Let go what waits for nothing any more. Returns whether another look is worth it: some went, or a
 * bound was tightened, by which others may wait for less.
 */
static bool release_free(struct order *o)
{
	bool any = false;
	o->tightened = false;
	for (struct order_item *h = o->held.first, *next; h; h = next) {
		next = h->next;
		/* The bounds that a preceded one sets were set when it was held. */
		if (is_preceded(o, h) || waits(o, h))
			continue;
		list_remove(&o->held, h);
		make_ready(o, h);
		any = true;
	}
	return any || o->tightened;
}

/*
 * Calls that moved ranges onto each other's can wait in a ring, where no order is right or wrong.
 * It shows when all that ran as the oldest of them ended is out: then the oldest goes first.
 */
static bool release_ring(struct order *o)
{
	struct order_item *oldest = o->held.first;
	for (const struct order_item *c = o->running.first; c; c = c->next) {
		if (c->entered <= oldest->left)
			return false;
	}
	list_remove(&o->held, oldest);
	make_ready(o, oldest);
	return true;
}

static void release(struct order *o)
{
	while (o->held.first && (release_free(o) || release_ring(o)))
		;
}

void order_enter(struct order *o, struct order_item *item)
{
	item->state = ORDER_RUNNING;
	item->bound = UINT64_MAX;
	item->awaited = item->point = item->contested = false;
	list_add(&o->running, item);
}

static void settle(struct order *o, struct order_item *item)
{
	if (item->left < item->bound)
		item->bound = item->left;
	o->tightened = false;
	if (waits(o, item)) {
		item->state = ORDER_HELD;
		list_add(&o->held, item);
	} else {
		make_ready(o, item);
	}
	/* Only what somebody waits for, or what the oldest's ring may end with, lets anything go. */
	const struct order_item *oldest = o->held.first;
	if (oldest && (item->awaited || o->tightened || item->entered <= oldest->left))
		release(o);
}

/* Whether a call is to free or to change anything of `s`. */
static bool is_about(const struct order_item *item, struct span s)
{
	bool any = span_overlaps(item->named, s);
	for (unsigned i = 0; i < EFFECT_SPANS; i++)
		any |= span_overlaps(item->gone[i], s);
	return any;
}

/*
 * Whether a call that runs and `item`, which ended, may have been the other way round as well. What was given by
 * the kernel was free: who freed it was first. But if both callers chose the addresses, or one chose what the
 * other was given, all that tells is when one's change was made at the latest.
 */
static bool is_contest(const struct order_item *running, const struct order_item *item)
{
	if (running->space != item->space || running->bound <= item->entered ||
	    item->bound <= running->entered)
		return false;
	bool any = is_about(running, item->named) || span_overlaps(running->named, item->got);
	for (unsigned i = 0; i < EFFECT_SPANS; i++)
		any |= is_about(running, item->gone[i]);
	return any;
}

static void find_contest(const struct order *o, struct order_item *item)
{
	const struct order_item *c = o->running.first;
	while (c && !is_contest(c, item))
		c = c->next;
	item->contested = c;
}

void order_leave(struct order *o, struct order_item *item)
{
	list_remove(&o->running, item);
	find_contest(o, item);
	settle(o, item);
}

void order_point(struct order *o, struct order_item *item)
{
	item->entered = item->left;
	item->bound = item->left;
	item->awaited = false;
	item->point = true;
	item->contested = false;
	item->gone[0] = item->gone[1] = item->got = item->named = (struct span){0, 0};
	settle(o, item);
}

void order_forget(struct order *o, struct order_item *item)
{
	list_remove(&o->running, item);
	release(o);
}

/* The last call of `space` in a list, or NULL. */
static struct order_item *last_of(const struct order_list *list, uint64_t space)
{
	struct order_item *item = list->last;
	while (item && (item->point || item->space != space))
		item = item->prev;
	return item;
}

struct order_item *order_last(const struct order *o, uint64_t space)
{
	if (last_of(&o->running, space) || last_of(&o->held, space))
		return NULL;
	return last_of(&o->ready, space);
}

struct order_item *order_next(struct order *o)
{
	struct order_item *item = o->ready.first;
	if (item)
		list_remove(&o->ready, item);
	return item;
}
