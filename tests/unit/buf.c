/* src/util/buf.c and buf.h */
#include "util/buf.h"

#include "unit.h"

START_TEST(empty)
{
	struct buf b = {0};
	ck_assert_uint_eq(buf_view(&b).len, 0);
	buf_add(&b, NULL, 0);
	buf_str(&b, (struct str){NULL, 0});
	ck_assert_uint_eq(b.len, 0);
	buf_free(&b);
	buf_free(&b);
}
END_TEST

START_TEST(appends)
{
	struct buf b = {0};
	buf_add(&b, "ab\0c", 4);
	buf_char(&b, 'd');
	buf_str(&b, STR("ef"));
	buf_fmt(&b, "%d-%s", 42, "x");
	assert_str(buf_view(&b), STR("ab\0cdef42-x"));
	buf_free(&b);
}
END_TEST

START_TEST(grows_and_keeps)
{
	struct buf b = {0};
	for (unsigned i = 0; i < 100000; i++)
		buf_char(&b, (char)i);
	ck_assert_uint_eq(b.len, 100000);
	ck_assert_uint_ge(b.size, b.len);
	for (unsigned i = 0; i < 100000; i++) {
		if (b.data[i] != (char)i)
			ck_abort_msg("byte %u is lost", i);
	}
	buf_free(&b);
	ck_assert_ptr_null(b.data);
	ck_assert_uint_eq(b.size, 0);
	buf_char(&b, 'x');
	assert_buf(&b, "x");
	buf_free(&b);
}
END_TEST

START_TEST(grow_makes_room)
{
	struct buf b = {0};
	for (size_t more = 1; more < 5000; more = more * 3 + 1) {
		buf_grow(&b, more);
		ck_assert_uint_ge(b.size - b.len, more);
		b.len += more;
	}
	size_t size = b.size, room = b.size - b.len;
	buf_reserve(&b, room);
	ck_assert_uint_eq(b.size, size);
	buf_free(&b);
}
END_TEST

START_TEST(long_format)
{
	struct buf b = {0};
	buf_char(&b, '<');
	buf_fmt(&b, "%*s", 3000, "end");
	buf_fmt(&b, "%s", "");
	buf_char(&b, '>');
	ck_assert_uint_eq(b.len, 3002);
	assert_str(((struct str){b.data + 2997, 5}), STR(" end>"));
	buf_free(&b);
}
END_TEST

START_TEST(plain)
{
	struct buf b = {0};
	buf_plain(&b, STR("caf\xc3\xa9 \033[2J\n\x7f"));
	assert_str(buf_view(&b), STR("caf\xc3\xa9 \\x1b[2J\\x0a\\x7f"));
	b.len = 0;
	/* No UTF-8: a lone byte, a surrogate, a cut sequence; and a control character in two bytes. */
	buf_plain(&b, STR("\xff|\xed\xa0\x80|\xc2\x9b|\xc2\xa0|\xe2\x82"));
	assert_str(buf_view(&b), STR("\\xff|\\xed\\xa0\\x80|\\xc2\\x9b|\xc2\xa0|\\xe2\\x82"));
	b.len = 0;
	/* What ends lines or turns them round, and what stands next to that. */
	buf_plain(&b, STR("\xe2\x80\xae|\xe2\x80\x8f|\xe2\x81\xa6|\xd8\x9c|\xe2\x80\xaf|\xe2\x81\xaa|\xd8\x9b"));
	assert_str(buf_view(&b),
	    STR("\\xe2\\x80\\xae|\\xe2\\x80\\x8f|\\xe2\\x81\\xa6|\\xd8\\x9c|\xe2\x80\xaf|\xe2\x81\xaa|\xd8\x9b"));
	buf_free(&b);
}
END_TEST

TEST_SUITE(buf)
{
	TEST(empty);
	TEST(appends);
	TEST(grows_and_keeps);
	TEST(grow_makes_room);
	TEST(long_format);
	TEST(plain);
}
