/*
 * Any schedule of calls: each item comes out once, and what ended before another began comes first.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/order.h"

#define TASKS 8
#define ITEMS 256

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct run {
	struct order order;
	struct order_item items[ITEMS];
	unsigned made, out;
	uint64_t latest; /* the latest beginning of what is out */
};

static void take_ready(struct run *r)
{
	struct order_item *item;
	while ((item = order_next(&r->order))) {
		if (item->left < r->latest)
			abort();
		if (item->entered > r->latest)
			r->latest = item->entered;
		item->left = UINT64_MAX; /* a second time would be told by nothing else */
		r->out++;
	}
}

static struct span span_of(uint8_t byte)
{
	uint64_t start = byte >> 4;
	return (struct span){start, start + (byte & 3)};
}

/* Two bytes a step: which task, what it does; and where. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct run r;
	struct order_item *running[TASKS] = {0};
	uint64_t now = 1;
	memset(&r, 0, sizeof(r));
	for (size_t i = 0; i + 1 < size && r.made < ITEMS; i += 2, now++) {
		struct order_item **task = &running[data[i] % TASKS];
		if (*task) {
			(*task)->left = now;
			(*task)->got = span_of(data[i + 1]);
			order_leave(&r.order, *task);
			*task = NULL;
		} else {
			*task = &r.items[r.made++];
			(*task)->space = data[i] >> 7;
			(*task)->entered = now;
			(*task)->gone[data[i] >> 4 & 1] = span_of(data[i + 1]);
			order_enter(&r.order, *task);
		}
		take_ready(&r);
	}
	for (unsigned t = 0; t < TASKS; t++, now++) {
		if (!running[t])
			continue;
		running[t]->left = now;
		order_leave(&r.order, running[t]);
		take_ready(&r);
	}
	if (r.out != r.made)
		abort();
	return 0;
}
