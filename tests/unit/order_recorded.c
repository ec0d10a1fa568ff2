/* The order on stops of a real race, recorded: tests/data/stops.txt. */
#include <inttypes.h>
#include <linux/mman.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "engine/order.h"
#include "unit.h"

#define CALLS_MAX 2000
#define PAGE      4096

struct stop_pair {
	struct order_item item; /* first: the order gives back its address */
	int id;
	uint64_t args[6];
	int64_t result;
};

static struct stop_pair calls[CALLS_MAX];
static size_t calls_n;

static void take_line(const char *line)
{
	struct stop_pair *c = &calls[calls_n];
	char name[16];
	unsigned thread;
	uint64_t entered, left, addr, length, new_length, fixed, new_addr, result;
	if (line[0] == '#')
		return;
	ck_assert_uint_lt(calls_n++, CALLS_MAX);
	int n = sscanf(line,
	    "%" SCNu64 " %" SCNu64 " %u %15s %" SCNx64 " %" SCNu64 " %" SCNu64 " %" SCNu64
	    " %" SCNx64 " %" SCNx64,
	    &entered, &left, &thread, name, &addr, &length, &new_length, &fixed, &new_addr,
	    &result);
	ck_assert_int_eq(n, 10);
	memset(c, 0, sizeof(*c));
	c->id = syscalls_by_name(str_of(name));
	c->result = (int64_t)result;
	c->args[0] = addr;
	c->args[1] = length;
	if (c->id == SYS_ID_mmap) {
		c->args[3] = fixed ? MAP_FIXED : 0;
	} else if (c->id == SYS_ID_mremap) {
		c->args[2] = new_length;
		c->args[3] = fixed ? MREMAP_FIXED : 0;
		c->args[4] = new_addr;
	}
	c->item.space = 1;
	c->item.entered = entered;
	c->item.left = left;
	effect_gone(&syscalls[c->id], c->args, 0, c->item.gone);
}

static void load(void)
{
	char line[256];
	FILE *file = fopen("tests/data/stops.txt", "re");
	ck_assert_msg(file != NULL, "tests/data/stops.txt: run from the top of the tree");
	calls_n = 0;
	while (fgets(line, sizeof(line), file))
		take_line(line);
	fclose(file);
}

/* ---- what the log would hold ---- */

static uint64_t lowest, pages_n;
static bool *live;

static void find_bounds(void)
{
	uint64_t highest = 0;
	lowest = UINT64_MAX;
	for (size_t i = 0; i < calls_n; i++) {
		const struct stop_pair *c = &calls[i];
		uint64_t start = c->id == SYS_ID_munmap ? c->args[0] : (uint64_t)c->result;
		uint64_t end = start + (c->id == SYS_ID_mremap ? c->args[2] : c->args[1]);
		lowest = start < lowest ? start : lowest;
		highest = end > highest ? end : highest;
	}
	pages_n = (highest - lowest) / PAGE + 1;
	live = calloc(pages_n, sizeof(*live));
}

static void set_pages(uint64_t start, uint64_t length, bool value)
{
	for (uint64_t at = start; at < start + length; at += PAGE) {
		if (at >= lowest && (at - lowest) / PAGE < pages_n)
			live[(at - lowest) / PAGE] = value;
	}
}

static bool any_live(uint64_t start, uint64_t length)
{
	for (uint64_t at = start; at < start + length; at += PAGE) {
		if (live[(at - lowest) / PAGE])
			return true;
	}
	return false;
}

/* Make one call's change. Returns whether it was given what is live. */
static bool apply(const struct stop_pair *c)
{
	uint64_t length = c->id == SYS_ID_mremap ? c->args[2] : c->args[1];
	bool fixed = c->args[3] & (c->id == SYS_ID_mmap ? MAP_FIXED : MREMAP_FIXED);
	if (c->id != SYS_ID_mmap)
		set_pages(c->args[0], c->args[1], false);
	if (c->id == SYS_ID_munmap)
		return false;
	bool conflict = !fixed && any_live((uint64_t)c->result, length);
	set_pages((uint64_t)c->result, length, true);
	return conflict;
}

START_TEST(as_reaped)
{
	unsigned conflicts = 0;
	load();
	find_bounds();
	for (size_t i = 0; i < calls_n; i++)
		conflicts += apply(&calls[i]);
	ck_assert_uint_eq(calls_n, 1217);
	ck_assert_uint_eq(conflicts, 12); /* so the record is worth its name */
	free(live);
}
END_TEST

static int by_entry(const void *a, const void *b)
{
	const struct stop_pair *const *x = a, *const *y = b;
	return (*x)->item.entered < (*y)->item.entered ? -1 : 1;
}

/* Take what is ready; returns how many of these were given what is live. */
static unsigned drain(struct order *o, size_t *told)
{
	unsigned conflicts = 0;
	for (struct order_item *item; (item = order_next(o)); ++*told)
		conflicts += apply((struct stop_pair *)item);
	return conflicts;
}

START_TEST(as_ordered)
{
	static struct stop_pair *entries[CALLS_MAX];
	struct order o = {0};
	size_t told = 0, entered = 0;
	unsigned conflicts = 0;
	load();
	find_bounds();
	for (size_t i = 0; i < calls_n; i++)
		entries[i] = &calls[i];
	qsort(entries, calls_n, sizeof(entries[0]), by_entry);
	for (size_t i = 0; i < calls_n; i++) { /* these are in the order of their exits */
		struct stop_pair *c = &calls[i];
		for (; entered < calls_n && entries[entered]->item.entered < c->item.left;
		     entered++)
			order_enter(&o, &entries[entered]->item);
		c->item.got = effect_got(&syscalls[c->id], c->args, c->result, 0);
		order_leave(&o, &c->item);
		conflicts += drain(&o, &told);
	}
	ck_assert_uint_eq(told, calls_n);
	ck_assert_uint_eq(conflicts, 0);
	free(live);
}
END_TEST

TEST_SUITE(order_recorded)
{
	TEST(as_reaped);
	TEST(as_ordered);
}
