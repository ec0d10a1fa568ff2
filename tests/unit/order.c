/* src/engine/order.c: scenarios; tests/unit/order_sim.c makes up many more */
#include "engine/order.h"

#include <linux/mman.h>
#include <sys/mman.h>

#include "unit.h"

#define PAGE 0x1000ULL
#define X    ((struct span){0x10000, 0x14000})
#define Y    ((struct span){0x20000, 0x24000})
#define Z    ((struct span){0x30000, 0x34000})
#define NONE ((struct span){0, 0})

/* A call of space 1 begins, which may free `gone`. */
static void enter(struct order *o, struct order_item *item, uint64_t when, struct span gone)
{
	*item = (struct order_item){.space = 1, .entered = when, .gone = {gone}};
	order_enter(o, item);
}

static void leave(struct order *o, struct order_item *item, uint64_t when, struct span got)
{
	item->left = when;
	item->got = got;
	order_leave(o, item);
}

static void point(struct order *o, struct order_item *item, uint64_t when)
{
	*item = (struct order_item){.space = 1, .left = when};
	order_point(o, item);
}

/* A call begins by what its registers say. */
static void enter_call(struct order *o, struct order_item *item, uint64_t when, int id,
    const uint64_t args[6], uint64_t brk)
{
	*item = (struct order_item){.space = 1, .entered = when};
	effect_gone(&syscalls[id], args, brk, item->gone);
	order_enter(o, item);
}

#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})

static void assert_next(struct order *o, size_t n, struct order_item *const *expected)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_ptr_eq(order_next(o), expected[i]);
	ck_assert_ptr_null(order_next(o));
}

#define assert_out(o, ...)                                                                         \
	assert_next((o), sizeof((struct order_item *[]){__VA_ARGS__}) / sizeof(void *),            \
	    (struct order_item *[]){__VA_ARGS__})
#define assert_nothing(o) ck_assert_ptr_null(order_next(o))

START_TEST(empty)
{
	struct order o = {0};
	assert_nothing(&o);
	assert_nothing(&o);
}
END_TEST

START_TEST(nothing_to_wait_for)
{
	struct order o = {0};
	struct order_item a, b;
	enter(&o, &a, 1, NONE);
	enter(&o, &b, 2, NONE);
	leave(&o, &b, 3, X);
	assert_out(&o, &b);
	leave(&o, &a, 4, Y);
	assert_out(&o, &a);
}
END_TEST

START_TEST(mmap_waits_for_munmap)
{
	struct order o = {0};
	struct order_item unmap, map;
	enter(&o, &unmap, 1, X);
	enter(&o, &map, 2, NONE);
	leave(&o, &map, 3, X);
	assert_nothing(&o);
	leave(&o, &unmap, 4, NONE);
	assert_out(&o, &unmap, &map);
}
END_TEST

START_TEST(parts_and_neighbours)
{
	static const struct {
		uint64_t start, end;
		bool waits;
	} rows[] = {{0x13000, 0x18000, true}, {0xf000, 0x11000, true}, {0x11000, 0x12000, true},
	    {0, UINT64_MAX, true}, {0x14000, 0x15000, false}, {0xf000, 0x10000, false}};
	for (size_t i = 0; i < countof(rows); i++) {
		struct order o = {0};
		struct order_item unmap, map;
		enter(&o, &unmap, 1, X);
		enter(&o, &map, 2, NONE);
		leave(&o, &map, 3, (struct span){rows[i].start, rows[i].end});
		ck_assert_msg((order_next(&o) == NULL) == rows[i].waits, "row %zu", i);
		leave(&o, &unmap, 4, NONE);
		ck_assert_ptr_eq(order_next(&o), &unmap);
	}
}
END_TEST

START_TEST(second_span)
{
	struct order o = {0};
	struct order_item remap = {.space = 1, .entered = 1, .gone = {X, Y}}, map;
	order_enter(&o, &remap);
	enter(&o, &map, 2, NONE);
	leave(&o, &map, 3, Y);
	assert_nothing(&o);
	leave(&o, &remap, 4, Z);
	assert_out(&o, &remap, &map);
}
END_TEST

START_TEST(later_munmap_is_not_waited_for)
{
	struct order o = {0};
	struct order_item map, unmap;
	enter(&o, &map, 1, NONE);
	leave(&o, &map, 2, X);
	enter(&o, &unmap, 3, X);
	assert_out(&o, &map);
	leave(&o, &unmap, 4, NONE);
	assert_out(&o, &unmap);
}
END_TEST

