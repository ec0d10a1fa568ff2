/* src/util/nearest.c */
#include "util/nearest.h"

#include "unit.h"

static const char *const words[] = {"mmap", NULL, "munmap", "mremap", "mprotect", "brk", "shmat",
    "shmdt", "map_shadow_stack", NULL};

static const char *word_at(size_t i)
{
	return words[i];
}

static const char *nearest(const char *typed)
{
	return nearest_name(typed, countof(words), word_at);
}

START_TEST(slips)
{
	ck_assert_str_eq(nearest("mmapp"), "mmap");
	ck_assert_str_eq(nearest("munmp"), "munmap");
	ck_assert_str_eq(nearest("munmpa"), "munmap");
	ck_assert_str_eq(nearest("mprotet"), "mprotect");
	ck_assert_str_eq(nearest("shmatt"), "shmat");
	ck_assert_str_eq(nearest("map_shadowstack"), "map_shadow_stack");
	ck_assert_str_eq(nearest("bkr"), "brk");
}
END_TEST

START_TEST(the_name_itself)
{
	for (size_t i = 0; i < countof(words); i++) {
		if (words[i])
			ck_assert_str_eq(nearest(words[i]), words[i]);
	}
}
END_TEST

START_TEST(none_near)
{
	ck_assert_ptr_null(nearest(""));
	ck_assert_ptr_null(nearest("x"));
	ck_assert_ptr_null(nearest("completely-else"));
	ck_assert_ptr_null(nearest_name("mmap", 0, word_at));
}
END_TEST

START_TEST(long_words)
{
	char typed[400];
	for (size_t len = 60; len < sizeof(typed); len++) {
		memset(typed, 'z', len);
		typed[len] = '\0';
		const char *name = nearest(typed);
		ck_assert_msg(!name, "%zu letters z are near '%s'", len, name ? name : "");
	}
}
END_TEST

TEST_SUITE(nearest)
{
	TEST(slips);
	TEST(the_name_itself);
	TEST(none_near);
	TEST(long_words);
}
