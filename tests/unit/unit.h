/*
 * Unit tests: one file here for each file of src/ that is tested. A file says
 *
 *	START_TEST(adds_up) { ck_assert_int_eq(1 + 1, 2); } END_TEST
 *	TEST_SUITE(sums) { TEST(adds_up); }
 *
 * and is run: suites register themselves. CK_RUN_SUITE=sums runs a file, CK_RUN_CASE=adds_up a
 *test.
 */
#pragma once

#include <check.h>

#include "util/buf.h"
#include "util/cleanup.h"

struct unit_suite {
	const char *name;
	void (*fill)(Suite *suite);
	struct unit_suite *next;
};

/* unit_register - let main run `suite`, which is linked, not copied. */
void unit_register(struct unit_suite *suite);

/* unit_add - make `test` a case of `suite`; it is run for each i from `first` to below `end`. */
void unit_add(Suite *suite, const char *name, const TTest *test, int first, int end);

#define TEST_SUITE(id)                                                                             \
	static void unit_fill_##id(Suite *suite);                                                  \
	__attribute__((constructor)) static void unit_register_##id(void)                          \
	{                                                                                          \
		static struct unit_suite self = {#id, unit_fill_##id, NULL};                       \
		unit_register(&self);                                                              \
	}                                                                                          \
	static void unit_fill_##id(Suite *suite)

#define TEST(test)           unit_add(suite, #test, test, 0, 1)
#define TEST_LOOP(test, end) unit_add(suite, #test, test, 0, end) /* _i in the test */

/* unit_same - fail at `file`:`line` unless the bytes of `got` are those of `expected`. */
void unit_same(const char *file, int line, struct str got, struct str expected);

#define assert_str(got, expected)  unit_same(__FILE__, __LINE__, (got), (expected))
#define assert_text(got, expected) unit_same(__FILE__, __LINE__, (got), str_of(expected))
#define assert_buf(b, expected)    unit_same(__FILE__, __LINE__, buf_view(b), str_of(expected))

/* unit_check - as ck_assert_msg, for loops that run a million times: success costs nothing. */
#define unit_check(condition, ...)                                                                 \
	do {                                                                                       \
		if (!(condition))                                                                  \
			ck_abort_msg(__VA_ARGS__);                                                 \
	} while (0)

/* unit_random - the next of a sequence of numbers that *state (not 0) begins. */
static inline uint64_t unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1dULL >> 11;
}

/* unit_below - one of 0 to n - 1. */
static inline unsigned unit_below(uint64_t *state, unsigned n)
{
	return (unsigned)(unit_random(state) % n);
}
