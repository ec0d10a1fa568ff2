/* src/engine/perf_order.c: scenarios; tests/unit/perf_order_sim.c makes up many more */
#include "engine/perf_order.h"

#include "unit.h"

#define T    UINT64_C(10000000000)
#define LATE (T + UINT64_C(1000000000))
#define X    ((struct span){0x10000, 0x14000})
#define Y    ((struct span){0x14000, 0x18000})
#define XY   ((struct span){0x10000, 0x18000})
#define Z    ((struct span){0x30000, 0x34000})
#define NONE ((struct span){0, 0})

static struct perf_order o; /* large; reset by each test that needs it again */

static void reset(void)
{
	memset(&o, 0, sizeof(o));
}

static struct perf_item item_of(uint64_t after, pid_t tid, struct span gone, struct span got)
{
	return (struct perf_item){
	    .time = T + after, .space = 1, .tid = tid, .shared = true, .gone = {gone}, .got = got};
}

static void reserve(struct perf_item *item, uint64_t after, pid_t tid, struct span got)
{
	*item = item_of(after, tid, NONE, got);
	perf_order_reserve(&o, item);
}

static void map(struct perf_item *item, uint64_t after, pid_t tid, struct span got)
{
	reserve(item, after, tid, got);
	perf_order_fill(item);
}

static void unmap(struct perf_item *item, uint64_t after, pid_t tid, struct span gone)
{
	*item = item_of(after, tid, gone, NONE);
	perf_order_add(&o, item);
}

static void assert_next(uint64_t now, size_t n, struct perf_item *const *expected)
{
	for (size_t i = 0; i < n; i++)
		ck_assert_ptr_eq(perf_order_next(&o, now), expected[i]);
	ck_assert_ptr_null(perf_order_next(&o, now));
}

#define assert_out(...)                                                                            \
	assert_next(LATE, sizeof((struct perf_item *[]){__VA_ARGS__}) / sizeof(void *),            \
	    (struct perf_item *[]){__VA_ARGS__})

START_TEST(empty)
{
	ck_assert_ptr_null(perf_order_next(&o, 0));
	ck_assert_ptr_null(perf_order_next(&o, UINT64_MAX));
}
END_TEST

START_TEST(one_after_the_other)
{
	struct perf_item a, b, c, d;
	map(&a, 0, 1, X);
	unmap(&b, 10, 2, Z);
	map(&c, 20, 2, Y);
	unmap(&d, 30, 1, NONE);
	assert_out(&a, &b, &c, &d);
}
END_TEST

/* ---- a munmap whose end is seen after a mapping that was given its range ---- */

START_TEST(was_in_use)
{
	struct perf_item a, given, freed;
	map(&a, 0, 2, X);
	map(&given, 1000000, 1, X);
	unmap(&freed, 1500000, 2, X);
	assert_out(&a, &freed, &given);
}
END_TEST

/* What was told of long ago is known, too. */
START_TEST(was_in_use_as_was_told)
{
	struct perf_item a, given, freed;
	map(&a, 0, 2, X);
	assert_out(&a);
	map(&given, UINT64_C(2000000000), 1, X);
	unmap(&freed, UINT64_C(2000500000), 2, X);
	assert_next(LATE + LATE, 2, (struct perf_item *[]){&freed, &given});
}
END_TEST

START_TEST(was_in_use_before_it_was_shared)
{
	struct perf_item a = item_of(0, 2, NONE, X), given, freed;
	a.shared = false;
	perf_order_add(&o, &a);
	assert_out(&a);
	map(&given, UINT64_C(2000000000), 1, X);
	unmap(&freed, UINT64_C(2000500000), 2, X);
	assert_next(LATE + LATE, 2, (struct perf_item *[]){&freed, &given});
}
END_TEST

/* One maps, hands over to another that frees, and a third is given that. */
START_TEST(was_in_use_a_short_time)
{
	struct perf_item a, before, one, two, freed;
	map(&a, 0, 1, X);
	unmap(&before, 100, 1, X);
	map(&one, 5000000, 1, X);
	map(&two, 5600000, 2, X);
	unmap(&freed, 5700000, 3, X);
	assert_out(&a, &before, &one, &freed, &two);
}
END_TEST

START_TEST(was_free)
{
	struct perf_item a, before, given, freed;
	map(&a, 0, 2, X);
	unmap(&before, 100, 2, X);
	map(&given, 5000000, 1, X);
	unmap(&freed, 5000100, 3, X);
	assert_out(&a, &before, &given, &freed);
}
END_TEST

