/* src/cli/progress.c: the text that is drawn */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#define SECOND 1000000000ULL

static const char *text_of(
    uint64_t done, uint64_t whole, uint64_t count, const char *unit, uint64_t nsec)
{
	static char text[256];
	struct buf b = {0};
	progress_text(&b, done, whole, count, unit, nsec);
	unit_check(b.len && b.len < sizeof(text), "%zu bytes", b.len);
	memcpy(text, b.data, b.len);
	text[b.len] = '\0';
	buf_free(&b);
	return text;
}

START_TEST(how_it_looks)
{
	ck_assert_str_eq(
	    text_of(0, 100, 0, "events", 0), "[..............................]   0%  0 events");
	ck_assert_str_eq(text_of(50, 100, 1000, "events", 2 * SECOND),
	    "[###############...............]  50%  1000 events  500/s  0:02 left");
	ck_assert_str_eq(text_of(100, 100, 1000, "events", 2 * SECOND),
	    "[##############################] 100%  1000 events  500/s");
}
END_TEST

START_TEST(whole_unknown)
{
	ck_assert_str_eq(text_of(50, 0, 12, "events", 0), "12 events");
	ck_assert_str_eq(text_of(0, 0, 1000, "events", 4 * SECOND), "1000 events  250/s");
}
END_TEST

/* A pace of so short a time means nothing. */
START_TEST(first_moments)
{
	ck_assert_str_eq(text_of(50, 0, 1000, "events", SECOND / 2 - 1), "1000 events");
	ck_assert_str_eq(text_of(50, 0, 1000, "events", SECOND / 2), "1000 events  2000/s");
	ck_assert_ptr_null(strstr(text_of(1, 100, 1, "events", SECOND / 10), "left"));
}
END_TEST

START_TEST(each_percent)
{
	for (uint64_t done = 0; done <= 100; done++) {
		char expected[16];
		snprintf(expected, sizeof(expected), "] %3llu%%  ", (unsigned long long)done);
		const char *text = text_of(done, 100, 0, "events", 0);
		ck_assert_msg(strstr(text, expected), "%s, not %s", text, expected);
	}
}
END_TEST

START_TEST(bar_grows)
{
	for (uint64_t done = 0; done <= 300; done++) {
		const char *text = text_of(done, 300, 0, "events", 0);
		size_t full = strspn(text + 1, "#");
		ck_assert_msg(full == done / 10, "%s of %llu", text, (unsigned long long)done);
		ck_assert_uint_eq(full + strspn(text + 1 + full, "."), 30);
		ck_assert_int_eq(text[31], ']');
	}
}
END_TEST

/* A file may grow while it's read. */
START_TEST(more_than_whole)
{
	const char *text = text_of(500, 100, 7, "events", 3 * SECOND);
	ck_assert_str_eq(text, "[##############################] 100%  7 events  2/s");
	ck_assert_ptr_nonnull(strstr(text_of(UINT64_MAX, 1, 7, "events", 1), "100%"));
}
END_TEST

START_TEST(time_left)
{
	static const struct {
		uint64_t done, whole, seconds;
		const char *left;
	} rows[] = {{1, 2, 59, "0:59 left"}, {1, 2, 60, "1:00 left"}, {1, 2, 61, "1:01 left"},
	    {1, 61, 1, "1:00 left"}, {1, 2, 3599, "59:59 left"}, {1, 2, 36000, "600:00 left"},
	    {99, 100, 99, "0:01 left"}};
	for (size_t i = 0; i < countof(rows); i++) {
		const char *text =
		    text_of(rows[i].done, rows[i].whole, 1, "events", rows[i].seconds * SECOND);
		const char *at = strstr(text, "  ");
		while (at && strstr(at + 2, "  "))
			at = strstr(at + 2, "  ");
		ck_assert_msg(at && strcmp(at + 2, rows[i].left) == 0, "%s", text);
	}
}
END_TEST

/* Nothing was done yet, or all: no guess. */
START_TEST(nothing_to_guess)
{
	ck_assert_ptr_null(strstr(text_of(0, 100, 0, "events", 9 * SECOND), "left"));
	ck_assert_ptr_null(strstr(text_of(100, 100, 0, "events", 9 * SECOND), "left"));
}
END_TEST

START_TEST(extremes)
{
	static const uint64_t values[] = {
	    0, 1, 2, SECOND / 2, SECOND, 1ULL << 53, INT64_MAX, UINT64_MAX - 1, UINT64_MAX};
	for (unsigned i = 0; i < 9 * 9 * 9 * 9; i++) {
		uint64_t done = values[i % 9], whole = values[i / 9 % 9];
		const char *text =
		    text_of(done, whole, values[i / 81 % 9], "events", values[i / 729]);
		const char *percent = strchr(text, '%');
		unit_check((percent != NULL) == (whole != 0), "%s", text);
		unit_check(
		    !percent || (percent - text == 36 && atoi(text + 33) <= 100), "%s", text);
		unit_check(!strpbrk(text, "-\n\r") && !strstr(text, "nan") && !strstr(text, "inf"),
		    "%s", text);
	}
}
END_TEST

/* What takes longer than an unsigned number of minutes goes isn't said to be done soon. */
START_TEST(endless)
{
	static const uint64_t wholes[] = {1ULL << 33, 1ULL << 39, 1ULL << 52, UINT64_MAX};
	for (size_t i = 0; i < countof(wholes); i++) {
		const char *text = text_of(1, wholes[i], 1, "events", SECOND);
		const char *left = strrchr(text, ':');
		if (!left)
			continue; /* as good */
		while (left > text && left[-1] >= '0' && left[-1] <= '9')
			left--;
		unit_check(strtod(left, NULL) > (double)wholes[i] / 61, "%s of %llu", text,
		    (unsigned long long)wholes[i]);
	}
}
END_TEST

START_TEST(appends)
{
	struct buf b = {0};
	buf_str(&b, STR("before "));
	progress_text(&b, 0, 0, 3, "runs", 0);
	assert_buf(&b, "before 3 runs");
	buf_free(&b);
}
END_TEST

TEST_SUITE(progress)
{
	TEST(how_it_looks);
	TEST(whole_unknown);
	TEST(first_moments);
	TEST(each_percent);
	TEST(bar_grows);
	TEST(more_than_whole);
	TEST(time_left);
	TEST(nothing_to_guess);
	TEST(extremes);
	TEST(endless);
	TEST(appends);
}
