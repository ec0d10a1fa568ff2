/* src/util/err.c */
#include "util/err.h"

#include <errno.h>

#include "unit.h"

START_TEST(set)
{
	struct err err = {.status = 1};
	ck_assert_int_eq(err_set(&err, -EINVAL, "no %s in %d", "sense", 7), -EINVAL);
	ck_assert_str_eq(err.text, "no sense in 7");
	ck_assert_int_eq(err.status, EXIT_STATUS_FAILED);
	ck_assert_int_eq(EXIT_STATUS_FAILED, 125);
}
END_TEST

START_TEST(sys)
{
	struct err err = {0};
	ck_assert_int_eq(err_sys(&err, ENOENT, "can't open %s", "x"), -ENOENT);
	ck_assert_str_eq(err.text, "can't open x: No such file or directory");
	ck_assert_int_eq(err_sys(&err, -EACCES, "can't"), -EACCES);
	ck_assert_str_eq(err.text, "can't: Permission denied");
	ck_assert_int_eq(err.status, EXIT_STATUS_FAILED);
}
END_TEST

START_TEST(too_long)
{
	struct err err = {0};
	char text[3000];
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ck_assert_int_eq(err_set(&err, -5, "%s", text), -5);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert_int_eq(err_sys(&err, EIO, "%s", text), -EIO);
	ck_assert_ptr_nonnull(strstr(err.text, "xxx: Input/output error"));
	ck_assert_uint_lt(strlen(err.text), sizeof(err.text));
}
END_TEST

TEST_SUITE(err)
{
	TEST(set);
	TEST(sys);
	TEST(too_long);
}
