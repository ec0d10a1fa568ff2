/* src/engine/order.c: calls whose order nobody can tell */
#include <linux/mman.h>
#include <sys/mman.h>

#include "engine/order.h"
#include "unit.h"

#define NONE ((struct span){0, 0})
#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})
#define FIXED(start, length) SYS_ID_mmap, ARGS(start, length, PROT_READ, MAP_FIXED)

static void enter(struct order *o, struct order_item *item, uint64_t when, int id, const uint64_t args[6])
{
	*item = (struct order_item){.space = 1, .entered = when, .contested = true};
	effect_gone(&syscalls[id], args, 0, item->gone);
	item->named = effect_named(&syscalls[id], args);
	order_enter(o, item);
}

static bool leave(struct order *o, struct order_item *item, uint64_t when, struct span got)
{
	item->left = when;
	item->got = got;
	order_leave(o, item);
	return item->contested;
}

/* Whether two calls that run at the same time are contested; the one that began first ends first. */
static bool is_contest(int id, const uint64_t args[6], int other_id, const uint64_t other_args[6])
{
	struct order o = {0};
	struct order_item a, b;
	enter(&o, &a, 1, id, args);
	enter(&o, &b, 2, other_id, other_args);
	bool first = leave(&o, &a, 3, NONE);
	bool second = leave(&o, &b, 4, NONE);
	ck_assert(!second); /* once is enough */
	return first;
}

START_TEST(named_by_both)
{
	ck_assert(is_contest(FIXED(0x10000, 0x4000), FIXED(0x13000, 0x1000)));
	ck_assert(!is_contest(FIXED(0x10000, 0x4000), FIXED(0x14000, 0x1000)));
	ck_assert(is_contest(FIXED(0x10000, 0x4000), SYS_ID_munmap, ARGS(0x10000, 0x1000)));
	ck_assert(is_contest(SYS_ID_munmap, ARGS(0x10000, 0x1000), FIXED(0x10000, 0x4000)));
	ck_assert(is_contest(
	    SYS_ID_mprotect, ARGS(0x10000, 0x1000, 1), SYS_ID_mprotect, ARGS(0x10000, 0x2000, 3)));
	ck_assert(!is_contest(
	    SYS_ID_mprotect, ARGS(0x10000, 0x1000, 1), SYS_ID_mprotect, ARGS(0x11000, 0x2000, 3)));
	ck_assert(is_contest(SYS_ID_mremap, ARGS(0x10000, 0x1000, 0x1000, MREMAP_MAYMOVE | MREMAP_FIXED, 0x50000),
	    FIXED(0x50000, 0x1000)));
	ck_assert(is_contest(SYS_ID_brk, ARGS(0x600000), SYS_ID_brk, ARGS(0x700000)));
	ck_assert(!is_contest(SYS_ID_brk, ARGS(0), FIXED(0x10000, 0x4000)));
}
END_TEST

/* What the kernel gives is free: who had it gave it up before. */
START_TEST(given_and_freed)
{
	struct order o = {0};
	struct order_item a, b;
	enter(&o, &a, 1, SYS_ID_munmap, ARGS(0x10000, 0x4000));
	enter(&o, &b, 2, SYS_ID_mmap, ARGS(0, 0x4000, PROT_READ, MAP_PRIVATE));
	ck_assert(!leave(&o, &b, 3, (struct span){0x10000, 0x14000}));
	ck_assert(!leave(&o, &a, 4, NONE));
}
END_TEST

START_TEST(given_and_named)
{
	struct order o = {0};
	struct order_item a, b;
	enter(&o, &a, 1, FIXED(0x10000, 0x4000));
	enter(&o, &b, 2, SYS_ID_mmap, ARGS(0, 0x4000, PROT_READ, MAP_PRIVATE));
	ck_assert(leave(&o, &b, 3, (struct span){0x10000, 0x14000}));
}
END_TEST

/* An munmap whose end is seen late: who was given its range goes on with it, and is behind it all the time. */
START_TEST(not_with_what_is_known_to_be_first)
{
	struct order o = {0};
	struct order_item a, b, c, d;
	enter(&o, &a, 1, SYS_ID_munmap, ARGS(0x10000, 0x4000));
	enter(&o, &b, 2, SYS_ID_mmap, ARGS(0, 0x4000, PROT_READ, MAP_PRIVATE));
	ck_assert(!leave(&o, &b, 3, (struct span){0x10000, 0x14000}));
	enter(&o, &c, 4, SYS_ID_mprotect, ARGS(0x10000, 0x1000, 1));
	ck_assert(!leave(&o, &c, 5, NONE));
	enter(&o, &d, 6, SYS_ID_munmap, ARGS(0x10000, 0x4000));
	ck_assert(!leave(&o, &a, 7, NONE));
	ck_assert(!leave(&o, &d, 8, NONE));
}
END_TEST

START_TEST(not_in_another_space)
{
	struct order o = {0};
	struct order_item a, b = {.space = 2, .entered = 2, .named = {0x10000, 0x14000}};
	enter(&o, &a, 1, FIXED(0x10000, 0x4000));
	order_enter(&o, &b);
	ck_assert(!leave(&o, &a, 3, (struct span){0x10000, 0x14000}));
}
END_TEST

TEST_SUITE(order_contest)
{
	TEST(named_by_both);
	TEST(given_and_freed);
	TEST(given_and_named);
	TEST(not_with_what_is_known_to_be_first);
	TEST(not_in_another_space);
}
