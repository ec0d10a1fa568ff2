/*
 * The kernel's order of changes, as far as it can be known. Pure: no clock, no I/O.
 *
 * A tracer sees calls end in another order than the kernel made their changes: a munmap is done
 * long before its exit is seen, and meanwhile another thread is given the range. So a call that
 * ended waits here while an unfinished one of the same space, begun earlier, may have freed what it
 * was given. And as a call that ended before another began was first in the kernel too, whatever
 * began after a waiting one ended waits behind it. Only records wait, never tasks.
 *
 * Items belong to the caller; the order links them and gives each back exactly once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "decode/effect.h"

enum order_state { ORDER_RUNNING, ORDER_HELD, ORDER_READY };

struct order_item {
	/* Set by the caller. */
	uint64_t space;                 /* which address space; any unique number */
	uint64_t entered, left;         /* ns on one clock */
	struct span gone[EFFECT_SPANS]; /* what it may free while it runs */
	struct span named;              /* what its caller wants it to change (effect_named) */
	struct span got;                /* what it was given, set when it has ended */
	/* The order's own. */
	struct order_item *prev, *next;
	uint64_t bound; /* its change was made before this moment */
	bool awaited;   /* something that is held waits for it */
	bool point;     /* it's no call */
	/*
	 * Out, when it has ended: it and one that ran at the same time are about the same addresses, as their
	 * callers wanted, and nothing tells which was first. What they made isn't known, then.
	 */
	bool contested;
	enum order_state state;
};

struct order_list {
	struct order_item *first, *last;
};

/* {0} is an empty order. */
struct order {
	struct order_list running, held, ready;
	bool tightened; /* a bound, while held items were looked at */
};

/* order_enter - a call has begun: space, entered, gone and named are set. */
void order_enter(struct order *o, struct order_item *item);

/* order_leave - it has ended: left and got are set. */
void order_leave(struct order *o, struct order_item *item);

/* order_point - something without a beginning happened at `left` (a fork, an exec, an exit). */
void order_point(struct order *o, struct order_item *item);

/* order_forget - a call that was entered will not be told of: take it out. */
void order_forget(struct order *o, struct order_item *item);

/*
 * order_last - the call of `space` that will come out after all others of it which have begun so far; NULL while
 * one of them runs or is held.
 */
struct order_item *order_last(const struct order *o, uint64_t space);

/* order_next - the next item that may be told of, or NULL if none may yet. */
struct order_item *order_next(struct order *o);
