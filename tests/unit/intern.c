/* src/util/intern.c: one number a text */
#include "util/intern.h"

#include <stdio.h>

#include "unit.h"

START_TEST(the_same_each_time)
{
	struct intern in = {0};
	char text[16];
	ck_assert_uint_eq(intern_add(&in, STR("")), 0);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 1; i <= 3000; i++) {
			size_t len = (size_t)snprintf(text, sizeof(text), "name %u", i);
			ck_assert_uint_eq(intern_add(&in, (struct str){text, len}), i);
		}
	}
	ck_assert(str_is(intern_text(&in, 1234), "name 1234"));
	ck_assert_uint_eq(intern_text(&in, 0).len, 0);
	ck_assert_uint_eq(intern_text(&in, 3001).len, 0);
	intern_free(&in);
}
END_TEST

START_TEST(any_bytes)
{
	struct intern in = {0};
	uint32_t a = intern_add(&in, STR("a\0b")), b = intern_add(&in, STR("a\0c"));
	ck_assert_uint_ne(a, b);
	ck_assert_uint_eq(intern_text(&in, b).len, 3);
	intern_free(&in);
}
END_TEST

TEST_SUITE(intern)
{
	TEST(the_same_each_time);
	TEST(any_bytes);
}
