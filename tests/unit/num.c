/* src/util/num.c */
#include "util/num.h"

#include <errno.h>
#include <stdio.h>

#include "unit.h"

#define UNTOUCHED 4711

typedef int parse_fn(const char *text, uint64_t *ret);

static void assert_parses(parse_fn *parse, const char *text, uint64_t expected)
{
	uint64_t value = UNTOUCHED;
	int r = parse(text, &value);
	ck_assert_msg(r == 0 && value == expected, "'%s': %d and %llu, not %llu", text, r,
	    (unsigned long long)value, (unsigned long long)expected);
}

static void assert_refused(parse_fn *parse, const char *text, int code)
{
	uint64_t value = UNTOUCHED;
	int r = parse(text, &value);
	ck_assert_msg(r == code, "'%s': %d, not %d", text, r, code);
	ck_assert_msg(value == UNTOUCHED, "'%s' changed the value", text);
}

START_TEST(parse_decimal)
{
	assert_parses(num_parse, "0", 0);
	assert_parses(num_parse, "7", 7);
	assert_parses(num_parse, "0009", 9);
	assert_parses(num_parse, "4294967296", 4294967296);
	assert_parses(num_parse, "9223372036854775808", 9223372036854775808ULL);
	assert_parses(num_parse, "18446744073709551615", UINT64_MAX);
	assert_parses(num_parse, "000000000000000000000018446744073709551615", UINT64_MAX);
}
END_TEST

START_TEST(parse_refuses)
{
	static const char *const bad[] = {
	    "", " ", "-1", "+1", " 1", "1 ", "0x10", "1.5", "1e3", "a", "1a", "1\n", "--", "1K"};
	for (size_t i = 0; i < countof(bad); i++)
		assert_refused(num_parse, bad[i], -EINVAL);
	assert_refused(num_parse, "18446744073709551616", -ERANGE);
	assert_refused(num_parse, "18446744073709551620", -ERANGE);
	assert_refused(num_parse, "99999999999999999999", -ERANGE);
	assert_refused(num_parse, "100000000000000000000000000000000000000", -ERANGE);
}
END_TEST

START_TEST(parse_junk_after_many_digits)
{
	assert_refused(num_parse, "99999999999999999999x", -EINVAL);
	assert_refused(num_parse_size, "99999999999999999999x", -EINVAL);
	assert_refused(num_parse_time, "99999999999999999999x", -EINVAL);
}
END_TEST

START_TEST(size_units)
{
	assert_parses(num_parse_size, "0", 0);
	assert_parses(num_parse_size, "123", 123);
	assert_parses(num_parse_size, "1K", 1024);
	assert_parses(num_parse_size, "512M", 512ULL << 20);
	assert_parses(num_parse_size, "3G", 3ULL << 30);
	assert_parses(num_parse_size, "2T", 2ULL << 40);
	assert_parses(num_parse_size, "1.5K", 1536);
	assert_parses(num_parse_size, "0.25M", 256 << 10);
	assert_parses(num_parse_size, "0.000000000001T", 1);
	assert_parses(num_parse_size, "16777215T", 16777215ULL << 40);
	assert_parses(num_parse_size, "18446744073709551615", UINT64_MAX);
	assert_parses(num_parse_size, "16777215.5T", (16777215ULL << 40) + (1ULL << 39));
}
END_TEST

START_TEST(size_refuses)
{
	static const char *const bad[] = {"", "K", ".", ".K", "-1K", "+1K", " 1K", "1 K", "1K ",
	    "1KB", "1KK", "1k", "1P", "1..5K", "1.5.5", "0x10", "1e3", "1,5K", "inf", "nan", "1h"};
	for (size_t i = 0; i < countof(bad); i++)
		assert_refused(num_parse_size, bad[i], -EINVAL);
	assert_refused(num_parse_size, "16777216T", -ERANGE);
	assert_refused(num_parse_size, "18014398509481984K", -ERANGE);
	assert_refused(num_parse_size, "18446744073709551616", -ERANGE);
}
END_TEST

START_TEST(time_units)
{
	assert_parses(num_parse_time, "0", 0);
	assert_parses(num_parse_time, "1", 1000000000);
	assert_parses(num_parse_time, "1s", 1000000000);
	assert_parses(num_parse_time, "0.1", 100000000);
	assert_parses(num_parse_time, "0.000000001", 1);
	assert_parses(num_parse_time, "15us", 15000);
	assert_parses(num_parse_time, "0.001us", 1);
	assert_parses(num_parse_time, "2.5ms", 2500000);
	assert_parses(num_parse_time, "90m", 5400000000000);
	assert_parses(num_parse_time, "24h", 86400000000000);
	assert_parses(num_parse_time, "5124095h", 5124095 * 3600000000000ULL);
	assert_parses(num_parse_time, "18446744073.709551615", UINT64_MAX);
}
END_TEST

START_TEST(time_refuses)
{
	static const char *const bad[] = {"", "s", ".", "-1", "1 s", " 1", "1S", "1M", "1ns",
	    "1min", "1sec", "1K", "1.2.3s", "1m30s", "1e3", "m", "us"};
	for (size_t i = 0; i < countof(bad); i++)
		assert_refused(num_parse_time, bad[i], -EINVAL);
	assert_refused(num_parse_time, "5124096h", -ERANGE);
	assert_refused(num_parse_time, "18446744073.709551616", -ERANGE);
	assert_refused(num_parse_time, "18446744074", -ERANGE);
}
END_TEST

