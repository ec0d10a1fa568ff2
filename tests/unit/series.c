/* src/report/series.c: a value over time in few steps */
#include "report/series.h"

#include "unit.h"

START_TEST(keeps_what_was)
{
	struct series s = {0};
	for (uint64_t time = 0; time <= 1000000000; time += 1000000)
		series_note(&s, time, time / 1000000);
	/* Within a step of what it was. */
	for (uint64_t time = 0; time <= 1000000000; time += 50000000) {
		uint64_t value = series_at(&s, time), step = s.width / 1000000 + 1;
		ck_assert_uint_ge(value + step, time / 1000000);
		ck_assert_uint_le(value, time / 1000000 + step);
	}
	ck_assert_uint_eq(series_at(&s, UINT64_MAX), 1000);
}
END_TEST

START_TEST(nothing_happens_for_long)
{
	struct series s = {0};
	series_note(&s, 5, 7);
	series_note(&s, UINT64_C(1) << 50, 9);
	ck_assert_uint_eq(series_at(&s, UINT64_C(1) << 49), 7);
	ck_assert_uint_eq(series_at(&s, UINT64_C(1) << 50), 9);
}
END_TEST

START_TEST(empty)
{
	struct series s = {0};
	ck_assert_uint_eq(series_at(&s, 12345), 0);
}
END_TEST

TEST_SUITE(series)
{
	TEST(keeps_what_was);
	TEST(nothing_happens_for_long);
	TEST(empty);
}
