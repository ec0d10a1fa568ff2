/* src/util/utf8.c */
#include "util/utf8.h"

#include <errno.h>

#include "unit.h"

/* RFC 3629, section 4: how long a sequence is that begins so, when all that follows is a tail. */
static unsigned length_by_rfc(uint8_t a, uint8_t b)
{
	bool tail = b >= 0x80 && b <= 0xbf;
	if (a <= 0x7f)
		return 1;
	if (!tail || a < 0xc2 || a > 0xf4)
		return 0;
	if (a <= 0xdf)
		return 2;
	if (a == 0xe0)
		return b >= 0xa0 ? 3 : 0;
	if (a == 0xed)
		return b <= 0x9f ? 3 : 0;
	if (a <= 0xef)
		return 3;
	if (a == 0xf0)
		return b >= 0x90 ? 4 : 0;
	if (a == 0xf4)
		return b <= 0x8f ? 4 : 0;
	return 4;
}

START_TEST(all_first_two_bytes)
{
	for (unsigned a = 0; a < 256; a++) {
		for (unsigned b = 0; b < 256; b++) {
			char text[4] = {(char)a, (char)b, '\x80', '\xbf'};
			unsigned expected = length_by_rfc((uint8_t)a, (uint8_t)b);
			ck_assert_msg(utf8_next(text, 4) == expected, "%02x %02x", a, b);
		}
	}
}
END_TEST

START_TEST(bad_tails)
{
	static const char *const leads[] = {"\xe2\x82", "\xf0\x9f\x98"};
	for (size_t i = 0; i < countof(leads); i++) {
		char text[4];
		size_t n = strlen(leads[i]);
		memcpy(text, leads[i], n);
		for (unsigned c = 0; c < 256; c++) {
			text[n] = (char)c;
			bool good = c >= 0x80 && c <= 0xbf;
			ck_assert_uint_eq(utf8_next(text, n + 1), good ? n + 1 : 0);
		}
	}
	ck_assert_uint_eq(utf8_next("\xf0\x9f\x20\x80", 4), 0);
}
END_TEST

START_TEST(cut_sequences)
{
	static const char *const whole[] = {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
	for (size_t i = 0; i < countof(whole); i++) {
		size_t n = strlen(whole[i]);
		for (size_t len = 1; len < n; len++)
			ck_assert_uint_eq(utf8_next(whole[i], len), 0);
		ck_assert_uint_eq(utf8_next(whole[i], n), n);
		ck_assert_uint_eq(utf8_next(whole[i], n + 1), n);
	}
}
END_TEST

START_TEST(all_code_points)
{
	struct buf b = {0};
	for (uint32_t c = 0; c <= 0x10ffff; c++) {
		if (c >= 0xd800 && c <= 0xdfff)
			continue;
		b.len = 0;
		utf8_put(&b, c);
		unsigned n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
		if (b.len != n || utf8_next(b.data, b.len) != n)
			ck_abort_msg("U+%04X", c);
	}
	b.len = 0;
	utf8_put(&b, 0x20ac);
	utf8_put(&b, 0x1f600);
	assert_buf(&b, "\xe2\x82\xac\xf0\x9f\x98\x80");
	buf_free(&b);
}
END_TEST

START_TEST(valid_texts)
{
	static const struct str bad[] = {STR_INIT("\x80"), STR_INIT("a\xbf"), STR_INIT("\xc0\x80"),
	    STR_INIT("\xc1\xbf"), STR_INIT("\xe0\x9f\xbf"), STR_INIT("\xed\xa0\x80"),
	    STR_INIT("\xed\xbf\xbf"), STR_INIT("\xf0\x8f\xbf\xbf"), STR_INIT("\xf4\x90\x80\x80"),
	    STR_INIT("\xf5\x80\x80\x80"), STR_INIT("\xff"), STR_INIT("\xfe"), STR_INIT("ok\xc3"),
	    STR_INIT("\xe2\x82"), STR_INIT("\xc3\x28"), STR_INIT("\xf8\x88\x80\x80\x80")};
	for (size_t i = 0; i < countof(bad); i++)
		ck_assert_msg(!utf8_valid(bad[i]), "row %zu", i);
	ck_assert(utf8_valid((struct str){NULL, 0}));
	ck_assert(utf8_valid(STR("plain\0NUL")));
	ck_assert(utf8_valid(STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbf")));
	ck_assert(utf8_valid(STR("\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf")));
}
END_TEST

START_TEST(base64_vectors)
{
	static const struct {
		const char *plain, *coded;
	} rows[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="},
	    {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xff\xfe\xfb", "//77"},
	    {"\xfb\xef", "++8="}};
	for (size_t i = 0; i < countof(rows); i++) {
		struct buf b = {0};
		base64_put(&b, str_of(rows[i].plain));
		assert_buf(&b, rows[i].coded);
		b.len = 0;
		ck_assert_int_eq(base64_get(&b, str_of(rows[i].coded)), 0);
		assert_buf(&b, rows[i].plain);
		buf_free(&b);
	}
}
END_TEST

START_TEST(base64_round_trip)
{
	char bytes[300];
	struct buf coded = {0}, plain = {0};
	uint64_t random = 3;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i < 256 ? i : unit_random(&random));
	for (size_t len = 0; len <= sizeof(bytes); len++) {
		coded.len = plain.len = 0;
		base64_put(&coded, (struct str){bytes, len});
		ck_assert_uint_eq(coded.len, (len + 2) / 3 * 4);
		ck_assert_int_eq(base64_get(&plain, buf_view(&coded)), 0);
		assert_str(buf_view(&plain), ((struct str){bytes, len}));
	}
	buf_free(&coded);
	buf_free(&plain);
}
END_TEST

START_TEST(base64_refuses)
{
	static const struct str bad[] = {STR_INIT("A"), STR_INIT("AA"), STR_INIT("AAA"),
	    STR_INIT("AAAAA"), STR_INIT("===="), STR_INIT("A==="), STR_INIT("=AAA"),
	    STR_INIT("A=AA"), STR_INIT("AA=A"), STR_INIT("AA==AAAA"), STR_INIT("AAA=AAAA"),
	    STR_INIT("AA A"), STR_INIT("AAA\n"), STR_INIT("AA-A"), STR_INIT("AA_A"),
	    STR_INIT("AAA\0"),
	    STR_INIT("\xff"
	             "AAA"),
	    STR_INIT("AAAA\n\n\n\n"), STR_INIT("AA\0=")};
	for (size_t i = 0; i < countof(bad); i++) {
		struct buf b = {0};
		ck_assert_msg(base64_get(&b, bad[i]) == -EINVAL, "row %zu", i);
		buf_free(&b);
	}
}
END_TEST

START_TEST(base64_appends)
{
	struct buf b = {0};
	buf_char(&b, '"');
	base64_put(&b, STR("a\0b"));
	buf_char(&b, '"');
	assert_buf(&b, "\"YQBi\"");
	ck_assert_int_eq(base64_get(&b, STR("YQBi")), 0);
	assert_str(buf_view(&b), STR("\"YQBi\"a\0b"));
	buf_free(&b);
}
END_TEST

TEST_SUITE(utf8)
{
	TEST(all_first_two_bytes);
	TEST(bad_tails);
	TEST(cut_sequences);
	TEST(all_code_points);
	TEST(valid_texts);
	TEST(base64_vectors);
	TEST(base64_round_trip);
	TEST(base64_refuses);
	TEST(base64_appends);
}