START_TEST(long_fraction)
{
	assert_parses(num_parse_size, "1.000000000000000000000000K", 1024);
	assert_parses(num_parse_time, "0.5000000000000000000000000s", 500000000);
}
END_TEST

START_TEST(parse_hex)
{
	static const struct str bad[] = {STR_INIT(""), STR_INIT("0x"), STR_INIT("0X1"),
	    STR_INIT("x1"), STR_INIT("10"), STR_INIT("0xg"), STR_INIT("0xA"), STR_INIT("0x@"),
	    STR_INIT("0x`"), STR_INIT("0x1 "), STR_INIT(" 0x1"), STR_INIT("0x-1"), STR_INIT("0x\0"),
	    STR_INIT("0x1\0"), STR_INIT("0x00000000000000000"), STR_INIT("0x10000000000000000")};
	uint64_t value = UNTOUCHED;
	for (size_t i = 0; i < countof(bad); i++) {
		ck_assert_msg(num_parse_hex(bad[i], &value) == -EINVAL, "row %zu", i);
		ck_assert_uint_eq(value, UNTOUCHED);
	}
	ck_assert_int_eq(num_parse_hex(STR("0x0"), &value), 0);
	ck_assert_uint_eq(value, 0);
	ck_assert_int_eq(num_parse_hex(STR("0x0123456789abcdef"), &value), 0);
	ck_assert_uint_eq(value, 0x123456789abcdef);
	ck_assert_int_eq(num_parse_hex(STR("0xffffffffffffffff"), &value), 0);
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert_int_eq(
	    num_parse_hex((struct str){"0x1fz", 4}, &value), 0); /* a view ends where it ends */
	ck_assert_uint_eq(value, 0x1f);
}
END_TEST

static void assert_dec(uint64_t value)
{
	char expected[32], got[NUM_DEC_MAX];
	int n = snprintf(expected, sizeof(expected), "%llu", (unsigned long long)value);
	char *end = num_dec(got, value);
	assert_str(((struct str){got, (size_t)(end - got)}), ((struct str){expected, (size_t)n}));
}

START_TEST(dec_all_lengths)
{
	uint64_t power = 1, random = 1;
	for (unsigned i = 0; i < 20; i++, power *= 10) {
		assert_dec(power - 1);
		assert_dec(power);
		assert_dec(power + 1);
	}
	assert_dec(UINT64_MAX);
	for (unsigned i = 0; i < 10000; i++)
		assert_dec(unit_random(&random) >> (i % 53));
}
END_TEST

START_TEST(put_appends)
{
	struct buf b = {0};
	num_put_dec(&b, 0);
	buf_char(&b, ' ');
	num_put_dec(&b, UINT64_MAX);
	buf_char(&b, ' ');
	num_put_int(&b, -123);
	buf_char(&b, ' ');
	num_put_int(&b, INT64_MIN);
	buf_char(&b, ' ');
	num_put_int(&b, INT64_MAX);
	buf_char(&b, ' ');
	num_put_int(&b, 0);
	buf_char(&b, ' ');
	num_put_hex(&b, 0x7b);
	assert_buf(&b, "0 18446744073709551615 -123 -9223372036854775808 "
	               "9223372036854775807 0 0x7b");
	buf_free(&b);
}
END_TEST

START_TEST(hex_all_lengths)
{
	struct buf b = {0};
	for (unsigned shift = 0; shift < 64; shift++) {
		for (int less = 0; less < 2; less++) {
			char expected[32];
			uint64_t value = (1ULL << shift) - (uint64_t)less;
			snprintf(expected, sizeof(expected), "0x%llx", (unsigned long long)value);
			b.len = 0;
			num_put_hex(&b, value);
			assert_buf(&b, expected);
		}
	}
	b.len = 0;
	num_put_hex(&b, UINT64_MAX);
	assert_buf(&b, "0xffffffffffffffff");
	buf_free(&b);
}
END_TEST

START_TEST(nsec_without_trailing_zeros)
{
	static const struct {
		uint64_t nsec;
		const char *text;
	} rows[] = {{0, "0"}, {1, "0.000000001"}, {10, "0.00000001"}, {6500, "0.0000065"},
	    {100000000, "0.1"}, {999999999, "0.999999999"}, {1000000000, "1"}, {1500000000, "1.5"},
	    {2000000000, "2"}, {10000000000, "10"}, {10100000000, "10.1"},
	    {1000000000000000000, "1000000000"}, {UINT64_MAX, "18446744073.709551615"}};
	struct buf b = {0};
	for (size_t i = 0; i < countof(rows); i++) {
		b.len = 0;
		num_put_nsec(&b, rows[i].nsec);
		assert_buf(&b, rows[i].text);
	}
	buf_free(&b);
}
END_TEST

START_TEST(nsec_parses_back)
{
	struct buf b = {0};
	uint64_t random = 2;
	for (unsigned i = 0; i < 10000; i++) {
		uint64_t value = unit_random(&random) >> (i % 53);
		b.len = 0;
		num_put_nsec(&b, value);
		buf_char(&b, '\0');
		assert_parses(num_parse_time, b.data, value);
	}
	buf_free(&b);
}
END_TEST

TEST_SUITE(num)
{
	TEST(parse_decimal);
	TEST(parse_refuses);
	TEST(parse_junk_after_many_digits);
	TEST(size_units);
	TEST(size_refuses);
	TEST(time_units);
	TEST(time_refuses);
	TEST(long_fraction);
	TEST(parse_hex);
	TEST(dec_all_lengths);
	TEST(put_appends);
	TEST(hex_all_lengths);
	TEST(nsec_without_trailing_zeros);
	TEST(nsec_parses_back);
}