START_TEST(was_free_as_was_told)
{
	struct perf_item a, before, given, freed;
	map(&a, 0, 2, X);
	unmap(&before, 100, 2, X);
	assert_out(&a, &before);
	map(&given, UINT64_C(2000000000), 1, X);
	unmap(&freed, UINT64_C(2000000100), 3, X);
	assert_next(LATE + LATE, 2, (struct perf_item *[]){&given, &freed});
}
END_TEST

START_TEST(another_space)
{
	struct perf_item a, given, freed;
	map(&a, 0, 2, X);
	given = item_of(1000, 1, NONE, X);
	given.space = 2;
	perf_order_reserve(&o, &given);
	perf_order_fill(&given);
	unmap(&freed, 1500, 2, X);
	assert_out(&a, &given, &freed);
}
END_TEST

/* What happens at the same place of another space says nothing about this one. */
START_TEST(uses_of_another_space)
{
	struct perf_item a, other, given, freed;
	map(&a, 0, 2, X);
	other = item_of(100, 5, X, NONE);
	other.space = 2;
	perf_order_add(&o, &other);
	map(&given, 1000000, 1, X);
	unmap(&freed, 1500000, 2, X);
	assert_out(&a, &other, &freed, &given);
}
END_TEST

START_TEST(the_same_task)
{
	struct perf_item a, given, freed;
	map(&a, 0, 2, X);
	map(&given, 5000000, 1, X);
	unmap(&freed, 5000500, 1, X);
	assert_out(&a, &given, &freed);
}
END_TEST

/* A task can't have freed anything before its previous call ended. */
START_TEST(before)
{
	for (unsigned later = 0; later < 2; later++) {
		struct perf_item a, given, freed;
		reset();
		map(&a, 0, 2, X);
		map(&given, 1000, 1, X);
		freed = item_of(1500, 2, X, NONE);
		freed.before = T + (later ? 1001 : 999);
		perf_order_add(&o, &freed);
		if (later)
			assert_out(&a, &given, &freed);
		else
			assert_out(&a, &freed, &given);
	}
}
END_TEST

START_TEST(parts_and_neighbours)
{
	static const struct {
		struct span got;
		bool before;
	} rows[] = {{{0x13000, 0x18000}, true}, {{0xf000, 0x11000}, true},
	    {{0x11000, 0x12000}, true}, {{0x1000, UINT64_MAX}, true}, {{0x14000, 0x15000}, false},
	    {{0xf000, 0x10000}, false}};
	for (size_t i = 0; i < countof(rows); i++) {
		struct perf_item a, given, freed;
		reset();
		map(&a, 0, 2, X);
		map(&given, 1000, 1, rows[i].got);
		unmap(&freed, 1500, 2, X);
		if (rows[i].before)
			assert_out(&a, &freed, &given);
		else
			assert_out(&a, &given, &freed);
	}
}
END_TEST

START_TEST(second_span)
{
	struct perf_item a, given, freed;
	map(&a, 0, 2, XY);
	map(&given, 1000, 1, Y);
	freed = item_of(1500, 2, Z, NONE);
	freed.gone[1] = Y;
	perf_order_add(&o, &freed);
	assert_out(&a, &freed, &given);
}
END_TEST

START_TEST(before_the_first_of_several)
{
	struct perf_item a, one, other, two, freed;
	map(&a, 0, 2, XY);
	map(&one, 1000, 1, X);
	map(&other, 1100, 3, Z);
	map(&two, 1200, 4, Y);
	unmap(&freed, 1500, 2, XY);
	assert_out(&a, &freed, &one, &other, &two);
}
END_TEST

/* A part of what it freed was free, and given away, before; another was in use until then. */
START_TEST(a_hole_in_it)
{
	struct perf_item a, hole, one, two, freed, *out, *last = NULL;
	map(&a, 0, 2, XY);
	unmap(&hole, 100, 2, X);
	map(&one, 1000, 1, X);
	map(&two, 1200, 3, Y);
	unmap(&freed, 1500, 2, XY);
	while ((out = perf_order_next(&o, LATE)) != &two) {
		ck_assert_ptr_nonnull(out);
		last = out == &freed ? out : last;
	}
	ck_assert_ptr_eq(last, &freed);
}
END_TEST

/*
 * One freed X, another moved what it had at Y to there, a third was given Y: this order is the only one that is
 * possible, whichever end is seen first.
 */
START_TEST(chain)
{
	for (unsigned i = 0; i < 2; i++) {
		struct perf_item a, b, given, freed, moved;
		reset();
		map(&a, 0, 1, X);
		map(&b, 1, 2, Y);
		map(&given, 1000, 3, Y);
		freed = item_of(i ? 1600 : 1500, 1, X, NONE);
		moved = item_of(i ? 1500 : 1600, 2, Y, X);
		perf_order_add(&o, i ? &moved : &freed);
		perf_order_add(&o, i ? &freed : &moved);
		assert_out(&a, &b, &freed, &moved, &given);
	}
}
END_TEST

