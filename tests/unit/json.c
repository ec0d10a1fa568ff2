/* src/trace/json.c */
#include "trace/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"
#include "util/utf8.h"

static struct json cursor(struct arena *arena, struct str text)
{
	return (struct json){text.s, text.s + text.len, NULL, arena};
}

static void assert_put(struct str text, const char *expected, bool valid)
{
	struct buf b = {0};
	ck_assert_int_eq(json_put_text(&b, text), valid);
	assert_buf(&b, expected);
	buf_free(&b);
}

START_TEST(put_plain)
{
	assert_put((struct str){NULL, 0}, "\"\"", true);
	assert_put(STR("abc /~!"), "\"abc /~!\"", true);
	assert_put(STR("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
	    "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"", true);
	assert_put(STR("\xef\xbf\xbd"), "\"\xef\xbf\xbd\"", true);
	assert_put(STR("\x7f"), "\"\x7f\"", true);
}
END_TEST

START_TEST(put_escapes)
{
	assert_put(STR("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"", true);
	for (unsigned c = 0; c < 0x20; c++) {
		if (c && strchr("\b\f\n\r\t", (int)c))
			continue;
		char expected[16];
		snprintf(expected, sizeof(expected), "\"a\\u%04xz\"", c);
		char text[3] = {'a', (char)c, 'z'};
		assert_put((struct str){text, 3}, expected, true);
	}
}
END_TEST

#define BAD "\xef\xbf\xbd"

START_TEST(put_one_replacement_a_bad_byte)
{
	assert_put(STR("\xff"), "\"" BAD "\"", false);
	assert_put(STR("a\x80\x80z"), "\"a" BAD BAD "z\"", false);
	assert_put(STR("\xe2\x82"), "\"" BAD BAD "\"", false);
	assert_put(STR("\xe2\x82 "), "\"" BAD BAD " \"", false);
	assert_put(STR("\xf0\x9f\x98"), "\"" BAD BAD BAD "\"", false);
	assert_put(STR("\xc0\x80"), "\"" BAD BAD "\"", false);
	assert_put(STR("\xed\xa0\x80"), "\"" BAD BAD BAD "\"", false);
	assert_put(STR("\xf4\x90\x80\x80"), "\"" BAD BAD BAD BAD "\"", false);
	assert_put(STR("\xc3\xc3\xa4"), "\"" BAD "\xc3\xa4\"", false);
	assert_put(STR("\xe2\"\n"), "\"" BAD "\\\"\\n\"", false);
}
END_TEST

static void assert_takes(struct str line, struct str expected)
{
	struct arena arena = {0};
	struct json j = cursor(&arena, line);
	struct str text;
	ck_assert_msg(json_text(&j, &text), "%s", j.why);
	ck_assert_ptr_null(j.why);
	assert_str(text, expected);
	ck_assert_int_eq(json_peek(&j), '!');
	arena_free(&arena);
}

START_TEST(take_texts)
{
	assert_takes(STR("\"\"!"), STR(""));
	assert_takes(STR(" \t\r\n\"abc\" !"), STR("abc"));
	assert_takes(STR("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"!"), STR("\"\\/\b\f\n\r\t"));
	assert_takes(STR("\"a\\u0000b\"!"), STR("a\0b"));
	assert_takes(
	    STR("\"\\u0041\\u00e4\\u20AC\\u20ac\"!"), STR("A\xc3\xa4\xe2\x82\xac\xe2\x82\xac"));
	assert_takes(STR("\"\\ud83d\\ude00\"!"), STR("\xf0\x9f\x98\x80"));
	assert_takes(
	    STR("\"\\uD800\\uDC00\\uDBFF\\uDFFF\"!"), STR("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
	assert_takes(STR("\"\xc3\xa4\x7f\"!"), STR("\xc3\xa4\x7f"));
	assert_takes(STR("\"\\\\\"!"), STR("\\"));
	assert_takes(STR("\"x\\\\\\\"\"!"), STR("x\\\""));
}
END_TEST

START_TEST(text_points_into_the_line)
{
	struct arena arena = {0};
	static const char line[] = "\"plain\"";
	struct json j = cursor(&arena, str_of(line));
	struct str text;
	ck_assert(json_text(&j, &text));
	ck_assert_ptr_eq(text.s, line + 1);
	ck_assert_ptr_null(arena.chunk);
}
END_TEST

START_TEST(refuse_texts)
{
	static const struct str bad[] = {STR_INIT(""), STR_INIT("abc"), STR_INIT("\""),
	    STR_INIT("\"abc"), STR_INIT("\"abc\\"), STR_INIT("\"abc\\\""), STR_INIT("\"\\x\""),
	    STR_INIT("\"\\0\""), STR_INIT("\"\\u12\""), STR_INIT("\"\\u"), STR_INIT("\"\\u00g0\""),
	    STR_INIT("\"\\u004\""), STR_INIT("\"\\u@000\""), STR_INIT("\"\\u-001\""),
	    STR_INIT("\"\\ud800\""), STR_INIT("\"\\udc00\""), STR_INIT("\"\\ud800x\""),
	    STR_INIT("\"\\ud800\\u0041\""), STR_INIT("\"\\ud800\\ud800\""),
	    STR_INIT("\"\\ud800\\n\""), STR_INIT("\"\\ud800\\u\""), STR_INIT("\"\n\""),
	    STR_INIT("\"a\0\""), STR_INIT("\"\\n\x1f\""), STR_INIT("\"\\\0\""), STR_INIT("'a'"),
	    STR_INIT("\"\\"), STR_INIT("\"\\ud800\\udc0\"")};
	for (size_t i = 0; i < countof(bad); i++) {
		struct arena arena = {0};
		/* A copy of its own shows reads beyond the end to sanitizers. */
		char *copy = memcpy(malloc(bad[i].len + !bad[i].len), bad[i].s, bad[i].len);
		struct json j = cursor(&arena, (struct str){copy, bad[i].len});
		struct str text;
		ck_assert_msg(!json_text(&j, &text), "row %zu", i);
		ck_assert_ptr_nonnull(j.why);
		free(copy);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(any_text_round_trips)
{
	struct arena arena = {0};
	struct buf b = {0};
	uint64_t random = 5;
	for (unsigned n = 0; n < 5000; n++) {
		struct buf text = {0};
		for (unsigned i = unit_below(&random, 20); i-- > 0;) {
			uint32_t c =
			    (uint32_t)(unit_random(&random) >> unit_below(&random, 45)) % 0x110000;
			utf8_put(&text, c >= 0xd800 && c <= 0xdfff ? '\\' : c);
		}
		b.len = 0;
		ck_assert(json_put_text(&b, buf_view(&text)));
		struct json j = cursor(&arena, buf_view(&b));
		struct str again;
		ck_assert(json_text(&j, &again) && j.p == j.end);
		assert_str(again, buf_view(&text));
		buf_free(&text);
		arena_reset(&arena);
	}
	buf_free(&b);
	arena_free(&arena);
}
END_TEST

static void assert_decimal(
    const char *text, int scale, bool round, bool negative, uint64_t expected)
{
	struct json j = cursor(NULL, str_of(text));
	bool minus = !negative;
	uint64_t value = ~expected;
	ck_assert_msg(json_decimal(&j, scale, round, &minus, &value), "%s: %s", text, j.why);
	ck_assert_ptr_null(j.why);
	ck_assert_msg(minus == negative && value == expected, "%s: %s%llu", text, minus ? "-" : "",
	    (unsigned long long)value);
	ck_assert_ptr_eq(j.p, j.end);
}

static void refuse_decimal(const char *text, int scale, bool round)
{
	struct json j = cursor(NULL, str_of(text));
	bool minus;
	uint64_t value;
	ck_assert_msg(!json_decimal(&j, scale, round, &minus, &value), "%s: %llu", text,
	    (unsigned long long)value);
	ck_assert_ptr_nonnull(j.why);
}

START_TEST(whole_numbers)
{
	assert_decimal("0", 0, false, false, 0);
	assert_decimal(" \t42", 0, false, false, 42);
	assert_decimal("-42", 0, false, true, 42);
	assert_decimal("-0", 0, false, true, 0);
	assert_decimal("18446744073709551615", 0, false, false, UINT64_MAX);
	assert_decimal("-9223372036854775808", 0, false, true, 1ULL << 63);
	assert_decimal("1.0", 0, false, false, 1);
	assert_decimal("12.000000", 0, false, false, 12);
	assert_decimal("1e3", 0, false, false, 1000);
	assert_decimal("1E+3", 0, false, false, 1000);
	assert_decimal("1.5e1", 0, false, false, 15);
	assert_decimal("15000e-3", 0, false, false, 15);
	assert_decimal("0e999999999999", 0, false, false, 0);
	assert_decimal("0e-999999999999", 0, false, false, 0);
	assert_decimal("1.8446744073709551615e19", 0, false, false, UINT64_MAX);
	assert_decimal("18446744073709551615000e-3", 0, false, false, UINT64_MAX);
	assert_decimal("0.000000000000000000000000000001e30", 0, false, false, 1);
}
END_TEST

START_TEST(scaled_numbers)
{
	assert_decimal("0.0000065", 9, true, false, 6500);
	assert_decimal("1", 9, true, false, 1000000000);
	assert_decimal("6.5e-06", 9, true, false, 6500);
	assert_decimal("6.5e-06", 9, false, false, 6500);
	assert_decimal("18446744073.709551615", 9, true, false, UINT64_MAX);
	assert_decimal("18446744073.709551615", 9, false, false, UINT64_MAX);
	assert_decimal("0.00041234500000000001", 9, true, false, 412345);
	assert_decimal("0.0000000004", 9, true, false, 0);
	assert_decimal("0.0000000005", 9, true, false, 1);
	assert_decimal("0.00000000149999999999999999999999999999999999", 9, true, false, 1);
	assert_decimal("0.0000000019999999999", 9, true, false, 2);
	assert_decimal("1e-400", 9, true, false, 0);
	assert_decimal("2e-9", 9, true, false, 2);
}
END_TEST

START_TEST(numbers_that_do_not_fit)
{
	refuse_decimal("18446744073709551616", 0, false);
	refuse_decimal("99999999999999999999999999999999999999999999", 0, false);
	refuse_decimal("1e20", 0, false);
	refuse_decimal("1e999999999", 0, false);
	refuse_decimal("18446744073.709551616", 9, true);
	refuse_decimal("18446744073.7095516155", 9, true);
	refuse_decimal("18446744074", 9, true);
}
END_TEST

START_TEST(fractions_refused)
{
	refuse_decimal("0.5", 0, false);
	refuse_decimal("1.000000001", 0, false);
	refuse_decimal("1e-1", 0, false);
	refuse_decimal("15e-1", 0, false);
	refuse_decimal("0.0000000001", 9, false);
	refuse_decimal("1e-999999", 0, false);
}
END_TEST

START_TEST(far_fraction_refused)
{
	refuse_decimal("1.0000000000000000000000000000000000000000001", 0, false);
}
END_TEST

START_TEST(no_numbers)
{
	static const char *const bad[] = {"", "-", "+1", ".5", "e3", "x", "\"1\"", "--1", "- 1",
	    "1e", "1e+", "1ex", "-.5", "null"};
	for (size_t i = 0; i < countof(bad); i++)
		refuse_decimal(bad[i], 0, true);
}
END_TEST

START_TEST(literals)
{
	struct json j = cursor(NULL, STR(" true false null x"));
	ck_assert(json_literal(&j, "true"));
	ck_assert(json_literal(&j, "false"));
	ck_assert(json_literal(&j, "null"));
	ck_assert(!json_literal(&j, "true"));
	ck_assert_ptr_nonnull(j.why);
	j = cursor(NULL, STR("nul"));
	ck_assert(!json_literal(&j, "null"));
}
END_TEST

START_TEST(peek_take_expect)
{
	struct json j = cursor(NULL, STR(" \t\r\n{ }"));
	ck_assert_int_eq(json_peek(&j), '{');
	ck_assert(!json_take(&j, '}'));
	ck_assert_ptr_null(j.why);
	ck_assert(json_take(&j, '{'));
	ck_assert(json_expect(&j, '}', "?"));
	ck_assert_int_eq(json_peek(&j), '\0');
	ck_assert(!json_take(&j, '\0'));
	ck_assert_ptr_null(j.why);
	ck_assert(!json_expect(&j, '}', "the end came early"));
	ck_assert_str_eq(j.why, "the end came early");
	ck_assert(!json_expect(&j, '}', "later reasons don't replace it"));
	ck_assert_str_eq(j.why, "the end came early");
}
END_TEST

static bool skips(struct str text)
{
	struct arena arena = {0};
	struct json j = cursor(&arena, text);
	bool skipped = json_skip(&j);
	ck_assert_int_eq(skipped, j.why == NULL);
	if (skipped)
		ck_assert_ptr_eq(j.p, j.end);
	arena_free(&arena);
	return skipped;
}

START_TEST(skip_any_value)
{
	static const char *const good[] = {"0", "-1.5e-7", "1e400",
	    "12345678901234567890123456789012", "\"a\\u0041\"", "true", "false", "null", "[]", "{}",
	    "[ ]", "{ }", "[1,\"]\",{\"a\":[]}]", "{\"a\":1,\"b\":{\"c\":[1,2,{}]}}", " [ 1 , 2 ]",
	    "[[],[[]]]"};
	static const char *const bad[] = {"", "[", "]", "{", "[1", "[1,", "[1,]", "[,1]", "[1 2]",
	    "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:2}", "[}", "{]", "[1}", "\"", "nul",
	    "tru", "x", "{\"a\":1 \"b\":2}", "[tru]"};
	for (size_t i = 0; i < countof(good); i++)
		ck_assert_msg(skips(str_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < countof(bad); i++)
		ck_assert_msg(!skips(str_of(bad[i])), "%s", bad[i]);
}
END_TEST

/* `depth` lists or objects, one in the other. */
static bool skips_nested(size_t depth, bool objects)
{
	struct buf b = {0};
	for (size_t i = 1; i < depth; i++)
		buf_str(&b, objects ? STR("{\"k\":") : STR("["));
	buf_str(&b, objects ? STR("{}") : STR("[]"));
	for (size_t i = 1; i < depth; i++)
		buf_char(&b, objects ? '}' : ']');
	bool skipped = skips(buf_view(&b));
	buf_free(&b);
	return skipped;
}

START_TEST(skip_depth)
{
	ck_assert(skips_nested(64, false));
	ck_assert(skips_nested(64, true));
	ck_assert(!skips_nested(65, false));
	ck_assert(!skips_nested(65, true));
	ck_assert(!skips_nested(1000000, false));
	ck_assert(!skips_nested(1000000, true));
}
END_TEST

static void assert_count(const char *list, size_t least)
{
	struct json j = cursor(NULL, str_of(list));
	ck_assert(json_take(&j, '['));
	ck_assert_uint_ge(json_count(&j), least);
	ck_assert_uint_le(json_count(&j), least + 1);
}

START_TEST(count_is_an_upper_bound)
{
	assert_count("[]", 0);
	assert_count("[1]", 1);
	assert_count("[1,2,3],4,5,6", 3);
	assert_count("[[1,2],[3,4]]", 2);
	assert_count("[\"a,b\",\"]\",\"\\\"],\"]", 3);
	assert_count("[{\"a\":[1,2],\"b\":\"}\"},{}]", 2);
	assert_count("[1,2", 2);
	assert_count("[\"\\", 1);
}
END_TEST

START_TEST(more)
{
	struct arena arena = {0};
	struct json j = cursor(&arena, STR("[1 , 2,3 ]!"));
	bool first = true, minus;
	uint64_t value, sum = 0;
	ck_assert(json_take(&j, '['));
	while (json_more(&j, &first, ']')) {
		ck_assert(json_decimal(&j, 0, false, &minus, &value));
		sum += value;
	}
	ck_assert_uint_eq(sum, 6);
	ck_assert_ptr_null(j.why);
	ck_assert_int_eq(json_peek(&j), '!');
	first = true;
	ck_assert(!json_more(&j, &first, '!'));
	j = cursor(&arena, STR("1 2]"));
	first = false;
	ck_assert(!json_more(&j, &first, ']'));
	ck_assert_ptr_nonnull(j.why);
	ck_assert(!json_more(&j, &first, ']'));
}
END_TEST

TEST_SUITE(json)
{
	TEST(put_plain);
	TEST(put_escapes);
	TEST(put_one_replacement_a_bad_byte);
	TEST(take_texts);
	TEST(text_points_into_the_line);
	TEST(refuse_texts);
	TEST(any_text_round_trips);
	TEST(whole_numbers);
	TEST(scaled_numbers);
	TEST(numbers_that_do_not_fit);
	TEST(fractions_refused);
	TEST(far_fraction_refused);
	TEST(no_numbers);
	TEST(literals);
	TEST(peek_take_expect);
	TEST(skip_any_value);
	TEST(skip_depth);
	TEST(count_is_an_upper_bound);
	TEST(more);
}
