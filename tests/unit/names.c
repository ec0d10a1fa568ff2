/* src/db/names.c */
#include "db/names.h"

#include <stdio.h>

#include "unit.h"

#define MANY 200000

static struct str nth(char text[32], unsigned i)
{
	return (struct str){text, (size_t)snprintf(text, 32, "/usr/lib/%u.so", i)};
}

START_TEST(ids_are_given_once)
{
	struct names_table t = {0};
	names_reset(&t, 7);
	ck_assert_uint_eq(names_id(&t, STR("a")), 7);
	ck_assert_uint_eq(names_id(&t, STR("b")), 8);
	ck_assert_uint_eq(names_id(&t, STR("a")), 7);
	ck_assert_uint_eq(names_id(&t, STR("b")), 8);
	ck_assert_uint_eq(t.next, 9);
	ck_assert_uint_eq(t.n, 2);
	names_free(&t);
}
END_TEST

START_TEST(fresh_one)
{
	struct names_table t = {0};
	uint32_t first = names_id(&t, STR("a"));
	ck_assert_uint_eq(first, 0);
	ck_assert_uint_eq(names_id(&t, STR("b")), 1);
	names_free(&t);
	ck_assert(!t.entries && !t.slots && t.n == 0 && t.next == 0);
	ck_assert_uint_eq(names_id(&t, STR("b")), 0); /* usable again */
	names_free(&t);
	names_free(&t);
}
END_TEST

START_TEST(added_ones_keep_their_ids)
{
	struct names_table t = {0};
	names_reset(&t, 100);
	names_add(&t, STR("old"), 3);
	names_add(&t, STR("other"), 99);
	ck_assert_uint_eq(t.next, 100);
	ck_assert_uint_eq(names_id(&t, STR("new")), 100);
	ck_assert_uint_eq(names_id(&t, STR("old")), 3);
	ck_assert_uint_eq(names_id(&t, STR("other")), 99);
	ck_assert_uint_eq(t.next, 101);
	names_free(&t);
}
END_TEST

/* Two that came to the same name at the same time both gave it an id: either is right. */
START_TEST(added_twice)
{
	struct names_table t = {0};
	names_add(&t, STR("x"), 5);
	names_add(&t, STR("x"), 6);
	uint32_t id = names_id(&t, STR("x"));
	ck_assert(id == 5 || id == 6);
	ck_assert_uint_eq(t.n, 1);
	names_free(&t);
}
END_TEST

START_TEST(new_ones_stand_behind_a_mark)
{
	static const char *const texts[] = {"b", "a", "b", "c", "a", "d", "known"};
	static const char *const expected[] = {"b", "a", "c", "d"};
	struct names_table t = {0};
	names_reset(&t, 10);
	names_add(&t, STR("known"), 1);
	size_t mark = t.n;
	for (size_t i = 0; i < countof(texts); i++)
		names_id(&t, str_of(texts[i]));
	ck_assert_uint_eq(t.n - mark, countof(expected));
	for (size_t i = 0; i < countof(expected); i++) {
		assert_text(t.entries[mark + i].text, expected[i]);
		ck_assert_uint_eq(t.entries[mark + i].id, 10 + i);
	}
	mark = t.n;
	names_id(&t, STR("a"));
	ck_assert_uint_eq(t.n, mark);
	names_free(&t);
}
END_TEST

START_TEST(reset_forgets)
{
	struct names_table t = {0};
	char text[32];
	for (unsigned round = 0; round < 5; round++) {
		names_reset(&t, round * 1000);
		ck_assert_uint_eq(t.n, 0);
		for (unsigned i = 0; i < 500; i++)
			ck_assert_uint_eq(names_id(&t, nth(text, i * 7)), round * 1000 + i);
		ck_assert_uint_eq(t.next, round * 1000 + 500);
	}
	names_free(&t);
}
END_TEST

START_TEST(any_bytes)
{
	static const struct str texts[] = {STR_INIT(""), STR_INIT("\0"), STR_INIT("\0\0"),
	    STR_INIT("a"), STR_INIT("a\0"), STR_INIT("a\0b"), STR_INIT("a\0c"), STR_INIT("\0a"),
	    STR_INIT("\xff"), STR_INIT("\xff\xfe"), STR_INIT("A"), STR_INIT("a "), STR_INIT("\x7f"),
	    STR_INIT("\xc3\xa4"), STR_INIT("a\xcc\x88")};
	struct names_table t = {0};
	for (unsigned round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < countof(texts); i++)
			ck_assert_uint_eq(names_id(&t, texts[i]), i);
	}
	ck_assert_uint_eq(names_id(&t, (struct str){NULL, 0}), 0);
	for (uint32_t i = 0; i < countof(texts); i++)
		assert_str(t.entries[i].text, texts[i]);
	names_free(&t);
}
END_TEST

/* Texts belong to events, which are gone by the time that names are sent. */
START_TEST(texts_are_copied)
{
	struct names_table t = {0};
	char text[] = "first";
	uint32_t id = names_id(&t, str_of(text));
	memcpy(text, "other", 5);
	assert_text(t.entries[0].text, "first");
	ck_assert_uint_eq(names_id(&t, STR("first")), id);
	ck_assert_uint_ne(names_id(&t, str_of(text)), id);
	names_free(&t);
}
END_TEST

START_TEST(many)
{
	struct names_table t = {0};
	char text[32];
	names_reset(&t, 1000);
	for (unsigned i = 0; i < MANY; i++)
		unit_check(names_id(&t, nth(text, i)) == 1000 + i, "%u is new", i);
	for (unsigned i = MANY; i-- > 0;)
		unit_check(names_id(&t, nth(text, i)) == 1000 + i, "%u is known", i);
	ck_assert_uint_eq(t.n, MANY);
	ck_assert_uint_eq(t.next, 1000 + MANY);
	for (unsigned i = 0; i < MANY; i++)
		unit_check(str_eq(t.entries[i].text, nth(text, i)) && t.entries[i].id == 1000 + i,
		    "%u", i);
	names_reset(&t, 3);
	ck_assert_uint_eq(names_id(&t, nth(text, MANY / 2)), 3);
	names_free(&t);
}
END_TEST

START_TEST(long_ones)
{
	static char text[8192];
	struct names_table t = {0};
	memset(text, 'x', sizeof(text));
	for (uint32_t i = 0; i < 3000; i++)
		unit_check(names_id(&t, (struct str){text, sizeof(text) - i}) == i, "%u", i);
	for (uint32_t i = 0; i < 3000; i++)
		unit_check(names_id(&t, (struct str){text, sizeof(text) - i}) == i, "%u", i);
	names_free(&t);
}
END_TEST

TEST_SUITE(names)
{
	TEST(ids_are_given_once);
	TEST(fresh_one);
	TEST(added_ones_keep_their_ids);
	TEST(added_twice);
	TEST(new_ones_stand_behind_a_mark);
	TEST(reset_forgets);
	TEST(any_bytes);
	TEST(texts_are_copied);
	TEST(many);
	TEST(long_ones);
}
