/* src/engine/spin.c: look as long as it pays and nobody else wants the processor */
#include "engine/spin.h"

#include "unit.h"

/* One wait on a machine of two processors; returns whether it looked. */
static bool wait_once(struct spin *s, bool comes)
{
	bool looked = spin_wanted(s, 2);
	if (looked)
		spin_ended(s, comes);
	return looked;
}

START_TEST(looks_while_it_pays)
{
	struct spin s = {0};
	for (unsigned i = 0; i < 1000; i++)
		ck_assert(wait_once(&s, true));
}
END_TEST

/* Ever more seldom: a process that does nothing costs nothing. */
START_TEST(leaves_it_be_where_it_does_not)
{
	struct spin s = {0};
	unsigned looks = 0;
	for (unsigned i = 0; i < 100000; i++)
		looks += wait_once(&s, false);
	ck_assert_uint_lt(looks, 200);
	ck_assert_uint_gt(looks, 10);
}
END_TEST

START_TEST(comes_back_when_it_pays_again)
{
	struct spin s = {0};
	unsigned looks = 0;
	for (unsigned i = 0; i < 100000; i++)
		wait_once(&s, false);
	for (unsigned i = 0; i < 10000; i++)
		looks += wait_once(&s, true);
	ck_assert_uint_gt(looks, 5000);
}
END_TEST

START_TEST(forgives_a_failure_now_and_then)
{
	struct spin s = {0};
	unsigned looks = 0;
	for (unsigned i = 0; i < 1000; i++)
		looks += wait_once(&s, i % 10 != 0);
	ck_assert_uint_eq(looks, 1000);
}
END_TEST

START_TEST(stands_back_under_load)
{
	struct spin s = {0};
	for (unsigned i = 0; i < 100; i++)
		spin_load(&s, 2); /* we and whom we trace */
	ck_assert(spin_wanted(&s, 2));
	for (unsigned i = 0; i < 100; i++)
		spin_load(&s, 4);
	ck_assert(!spin_wanted(&s, 2));
	ck_assert(spin_wanted(&s, 8));
	for (unsigned i = 0; i < 100; i++)
		spin_load(&s, 4000000000U);
	ck_assert(!spin_wanted(&s, 512));
	for (unsigned i = 0; i < 200; i++)
		spin_load(&s, 1);
	ck_assert(spin_wanted(&s, 2));
}
END_TEST

START_TEST(asks_for_the_load_now_and_then)
{
	struct spin s = {0};
	unsigned asks = 0;
	for (unsigned i = 0; i < 1600; i++)
		asks += spin_asks(&s);
	ck_assert_uint_eq(asks, 100);
}
END_TEST

TEST_SUITE(spin)
{
	TEST(looks_while_it_pays);
	TEST(leaves_it_be_where_it_does_not);
	TEST(comes_back_when_it_pays_again);
	TEST(forgives_a_failure_now_and_then);
	TEST(stands_back_under_load);
	TEST(asks_for_the_load_now_and_then);
}
