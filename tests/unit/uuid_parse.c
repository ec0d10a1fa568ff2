/* src/util/uuid.c: uuid_parse */
#include "unit.h"
#include "util/uuid.h"

static const char example[] = "019ab3c2-9a88-7abc-8def-0123456789ab";
static const uint8_t example_bytes[16] = {
    0x01, 0x9a, 0xb3, 0xc2, 0x9a, 0x88, 0x7a, 0xbc, 0x8d, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab};

static void assert_parsed(struct str text, const uint8_t expected[16])
{
	uint8_t bytes[16];
	memset(bytes, 0x5a, sizeof(bytes));
	unit_check(uuid_parse(text, bytes), "%.*s", (int)text.len, text.s);
	ck_assert_mem_eq(bytes, expected, sizeof(bytes));
}

static void assert_refused(struct str text)
{
	uint8_t bytes[16], before[16];
	memset(bytes, 0x5a, sizeof(bytes));
	memset(before, 0x5a, sizeof(before));
	unit_check(!uuid_parse(text, bytes), "'%.*s' was taken", (int)text.len, text.s);
	ck_assert_mem_eq(bytes, before, sizeof(bytes));
}

START_TEST(each_digit)
{
	static const uint8_t zero[16], ones[16] = {[0 ... 15] = 0xff};
	assert_parsed(str_of(example), example_bytes);
	assert_parsed(STR("00000000-0000-0000-0000-000000000000"), zero);
	assert_parsed(STR("ffffffff-ffff-ffff-ffff-ffffffffffff"), ones);
	assert_parsed(STR("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"), ones);
	assert_parsed(STR("019AB3C2-9a88-7ABC-8def-0123456789Ab"), example_bytes);
}
END_TEST

/* A view: what stands behind it is no matter. */
START_TEST(within_more)
{
	char text[64];
	memset(text, 'f', sizeof(text));
	memcpy(text, example, 36);
	assert_parsed((struct str){text, 36}, example_bytes);
}
END_TEST

START_TEST(other_lengths)
{
	char text[38];
	memset(text, '0', sizeof(text));
	memcpy(text, example, 36);
	for (size_t len = 0; len < sizeof(text); len++) {
		if (len != 36)
			assert_refused((struct str){text, len});
	}
	assert_refused((struct str){NULL, 0});
}
END_TEST

START_TEST(other_bytes)
{
	static const char wrong[] = "g/:@G`{ -_x\0\xff";
	char text[36];
	for (size_t at = 0; at < sizeof(text); at++) {
		for (size_t i = 0; i < sizeof(wrong) - 1; i++) {
			memcpy(text, example, sizeof(text));
			if (text[at] == wrong[i])
				continue;
			text[at] = wrong[i];
			assert_refused((struct str){text, sizeof(text)});
		}
	}
}
END_TEST

START_TEST(other_forms)
{
	static const char *const texts[] = {"019ab3c29a887abc8def0123456789ab",
	    "{019ab3c2-9a88-7abc-8def-0123456789a}", "019ab3c29-a88-7abc-8def-0123456789ab",
	    "019ab3c2-9a88-7abc-8def0-123456789ab", "019ab3c2a9a88-7abc-8def-0123456789ab",
	    "--------------------------------8def", " 019ab3c2-9a88-7abc-8def-0123456789a",
	    "0x9ab3c2-9a88-7abc-8def-0123456789ab", "+19ab3c2-9a88-7abc-8def-0123456789ab"};
	for (size_t i = 0; i < countof(texts); i++)
		assert_refused(str_of(texts[i]));
}
END_TEST

START_TEST(what_we_make)
{
	for (unsigned n = 0; n < 1000; n++) {
		char text[37], again[40];
		uint8_t b[16];
		uuid_v7(unit_random(&(uint64_t){n + 1}) << 10, text);
		ck_assert(uuid_parse(str_of(text), b));
		char *p = again;
		for (unsigned i = 0; i < 16; i++) {
			if (i == 4 || i == 6 || i == 8 || i == 10)
				*p++ = '-';
			*p++ = "0123456789abcdef"[b[i] >> 4];
			*p++ = "0123456789abcdef"[b[i] & 15];
		}
		assert_text(((struct str){again, 36}), text);
	}
}
END_TEST

TEST_SUITE(uuid_parse)
{
	TEST(each_digit);
	TEST(within_more);
	TEST(other_lengths);
	TEST(other_bytes);
	TEST(other_forms);
	TEST(what_we_make);
}