/* ---- who waits ---- */

START_TEST(hold)
{
	struct perf_item a;
	map(&a, 0, 1, X);
	ck_assert_ptr_null(perf_order_next(&o, T - 1));
	ck_assert_ptr_null(perf_order_next(&o, T));
	ck_assert_ptr_null(perf_order_next(&o, T + PERF_ORDER_HOLD - 1));
	assert_next(T + PERF_ORDER_HOLD, 1, (struct perf_item *[]){&a});
}
END_TEST

START_TEST(unshared)
{
	struct perf_item a = item_of(0, 1, NONE, X), b = item_of(10, 1, X, NONE);
	a.shared = b.shared = false;
	perf_order_add(&o, &a);
	ck_assert_ptr_null(perf_order_next(&o, T - 1));
	assert_next(T, 1, (struct perf_item *[]){&a});
	perf_order_add(&o, &b);
	assert_next(T + 10, 1, (struct perf_item *[]){&b});
}
END_TEST

START_TEST(places_are_kept)
{
	struct perf_item a, b;
	reserve(&a, 0, 1, X);
	ck_assert(a.pending);
	map(&b, 10, 2, Z);
	ck_assert_ptr_null(perf_order_next(&o, T + PERF_ORDER_HOLD + 100));
	perf_order_fill(&a);
	ck_assert(!a.pending);
	assert_next(T + PERF_ORDER_HOLD + 100, 2, (struct perf_item *[]){&a, &b});
}
END_TEST

/* One that is still pending is given back so, and comes again as its call ends. */
START_TEST(patience)
{
	struct perf_item a, b;
	const uint64_t end = T + PERF_ORDER_PATIENCE;
	reserve(&a, 0, 1, X);
	map(&b, 10, 2, Z);
	ck_assert_ptr_null(perf_order_next(&o, end - 1));
	assert_next(end, 2, (struct perf_item *[]){&a, &b});
	ck_assert(a.pending);
	a.time = end + 5;
	perf_order_add(&o, &a);
	ck_assert(!a.pending);
	ck_assert_ptr_null(perf_order_next(&o, end + 5 + PERF_ORDER_HOLD - 1));
	assert_next(end + 5 + PERF_ORDER_HOLD, 1, (struct perf_item *[]){&a});
}
END_TEST

/* Any of three, by bits. */
START_TEST(removed)
{
	struct perf_item items[3], *left[3];
	size_t n = 0;
	for (unsigned i = 0; i < 3; i++)
		reserve(&items[i], i, (pid_t)i + 1, Z);
	for (unsigned i = 0; i < 3; i++) {
		if (_i >> i & 1) {
			perf_order_remove(&o, &items[i]);
			continue;
		}
		perf_order_fill(&items[i]);
		left[n++] = &items[i];
	}
	assert_next(LATE, n, left);
	unmap(&items[0], 10, 1, Z);
	assert_out(&items[0]);
}
END_TEST

/* A place that was taken away again was given nothing. */
START_TEST(removed_before_it_mattered)
{
	struct perf_item a, given, freed;
	map(&a, 0, 2, X);
	reserve(&given, 1000, 1, X);
	perf_order_remove(&o, &given);
	unmap(&freed, 1500, 2, X);
	map(&given, 2000, 1, X);
	assert_out(&a, &freed, &given);
}
END_TEST

START_TEST(used_again)
{
	struct perf_item a, given, freed;
	for (uint64_t after = 0; after < 2 * PERF_ORDER_PAST * 1000; after += 1000) {
		map(&a, after, 2, X);
		map(&given, after + 100, 1, X);
		unmap(&freed, after + 200, 2, X);
		assert_out(&a, &freed, &given);
		unmap(&a, after + 300, 1, X);
		assert_out(&a);
	}
}
END_TEST

TEST_SUITE(perf_order)
{
	TEST(empty);
	TEST(one_after_the_other);
	TEST(was_in_use);
	TEST(was_in_use_as_was_told);
	TEST(was_in_use_before_it_was_shared);
	TEST(was_in_use_a_short_time);
	TEST(was_free);
	TEST(was_free_as_was_told);
	TEST(another_space);
	TEST(uses_of_another_space);
	TEST(the_same_task);
	TEST(before);
	TEST(parts_and_neighbours);
	TEST(second_span);
	TEST(before_the_first_of_several);
	TEST(a_hole_in_it);
	TEST(chain);
	TEST(hold);
	TEST(unshared);
	TEST(places_are_kept);
	TEST(patience);
	TEST_LOOP(removed, 8);
	TEST(removed_before_it_mattered);
	TEST(used_again);
}
