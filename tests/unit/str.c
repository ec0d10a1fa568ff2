/* src/util/str.h */
#include "util/str.h"

#include "unit.h"

START_TEST(literals)
{
	static const struct str fixed = STR_INIT("a\0b");
	ck_assert_uint_eq(fixed.len, 3);
	ck_assert_uint_eq(STR("").len, 0);
	ck_assert_uint_eq(str_of("abc").len, 3);
	ck_assert(str_eq(fixed, STR("a\0b")));
}
END_TEST

START_TEST(equal)
{
	ck_assert(str_eq((struct str){NULL, 0}, STR("")));
	ck_assert(str_eq((struct str){NULL, 0}, (struct str){NULL, 0}));
	ck_assert(!str_eq(STR("a"), STR("b")));
	ck_assert(!str_eq(STR("a"), STR("ab")));
	ck_assert(!str_eq(STR("a\0b"), STR("a\0c")));
	ck_assert(str_is(STR("abc"), "abc"));
	ck_assert(!str_is(STR("abc\0"), "abc"));
	ck_assert(!str_is(STR("abc"), ""));
}
END_TEST

START_TEST(ends)
{
	ck_assert(str_ends(STR("a (deleted)"), STR(" (deleted)")));
	ck_assert(str_ends(STR("abc"), STR("abc")));
	ck_assert(str_ends(STR("abc"), STR("")));
	ck_assert(!str_ends(STR("bc"), STR("abc")));
	ck_assert(!str_ends(STR("abcd"), STR("abc")));
	ck_assert(!str_ends(STR(""), STR("x")));
}
END_TEST

TEST_SUITE(str)
{
	TEST(literals);
	TEST(equal);
	TEST(ends);
}
