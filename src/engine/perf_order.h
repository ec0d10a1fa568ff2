/*
 * The kernel's order of changes, where only the ends of calls are seen, and when a mapping was made. Pure.
 *
 * A mapping's record is written while the space is locked: its time is that of the change. All else is known by the
 * end of its call, and what that freed may have been given to another thread before: so calls of a space that
 * several tasks use wait a moment, and one that frees what such a call was given goes before it, if that was in
 * use until then and the two can have run at the same time.
 *
 * Items belong to the caller; the order links them and gives each back once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "decode/effect.h"

/* How long a call of a shared space waits for one that may belong before it, ns. */
#define PERF_ORDER_HOLD UINT64_C(2000000)

/* How long a mapping waits for the end of the call that made it: that may have to fill it first (MAP_POPULATE). */
#define PERF_ORDER_PATIENCE UINT64_C(20000000)

struct perf_item {
	/* Set by the caller. */
	uint64_t time;                  /* ns: of its change, as far as that's known */
	uint64_t before;                /* the call that its task made before ended then; 0: there was none */
	uint64_t space;                 /* which address space; any unique number, 0: none */
	pid_t tid;
	bool shared;                    /* several tasks use that */
	struct span gone[EFFECT_SPANS]; /* what it freed */
	struct span got;                /* what it was given */
	/* The order's own. */
	struct perf_item *prev, *next;
	bool pending; /* it has its place, and isn't known yet */
};

/* What is known of some that went out already. */
#define PERF_ORDER_PAST 4096

struct perf_past {
	uint64_t space;
	struct span gone[EFFECT_SPANS], got;
};

/* {0} is an empty order. */
struct perf_order {
	struct perf_item *first, *last;
	struct perf_past past[PERF_ORDER_PAST];
	unsigned past_n; /* of all so far */
};

/* perf_order_reserve - a mapping (item->got) was made at item->time: its call will have this place. */
void perf_order_reserve(struct perf_order *o, struct perf_item *item);

/* perf_order_fill - it's known now. */
void perf_order_fill(struct perf_item *item);

/* perf_order_remove - there is no such call: take its place away. */
void perf_order_remove(struct perf_order *o, struct perf_item *item);

/* perf_order_add - a call ended, or something else happened, at item->time; all times before were added already. */
void perf_order_add(struct perf_order *o, struct perf_item *item);

/*
 * perf_order_next - the next item that may be told of, where all up to `now` were added; NULL if none may yet. A
 * mapping whose call takes too long is given back, too: it's still `pending`, and will be added as its call ends.
 */
struct perf_item *perf_order_next(struct perf_order *o, uint64_t now);