/* c was given what b left, which went to what a freed: their ends come in each possible order. */
START_TEST(chain)
{
	static const unsigned ends[6][3] = {
	    {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	for (size_t i = 0; i < countof(ends); i++) {
		struct order o = {0};
		struct order_item a, b, c;
		struct order_item *const items[3] = {&a, &b, &c};
		const struct span got[3] = {NONE, X, Y};
		enter(&o, &a, 1, X);
		enter(&o, &b, 2, Y);
		enter(&o, &c, 3, NONE);
		struct order_item *out[4] = {NULL};
		size_t n = 0;
		for (unsigned k = 0; k < 3; k++) {
			leave(&o, items[ends[i][k]], 4 + k, got[ends[i][k]]);
			for (struct order_item *item; n < 4 && (item = order_next(&o));)
				out[n++] = item;
		}
		ck_assert_uint_eq(n, 3);
		ck_assert(out[0] == &a && out[1] == &b && out[2] == &c);
	}
}
END_TEST

START_TEST(mremap_that_moves)
{
	struct order o = {0};
	struct order_item remap, map;
	enter_call(&o, &remap, 1, SYS_ID_mremap, ARGS(X.start, 4 * PAGE, 8 * PAGE, 1), 0);
	enter(&o, &map, 2, NONE);
	leave(&o, &map, 3, (struct span){X.start + PAGE, X.start + 2 * PAGE});
	assert_nothing(&o);
	leave(&o, &remap, 4, Y);
	assert_out(&o, &remap, &map);
}
END_TEST

START_TEST(mremap_given_a_freed_range)
{
	struct order o = {0};
	struct order_item unmap, remap;
	enter(&o, &unmap, 1, Y);
	enter_call(&o, &remap, 2, SYS_ID_mremap, ARGS(X.start, 4 * PAGE, 4 * PAGE, 1), 0);
	leave(&o, &remap, 3, Y);
	assert_nothing(&o);
	leave(&o, &unmap, 4, NONE);
	assert_out(&o, &unmap, &remap);
}
END_TEST

/* What any call that may free X and is still running holds back: an mmap that was given X. */
static void assert_holds(int id, const uint64_t args[6], uint64_t brk, bool holds)
{
	struct order o = {0};
	struct order_item freeing, map;
	enter_call(&o, &freeing, 1, id, args, brk);
	enter(&o, &map, 2, NONE);
	leave(&o, &map, 3, X);
	ck_assert_msg((order_next(&o) == NULL) == holds, "%s", syscalls[id].name);
	leave(&o, &freeing, 4, NONE);
	ck_assert_ptr_eq(order_next(&o), &freeing);
	ck_assert_ptr_eq(order_next(&o), holds ? &map : NULL);
}

START_TEST(calls_that_free)
{
	const uint64_t start = X.start, length = 4 * PAGE;
	assert_holds(SYS_ID_munmap, ARGS(start, length), 0, true);
	assert_holds(SYS_ID_mmap, ARGS(start, length, 0, MAP_PRIVATE | MAP_FIXED), 0, true);
	assert_holds(SYS_ID_mmap, ARGS(start, length, 0, MAP_PRIVATE), 0, false);
	assert_holds(SYS_ID_mremap, ARGS(Y.start, length, length, 3, start), 0, true);
	assert_holds(SYS_ID_mremap, ARGS(Y.start, length, length, 1, start), 0, false);
	assert_holds(SYS_ID_brk, ARGS(start), X.end, true);
	assert_holds(SYS_ID_brk, ARGS(start), 0, true);
	assert_holds(SYS_ID_brk, ARGS(0), X.end, false);
	assert_holds(SYS_ID_brk, ARGS(X.end + PAGE), X.end, false);
	assert_holds(SYS_ID_brk, ARGS(X.end), X.end + PAGE, false);
	assert_holds(SYS_ID_shmdt, ARGS(start), 0, true);
	assert_holds(SYS_ID_shmdt, ARGS(start - 16 * PAGE), 0, true);
	assert_holds(SYS_ID_shmdt, ARGS(X.end), 0, false);
	assert_holds(SYS_ID_mprotect, ARGS(start, length, 0), 0, false);
}
END_TEST

START_TEST(other_spaces)
{
	struct order o = {0};
	struct order_item unmap, map = {.space = 2, .entered = 2};
	enter(&o, &unmap, 1, X);
	order_enter(&o, &map);
	leave(&o, &map, 3, X);
	assert_out(&o, &map);
	leave(&o, &unmap, 4, NONE);
	assert_out(&o, &unmap);
}
END_TEST

START_TEST(what_began_after_a_waiting_one_waits)
{
	struct order o = {0};
	struct order_item unmap, map, during, after, later;
	enter(&o, &unmap, 1, X);
	enter(&o, &map, 2, NONE);
	enter(&o, &during, 3, NONE);
	leave(&o, &map, 4, X);
	enter(&o, &after, 5, X);
	leave(&o, &during, 6, Y); /* began before `map` ended */
	assert_out(&o, &during);
	leave(&o, &after, 7, NONE);
	enter(&o, &later, 8, NONE);
	leave(&o, &later, 9, Z);
	assert_nothing(&o);
	leave(&o, &unmap, 10, NONE);
	assert_out(&o, &unmap, &map, &after, &later);
}
END_TEST

START_TEST(precedence_goes_across_spaces)
{
	struct order o = {0};
	struct order_item unmap, map, other = {.space = 2, .entered = 5};
	enter(&o, &unmap, 1, X);
	enter(&o, &map, 2, NONE);
	leave(&o, &map, 3, X);
	order_enter(&o, &other);
	leave(&o, &other, 6, X);
	assert_nothing(&o);
	leave(&o, &unmap, 7, NONE);
	assert_out(&o, &unmap, &map, &other);
}
END_TEST

/* b must have been done before a ended, so it can't have waited for what began after that. */
START_TEST(bound_by_what_waits)
{
	struct order o = {0};
	struct order_item a, b, c;
	enter(&o, &b, 1, X);
	enter(&o, &a, 2, NONE);
	leave(&o, &a, 3, X); /* waits for b */
	enter(&o, &c, 4, Y);
	leave(&o, &b, 5, Y); /* as if c had freed it; but c began too late */
	assert_out(&o, &b, &a);
	leave(&o, &c, 6, NONE);
	assert_out(&o, &c);
}
END_TEST

START_TEST(two_that_swap)
{
	struct order o = {0};
	struct order_item a, b;
	enter(&o, &a, 1, X);
	enter(&o, &b, 2, Y);
	leave(&o, &a, 3, Y);
	leave(&o, &b, 4, X);
	struct order_item *first = order_next(&o), *second = order_next(&o);
	ck_assert((first == &a && second == &b) || (first == &b && second == &a));
	assert_nothing(&o);
}
END_TEST

START_TEST(ring_of_three)
{
	struct order o = {0};
	struct order_item items[3];
	const struct span ranges[] = {X, Y, Z};
	unsigned out = 0, sum = 0;
	for (unsigned i = 0; i < 3; i++)
		enter(&o, &items[i], 1 + i, ranges[i]);
	for (unsigned i = 0; i < 3; i++)
		leave(&o, &items[i], 4 + i, ranges[(i + 1) % 3]);
	for (struct order_item *item; (item = order_next(&o)); out++)
		sum |= 1U << (item - items);
	ck_assert_uint_eq(out, 3);
	ck_assert_uint_eq(sum, 7);
	struct order_item after;
	enter(&o, &after, 9, NONE);
	leave(&o, &after, 10, X);
	assert_out(&o, &after);
}
END_TEST

/*
 * shmdt doesn't say how much it frees, so it seems to have freed what c was given, though it began
 * after a ended, and a needs b, and b needs c. The order c, b, a is the only right one.
 */
START_TEST(no_ring_through_an_open_end)
{
	struct order o = {0};
	struct order_item a, b, c, detach;
	enter(&o, &c, 1, Y); /* mremap from Y to Z */
	enter(&o, &b, 2, X); /* mremap from X to Y */
	enter(&o, &a, 3, NONE);
	leave(&o, &a, 4, X);
	enter_call(&o, &detach, 5, SYS_ID_shmdt, ARGS(0x8000), 0);
	leave(&o, &c, 6, Z);
	leave(&o, &b, 7, Y);
	leave(&o, &detach, 8, NONE);
	assert_out(&o, &c, &b, &a, &detach);
}
END_TEST

START_TEST(forget)
{
	struct order o = {0};
	struct order_item unmap, map, again;
	enter(&o, &unmap, 1, X);
	enter(&o, &map, 2, NONE);
	leave(&o, &map, 3, X);
	assert_nothing(&o);
	order_forget(&o, &unmap);
	assert_out(&o, &map);
	enter(&o, &again, 4, NONE);
	order_forget(&o, &again);
	assert_nothing(&o);
	enter(&o, &again, 5, NONE);
	leave(&o, &again, 6, X);
	assert_out(&o, &again);
}
END_TEST

START_TEST(points)
{
	struct order o = {0};
	struct order_item unmap, map, fork, after;
	point(&o, &fork, 1);
	assert_out(&o, &fork);
	enter(&o, &unmap, 2, X);
	point(&o, &fork, 3); /* a call that runs holds no point back */
	assert_out(&o, &fork);
	enter(&o, &map, 4, NONE);
	leave(&o, &map, 5, X);
	point(&o, &fork, 6);
	enter(&o, &after, 7, NONE);
	leave(&o, &after, 8, Y);
	assert_nothing(&o);
	leave(&o, &unmap, 9, NONE);
	assert_out(&o, &unmap, &map, &fork, &after);
}
END_TEST

START_TEST(point_ignores_what_was_in_the_item)
{
	struct order o = {0};
	struct order_item unmap,
	    fork = {.space = 1, .entered = 99, .left = 2, .gone = {X}, .got = X};
	enter(&o, &unmap, 1, X);
	order_point(&o, &fork);
	assert_out(&o, &fork);
	leave(&o, &unmap, 3, NONE);
	assert_out(&o, &unmap);
}
END_TEST

/* A munmap whose end is seen last comes out first. */
START_TEST(who_comes_out_last)
{
	struct order_item a, b, c, d;
	struct order o = {0};
	ck_assert_ptr_null(order_last(&o, 1));
	enter(&o, &a, 1, X);
	enter(&o, &b, 2, NONE);
	leave(&o, &b, 3, X);
	ck_assert_ptr_null(order_last(&o, 1)); /* one runs */
	leave(&o, &a, 4, NONE);
	ck_assert_ptr_eq(order_last(&o, 1), &b);
	ck_assert_ptr_null(order_last(&o, 2));
	point(&o, &c, 5);
	ck_assert_ptr_eq(order_last(&o, 1), &b);
	enter(&o, &d, 6, NONE);
	ck_assert_ptr_null(order_last(&o, 1));
	order_forget(&o, &d);
	assert_out(&o, &a, &b, &c);
	ck_assert_ptr_null(order_last(&o, 1));
}
END_TEST

/* One that waits for another space's is still to come. */
START_TEST(held_ones_come_later)
{
	struct order_item a, b, c = {.space = 2, .entered = 4};
	struct order o = {0};
	enter(&o, &a, 1, X);
	enter(&o, &b, 2, NONE);
	leave(&o, &b, 3, X);
	order_enter(&o, &c);
	leave(&o, &c, 5, NONE);
	ck_assert_ptr_null(order_last(&o, 2));
	leave(&o, &a, 6, NONE);
	ck_assert_ptr_eq(order_last(&o, 2), &c);
}
END_TEST

START_TEST(items_are_used_again)
{
	struct order o = {0};
	struct order_item unmap, map;
	for (uint64_t when = 1; when < 1000; when += 10) {
		enter(&o, &unmap, when, X);
		enter(&o, &map, when + 1, NONE);
		leave(&o, &map, when + 2, X);
		assert_nothing(&o);
		leave(&o, &unmap, when + 3, NONE);
		assert_out(&o, &unmap, &map);
	}
}
END_TEST

START_TEST(many_wait_for_one)
{
	static struct order_item unmap, maps[500];
	struct order o = {0};
	enter(&o, &unmap, 1, (struct span){0, 500 * PAGE});
	for (unsigned i = 0; i < countof(maps); i++)
		enter(&o, &maps[i], 2 + i, NONE);
	for (unsigned i = 0; i < countof(maps); i++)
		leave(&o, &maps[i], 1000 + i, (struct span){i * PAGE, i * PAGE + PAGE});
	assert_nothing(&o);
	leave(&o, &unmap, 2000, NONE);
	ck_assert_ptr_eq(order_next(&o), &unmap);
	for (unsigned i = 0; i < countof(maps); i++)
		ck_assert_ptr_nonnull(order_next(&o));
	assert_nothing(&o);
}
END_TEST

TEST_SUITE(order)
{
	TEST(empty);
	TEST(nothing_to_wait_for);
	TEST(mmap_waits_for_munmap);
	TEST(parts_and_neighbours);
	TEST(second_span);
	TEST(later_munmap_is_not_waited_for);
	TEST(chain);
	TEST(mremap_that_moves);
	TEST(mremap_given_a_freed_range);
	TEST(calls_that_free);
	TEST(other_spaces);
	TEST(what_began_after_a_waiting_one_waits);
	TEST(precedence_goes_across_spaces);
	TEST(bound_by_what_waits);
	TEST(two_that_swap);
	TEST(ring_of_three);
	TEST(no_ring_through_an_open_end);
	TEST(forget);
	TEST(points);
	TEST(point_ignores_what_was_in_the_item);
	TEST(who_comes_out_last);
	TEST(held_ones_come_later);
	TEST(items_are_used_again);
	TEST(many_wait_for_one);
}
