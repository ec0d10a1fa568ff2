/* src/decode/syscalls.c and syscalls.def */
#include "decode/syscalls.h"

#include <errno.h>

#include "fields.h"
#include "unit.h"

#define UNTOUCHED 0xdecade

static uint64_t bit(const char *name)
{
	int id = syscalls_by_name(str_of(name));
	ck_assert_msg(id >= 0, "%s", name);
	return UINT64_C(1) << id;
}

static void assert_set(const char *text, uint64_t expected)
{
	struct err err = {0};
	uint64_t set = UNTOUCHED;
	ck_assert_msg(syscalls_parse(text, &set, &err) == 0, "%s: %s", text, err.text);
	ck_assert_msg(set == expected, "%s: %llx, not %llx", text, (unsigned long long)set,
	    (unsigned long long)expected);
}

static void assert_set_refused(const char *text, const char *word, const char *suggestion)
{
	struct err err = {0};
	uint64_t set = UNTOUCHED;
	ck_assert_msg(syscalls_parse(text, &set, &err) == -EINVAL, "%s", text);
	ck_assert_uint_eq(set, UNTOUCHED);
	ck_assert_uint_gt(strlen(err.text), 0);
	ck_assert_ptr_null(strchr(err.text, '\n'));
	ck_assert_msg(strstr(err.text, word), "%s", err.text);
	if (suggestion)
		ck_assert_msg(strstr(err.text, suggestion), "%s", err.text);
}

START_TEST(sorted_by_name)
{
	for (int id = 1; id < SYSCALLS_COUNT; id++)
		ck_assert_str_lt(syscalls[id - 1].name, syscalls[id].name);
}
END_TEST

START_TEST(numbers)
{
	static const struct {
		const char *name;
		int x86_64, i386, aarch64;
	} rows[] = {{"brk", 12, 45, 214}, {"munmap", 11, 91, 215}, {"mprotect", 10, 125, 226},
	    {"mremap", 25, 163, 216}, {"pkey_mprotect", 329, 380, 288},
	    {"remap_file_pages", 216, 257, 234}, {"shmat", 30, 397, 196}, {"shmdt", 67, 398, 197},
	    {"map_shadow_stack", 453, 453, 453}};
	for (size_t i = 0; i < countof(rows); i++) {
		int id = syscalls_by_name(str_of(rows[i].name));
		ck_assert_msg(id >= 0, "%s", rows[i].name);
		ck_assert_int_eq(syscalls_find(ABI_X86_64, (uint64_t)rows[i].x86_64), id);
		ck_assert_int_eq(syscalls_find(ABI_X32, (uint64_t)rows[i].x86_64), id);
		ck_assert_int_eq(syscalls_find(ABI_I386, (uint64_t)rows[i].i386), id);
		ck_assert_int_eq(syscalls_find(ABI_AARCH64, (uint64_t)rows[i].aarch64), id);
	}
	ck_assert_int_eq(syscalls_find(ABI_X86_64, 9), SYS_ID_mmap);
	ck_assert_int_eq(syscalls_find(ABI_AARCH64, 222), SYS_ID_mmap);
}
END_TEST

START_TEST(each_is_found)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		ck_assert_int_eq(syscalls_by_name(str_of(syscalls[id].name)), id);
		for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
			int nr = syscalls[id].nr[abi];
			ck_assert_int_ge(nr, -1);
			if (nr >= 0)
				ck_assert_int_eq(syscalls_find(abi, (uint64_t)nr), id);
		}
	}
}
END_TEST

START_TEST(others_are_not_found)
{
	for (enum abi abi = 0; abi < ABI_COUNT; abi++) {
		int zero = abi == ABI_AARCH64 ? SYS_ID_io_setup : -1;
		ck_assert_int_eq(syscalls_find(abi, 0), zero);
		ck_assert_int_eq(syscalls_find(abi, UINT64_MAX), -1);
		ck_assert_int_eq(syscalls_find(abi, UINT32_MAX), -1);
		ck_assert_int_eq(syscalls_find(abi, 100000), -1);
	}
	ck_assert_int_eq(syscalls_find(ABI_X86_64, (UINT64_C(1) << 32) + 9), -1);
	ck_assert_int_eq(syscalls_by_name(STR("")), -1);
	ck_assert_int_eq(syscalls_by_name(STR("mma")), -1);
	ck_assert_int_eq(syscalls_by_name(STR("mmap\0")), -1);
	ck_assert_int_eq(syscalls_by_name(STR("MMAP")), -1);
}
END_TEST

START_TEST(rows_are_sound)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		const struct syscall *call = &syscalls[id];
		ck_assert_uint_le(call->params_n, 6);
		ck_assert_uint_ne(call->groups, 0);
		for (unsigned i = 0; i < call->params_n; i++) {
			enum field field = call->params[i].field;
			ck_assert_uint_le(field, F_COUNT);
			bool names = field != F_COUNT && fields[field].kind == KIND_NAMES;
			ck_assert_msg(names == (call->params[i].table != NULL), "%s", call->name);
		}
	}
}
END_TEST

