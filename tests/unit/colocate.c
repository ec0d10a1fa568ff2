/* src/engine/colocate.c: together while that gives more stops, near where nobody else is kept from running, apart else */
#include "engine/colocate.h"

#include "unit.h"
#include "util/clock.h"

/* A load: how long it is from stop to stop, by how many tasks, apart, together and beside. */
struct load {
	struct colocate c;
	uint64_t windows[64];
	uint64_t now;
	unsigned tasks;
	bool alone; /* nobody else wants to run */
	uint64_t each[COLOCATE_WAYS];
	unsigned stops, near, together, beside; /* so many, of them so */
};

static void run(struct load *load, unsigned stops)
{
	if (!load->now)
		load->now = NSEC_PER_SEC;
	load->stops = load->near = load->together = load->beside = 0;
	for (unsigned i = 0; i < stops; i++) {
		load->now += load->each[load->c.held];
		load->stops++;
		enum colocate_way way = colocate_stop(&load->c, &load->windows[i % load->tasks], load->alone, load->now);
		load->near += way == COLOCATE_NEAR;
		load->together += way == COLOCATE_TOGETHER;
		load->beside += way == COLOCATE_BESIDE;
	}
}

/* A way changes, and there has been time to find out. */
static void change(struct load *load, enum colocate_way way, uint64_t each)
{
	load->each[way] = each;
	run(load, 400000);
	run(load, 400000);
}

START_TEST(a_storm_is_held)
{
	struct load load = {.tasks = 1, .each = {20000, 4000}};
	run(&load, 200);
	ck_assert_uint_eq(load.together, 0); /* a loader's burst could be as long */
	run(&load, 100);
	ck_assert(load.c.held);
	run(&load, 100000);
	ck_assert_uint_gt(load.together, 98000);
}
END_TEST

START_TEST(many_storm_at_once)
{
	struct load load = {.tasks = 8, .each = {20000, 6000, 6000}};
	run(&load, 400000);
	ck_assert_uint_gt(load.together, 390000); /* to try one way takes 1,024 stops of a crowd */
	ck_assert_uint_eq(load.c.crowd, 8);
}
END_TEST

START_TEST(many_storm_on_one_while_another_looks)
{
	struct load load = {.tasks = 8, .each = {20000, 6000, 4000}};
	run(&load, 400000);
	ck_assert_uint_gt(load.beside, 390000);
	change(&load, COLOCATE_BESIDE, 5900); /* so little isn't worth another processor */
	ck_assert_uint_gt(load.together, 390000);
	change(&load, COLOCATE_BESIDE, 3000);
	ck_assert_uint_gt(load.beside, 390000);
	load.tasks = 1; /* who has nobody to take turns with */
	run(&load, 10000);
	run(&load, 100000);
	ck_assert_uint_eq(load.beside, 0);
}
END_TEST

/* Stops are looked at in batches, and a batch takes its time. */
START_TEST(batches_are_measured_as_a_whole)
{
	struct load load = {.tasks = 64, .each = {1000, 1000, 1000}};
	for (unsigned i = 0; i < 4000; i++) {
		load.now += load.c.held == COLOCATE_APART ? 900000 : load.c.held == COLOCATE_TOGETHER ? 500000 : 200000;
		run(&load, 64);
	}
	ck_assert_uint_eq(load.beside, 64);
}
END_TEST

/* Such as many threads that compute in between: on one processor they would wait for each other. */
START_TEST(not_where_it_costs)
{
	struct load load = {.tasks = 8, .each = {30000, 200000, 150000}};
	uint64_t began = NSEC_PER_SEC;
	run(&load, 100000);
	ck_assert_uint_lt(load.together, 1000);
	ck_assert_uint_lt(load.now - began, 100000 * 33000ULL);
}
END_TEST

START_TEST(goes_with_the_times)
{
	struct load load = {.tasks = 2, .each = {20000, 30000, 40000}};
	run(&load, 400000);
	ck_assert_uint_lt(load.together, 8000);
	change(&load, COLOCATE_TOGETHER, 5000);
	ck_assert_uint_gt(load.together, 390000);
	load.each[COLOCATE_TOGETHER] = 50000;
	run(&load, 400000);
	ck_assert_uint_lt(load.together, 16000);
}
END_TEST

START_TEST(seldom_stops_are_let_be)
{
	struct load load = {.tasks = 1, .each = {70000, 70000}};
	run(&load, 10000);
	ck_assert_uint_eq(load.together, 0);
}
END_TEST

START_TEST(ends_with_the_burst)
{
	struct load load = {.tasks = 1, .each = {20000, 4000}};
	run(&load, 300);
	ck_assert_int_eq(colocate_tick(&load.c, load.now + 1 * NSEC_PER_MSEC), COLOCATE_TOGETHER);
	ck_assert_int_eq(colocate_tick(&load.c, load.now + 5 * NSEC_PER_MSEC), COLOCATE_APART);
	load.now += 100 * NSEC_PER_MSEC;
	run(&load, 5);
	ck_assert_uint_eq(load.together, 0); /* a few aren't one */
	run(&load, 1000);
	ck_assert_uint_gt(load.together, 700);
}
END_TEST