START_TEST(groups)
{
	uint64_t map = syscalls_group(GROUP_MAP), memory = syscalls_group(GROUP_MEMORY);
	ck_assert_uint_eq(map & memory, 0);
	uint64_t parts = SYSCALLS_PART(SYS_ID_madvise) | SYSCALLS_PART(SYS_ID_prctl);
	ck_assert_uint_eq(map | memory, SYSCALLS_ALL);
	ck_assert_uint_eq(syscalls_group(GROUP_MAP_PART), parts);
	ck_assert_uint_eq(syscalls_group(GROUP_MAP | GROUP_MAP_PART), map | parts);
	ck_assert_uint_eq(syscalls_group(0), 0);
	uint64_t some = bit("mmap") | bit("munmap") | bit("mremap") | bit("mprotect") | bit("brk") |
	                bit("pkey_mprotect") | bit("shmat") | bit("shmdt") |
	                bit("remap_file_pages") | bit("map_shadow_stack");
	ck_assert_uint_eq(map & some, some);
}
END_TEST

START_TEST(sets)
{
	uint64_t map = syscalls_group(GROUP_MAP | GROUP_MAP_PART);
	assert_set("mmap", bit("mmap"));
	assert_set("mmap,munmap", bit("mmap") | bit("munmap"));
	assert_set("munmap,mmap,munmap", bit("mmap") | bit("munmap"));
	assert_set("%map", map);
	assert_set("%memory", SYSCALLS_ALL);
	assert_set("%all", SYSCALLS_ALL);
	assert_set("madvise", bit("madvise"));
	assert_set("brk,%map", map | bit("brk"));
	assert_set("!mmap", SYSCALLS_ALL & ~bit("mmap"));
	assert_set("!mmap,brk", SYSCALLS_ALL & ~bit("mmap") & ~bit("brk"));
	assert_set("!%map", SYSCALLS_ALL & ~map);
	assert_set("!%all", 0);
	assert_set("trace=mmap", bit("mmap"));
	assert_set("trace=!mmap,%map", SYSCALLS_ALL & ~map);
	assert_set("trace=%all", SYSCALLS_ALL);
}
END_TEST

START_TEST(sets_cover_others)
{
	uint64_t map = syscalls_group(GROUP_MAP | GROUP_MAP_PART);
	ck_assert(syscalls_cover(SYSCALLS_ALL, map) && syscalls_cover(map, map));
	ck_assert(syscalls_cover(map | bit("mlock"), map));
	ck_assert(!syscalls_cover(map & ~bit("brk"), map));
	ck_assert(!syscalls_cover(map & ~SYSCALLS_PART(SYS_ID_madvise), map));
	ck_assert(!syscalls_cover(map, SYSCALLS_ALL)); /* a part isn't all */
	ck_assert(syscalls_cover(0, 0));
}
END_TEST

START_TEST(parts_by_argument)
{
	uint64_t map = syscalls_group(GROUP_MAP | GROUP_MAP_PART);
	const uint64_t none[6] = {0}, fork[6] = {0, 0, 10}, high[6] = {0, 0, UINT64_C(1) << 32 | 11};
	const uint64_t dontneed[6] = {0, 0, 4}, name[6] = {0x53564d41};
	ck_assert(syscalls_has(map, SYS_ID_mmap, none));
	ck_assert(!syscalls_has(map, SYS_ID_madvise, none));
	ck_assert(!syscalls_has(map, SYS_ID_madvise, dontneed));
	ck_assert(syscalls_has(map, SYS_ID_madvise, fork));
	ck_assert(syscalls_has(map, SYS_ID_madvise, high)); /* an int */
	ck_assert(syscalls_has(bit("madvise"), SYS_ID_madvise, dontneed));
	ck_assert(!syscalls_has(map, SYS_ID_prctl, none));
	ck_assert(syscalls_has(map, SYS_ID_prctl, name));
	ck_assert(syscalls_names(map, SYS_ID_prctl));
	ck_assert(!syscalls_names(bit("mmap"), SYS_ID_prctl));
}
END_TEST

START_TEST(sets_refused)
{
	assert_set_refused("mmapp", "'mmapp'", "'mmap'");
	assert_set_refused("mmap,munmp", "'munmp'", "'munmap'");
	assert_set_refused("munmp,mmap", "'munmp'", "'munmap'");
	assert_set_refused("!munmp", "'munmp'", "'munmap'");
	assert_set_refused("trace=munmp", "'munmp'", "'munmap'");
	assert_set_refused("%mapp", "'%mapp'", "'%map'");
	assert_set_refused("%memry", "'%memry'", "'%memory'");
	assert_set_refused("openat", "openat", NULL);
	assert_set_refused("MMAP", "MMAP", NULL);
	assert_set_refused("mmap munmap", "mmap munmap", NULL);
	assert_set_refused("mmap,!munmap", "!munmap", NULL);
	assert_set_refused("trace=trace=mmap", "trace=mmap", NULL);
	assert_set_refused("%", "%", NULL);
}
END_TEST

START_TEST(empty_words_refused)
{
	static const char *const bad[] = {
	    "", ",", "mmap,", ",mmap", "mmap,,brk", "!", "trace=", "trace=!"};
	for (size_t i = 0; i < countof(bad); i++)
		assert_set_refused(bad[i], "", NULL);
}
END_TEST

START_TEST(long_words_refused)
{
	char text[5000];
	memset(text, 'm', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_set_refused(text, "mmm", NULL);
}
END_TEST

TEST_SUITE(syscalls)
{
	TEST(sorted_by_name);
	TEST(numbers);
	TEST(each_is_found);
	TEST(others_are_not_found);
	TEST(rows_are_sound);
	TEST(groups);
	TEST(sets);
	TEST(sets_cover_others);
	TEST(parts_by_argument);
	TEST(sets_refused);
	TEST(empty_words_refused);
	TEST(long_words_refused);
}