START_TEST(ends_by_a_late_stop)
{
	struct load load = {.tasks = 1, .each = {20000, 4000}};
	run(&load, 300);
	load.now += 5 * NSEC_PER_MSEC;
	run(&load, 1);
	ck_assert(!load.c.held);
}
END_TEST

/* Slower and slower, but never long without one. */
START_TEST(ends_by_getting_slow)
{
	struct load load = {.tasks = 1, .each = {20000, 4000}};
	run(&load, 300);
	load.each[COLOCATE_TOGETHER] = load.each[COLOCATE_APART] = 100000;
	run(&load, 32);
	ck_assert(!load.c.held);
}
END_TEST

START_TEST(parts_when_told)
{
	struct load load = {.tasks = 1, .each = {20000, 4000}};
	run(&load, 300);
	colocate_part(&load.c);
	ck_assert(!load.c.held);
	run(&load, 5);
	ck_assert_uint_eq(load.together, 0);
	run(&load, 1000);
	ck_assert_uint_gt(load.together, 700);
}
END_TEST

/* Stops that came together are looked at in any order. */
START_TEST(time_may_go_back_a_little)
{
	struct load load = {.tasks = 1, .each = {20000, 4000}};
	run(&load, 300);
	ck_assert_int_eq(colocate_stop(&load.c, &load.windows[0], false, load.now - 3000), COLOCATE_TOGETHER);
	ck_assert_int_eq(colocate_stop(&load.c, &load.windows[0], false, load.now + 3000), COLOCATE_TOGETHER);
}
END_TEST

START_TEST(near_where_nobody_is_kept_from_running)
{
	struct load load = {.tasks = 1, .alone = true, .each = {300000, 300000}};
	run(&load, 1000);
	ck_assert_uint_eq(load.near, 999); /* the first stop may be the only one */
	load.alone = false;
	run(&load, 10);
	ck_assert_uint_eq(load.near, 0);
	load.alone = true;
	load.now += 5 * NSEC_PER_MSEC;
	run(&load, 1);
	ck_assert_uint_eq(load.near, 0);
	run(&load, 1);
	ck_assert_uint_eq(load.near, 1);
	ck_assert_int_eq(colocate_tick(&load.c, load.now + 1 * NSEC_PER_MSEC), COLOCATE_NEAR);
	ck_assert_int_eq(colocate_tick(&load.c, load.now + 5 * NSEC_PER_MSEC), COLOCATE_APART);
}
END_TEST

/* Even if nobody else was seen to run. */
START_TEST(near_is_for_one)
{
	struct load load = {.tasks = 2, .alone = true, .each = {300000, 300000, 300000}};
	run(&load, 1000);
	ck_assert_uint_eq(load.near, 0);
	load.tasks = 1;
	run(&load, 100);
	ck_assert_uint_gt(load.near, 80);
}
END_TEST

START_TEST(a_new_image_is_near_at_once)
{
	struct load load = {.tasks = 2, .each = {300000, 300000, 300000}};
	run(&load, 100);
	load.now += 100 * NSEC_PER_MSEC;
	ck_assert_int_eq(colocate_exec(&load.c, &load.windows[5], false, load.now), COLOCATE_APART);
	ck_assert_int_eq(colocate_exec(&load.c, &load.windows[5], true, load.now), COLOCATE_NEAR);
	load.now += 30000;
	ck_assert_int_eq(colocate_stop(&load.c, &load.windows[5], true, load.now), COLOCATE_NEAR);
}
END_TEST

START_TEST(a_long_burst_is_held_though_it_could_be_near)
{
	struct load load = {.tasks = 1, .alone = true, .each = {9000, 7000}};
	run(&load, 200);
	ck_assert_uint_eq(load.near, 199);
	run(&load, 10000);
	ck_assert_uint_gt(load.together, 9500);
}
END_TEST

/* Its loader's calls aren't added to what was before. */
START_TEST(a_new_image_begins_a_burst)
{
	struct load load = {.tasks = 1, .each = {20000, 4000, 9000}};
	run(&load, 1000);
	ck_assert_int_eq(colocate_exec(&load.c, &load.windows[0], false, load.now), COLOCATE_APART);
	run(&load, 200);
	ck_assert_uint_eq(load.together, 0);
	load.tasks = 8; /* unless that's others' */
	run(&load, 3001);
	ck_assert_int_eq(colocate_exec(&load.c, &load.windows[0], false, load.now), COLOCATE_TOGETHER);
	ck_assert_int_eq(colocate_exec(&load.c, &load.windows[0], true, load.now), COLOCATE_NEAR);
}
END_TEST

TEST_SUITE(colocate)
{
	TEST(a_storm_is_held);
	TEST(many_storm_at_once);
	TEST(many_storm_on_one_while_another_looks);
	TEST(batches_are_measured_as_a_whole);
	TEST(not_where_it_costs);
	TEST(goes_with_the_times);
	TEST(seldom_stops_are_let_be);
	TEST(ends_with_the_burst);
	TEST(ends_by_a_late_stop);
	TEST(ends_by_getting_slow);
	TEST(parts_when_told);
	TEST(time_may_go_back_a_little);
	TEST(near_where_nobody_is_kept_from_running);
	TEST(near_is_for_one);
	TEST(a_new_image_is_near_at_once);
	TEST(a_long_burst_is_held_though_it_could_be_near);
	TEST(a_new_image_begins_a_burst);
}
