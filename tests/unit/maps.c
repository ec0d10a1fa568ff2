/* src/decode/maps.c */
#include "decode/maps.h"

#include "unit.h"

static void assert_map(const struct map *m, uint64_t start, uint64_t end, const char *perms)
{
	ck_assert_uint_eq(m->start, start);
	ck_assert_uint_eq(m->end, end);
	ck_assert_str_eq(m->perms, perms);
}

START_TEST(a_process)
{
	static const struct str text = STR_INIT(
	    "55d1c0a00000-55d1c0a02000 r--p 00000000 fe:00 1234                       "
	    "/usr/bin/cat\n"
	    "55d1c0a02000-55d1c0a07000 r-xp 00002000 fe:00 1234                       "
	    "/usr/bin/cat\n"
	    "55d1c1e5d000-55d1c1e7e000 rw-p 00000000 00:00 0                          [heap]\n"
	    "7f0d3c000000-7f0d3c021000 rw-p 00000000 00:00 0 \n"
	    "7ffd1b5c6000-7ffd1b5e7000 rwxs 00000000 103:1f 99                        [stack]\n"
	    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  "
	    "[vsyscall]\n");
	struct maps maps = {0};
	ck_assert_uint_eq(maps_parse(text, &maps), 0);
	ck_assert_uint_eq(maps.n, 6);
	assert_map(&maps.v[0], 0x55d1c0a00000, 0x55d1c0a02000, "r--p");
	ck_assert_uint_eq(maps.v[0].dev, 0xfe00000000);
	ck_assert_uint_eq(maps.v[0].inode, 1234);
	assert_text(maps.v[0].path, "/usr/bin/cat");
	assert_map(&maps.v[1], 0x55d1c0a02000, 0x55d1c0a07000, "r-xp");
	ck_assert_uint_eq(maps.v[1].offset, 0x2000);
	assert_text(maps.v[2].path, "[heap]");
	ck_assert_uint_eq(maps.v[3].path.len, 0);
	ck_assert_uint_eq(maps.v[3].dev, 0);
	assert_map(&maps.v[4], 0x7ffd1b5c6000, 0x7ffd1b5e7000, "rwxs");
	ck_assert_uint_eq(maps.v[4].dev, 0x1030000001f);
	assert_map(&maps.v[5], 0xffffffffff600000, 0xffffffffff601000, "--xp");
	assert_text(maps.v[5].path, "[vsyscall]");
	ck_assert(!maps.v[5].deleted);
	maps_free(&maps);
}
END_TEST

START_TEST(extremes)
{
	struct maps maps = {0};
	ck_assert_uint_eq(
	    maps_parse(STR("0-ffffffffffffffff ---s ffffffffffffffff ffffffff:ffffffff "
	                   "18446744073709551615\n"),
	        &maps),
	    0);
	ck_assert_uint_eq(maps.n, 1);
	assert_map(&maps.v[0], 0, UINT64_MAX, "---s");
	ck_assert_uint_eq(maps.v[0].offset, UINT64_MAX);
	ck_assert_uint_eq(maps.v[0].dev, UINT64_MAX);
	ck_assert_uint_eq(maps.v[0].inode, UINT64_MAX);
	maps_free(&maps);
}
END_TEST

/* As the kernel shows ranges that are merged while it lists them. */
START_TEST(overlaps)
{
	static const struct str text = STR_INIT("10000-14000 rw-p 00001000 fe:00 7    /f\n"
	                                        "13000-16000 rw-p 00004000 fe:00 7    /f\n"
	                                        "15000-16000 rw-p 00006000 fe:00 7    /f\n"
	                                        "20000-24000 rw-p 00000000 00:00 0 \n"
	                                        "23000-25000 rw-p 00000000 00:00 0 \n");
	struct maps maps = {0};
	ck_assert_uint_eq(maps_parse(text, &maps), 0);
	ck_assert_uint_eq(maps.n, 4);
	assert_map(&maps.v[1], 0x14000, 0x16000, "rw-p");
	ck_assert_uint_eq(maps.v[1].offset, 0x5000);
	assert_map(&maps.v[3], 0x24000, 0x25000, "rw-p");
	ck_assert_uint_eq(maps.v[3].offset, 0);
	maps_free(&maps);
}
END_TEST

#define HEAD "1000-2000 r--p 00000000 fe:00 7    "
#define NEXT "2000-3000 r--p 00000000 fe:00 7    "

static void assert_path(struct str line, struct str path, bool deleted)
{
	struct maps maps = {0};
	ck_assert_uint_eq(maps_parse(line, &maps), 0);
	ck_assert_uint_eq(maps.n, 1);
	assert_str(maps.v[0].path, path);
	ck_assert_int_eq(maps.v[0].deleted, deleted);
	maps_free(&maps);
}

START_TEST(paths)
{
	assert_path(STR(HEAD "/a b\n"), STR("/a b"), false);
	assert_path(STR(HEAD "/two  blanks \n"), STR("/two  blanks "), false);
	assert_path(STR(HEAD "/tmp/x (deleted)\n"), STR("/tmp/x"), true);
	assert_path(STR(HEAD "/x (deleted) (deleted)\n"), STR("/x (deleted)"), true);
	assert_path(STR(HEAD "/x(deleted)\n"), STR("/x(deleted)"), false);
	assert_path(STR(HEAD "/memfd:name (deleted)\n"), STR("/memfd:name"), true);
	assert_path(STR(HEAD "/new\\012line\n"), STR("/new\nline"), false);
	assert_path(STR(HEAD "\\012\\012\n"), STR("\n\n"), false);
	assert_path(STR(HEAD "/tab\\011\\01\n"), STR("/tab\\011\\01"), false);
	assert_path(STR(HEAD "/end\\01"), STR("/end\\01"), false);
	assert_path(STR(HEAD "/\xff\xfe\n"), STR("/\xff\xfe"), false);
	assert_path(STR(HEAD "[anon:a name]\n"), STR("[anon:a name]"), false);
	assert_path(STR(HEAD "anon_inode:[io_uring]\n"), STR("anon_inode:[io_uring]"), false);
}
END_TEST

START_TEST(long_paths)
{
	static const size_t lengths[] = {4095, 4096, 4097, 10000, 200000};
	struct maps maps = {0};
	struct buf text = {0};
	for (size_t i = 0; i < countof(lengths); i++) {
		buf_fmt(&text, "%zx000-%zx000 r--p 00000000 fe:00 7    /", i + 1, i + 2);
		for (size_t n = 1; n < lengths[i]; n++)
			buf_char(&text, (char)('a' + n % 26));
		buf_char(&text, '\n');
	}
	ck_assert_uint_eq(maps_parse(buf_view(&text), &maps), 0);
	ck_assert_uint_eq(maps.n, countof(lengths));
	for (size_t i = 0; i < countof(lengths); i++) {
		ck_assert_uint_eq(maps.v[i].path.len, lengths[i]);
		ck_assert_int_eq(
		    maps.v[i].path.s[lengths[i] - 1], (int)('a' + (lengths[i] - 1) % 26));
	}
	maps_free(&maps);
	buf_free(&text);
}
END_TEST

START_TEST(empty_and_cut)
{
	struct maps maps = {0};
	ck_assert_uint_eq(maps_parse((struct str){NULL, 0}, &maps), 0);
	ck_assert_uint_eq(maps.n, 0);
	ck_assert_uint_eq(maps_parse(STR(""), &maps), 0);
	ck_assert_uint_eq(maps.n, 0);
	ck_assert_uint_eq(maps_parse(STR(HEAD "/a\n" NEXT "/b"), &maps), 0);
	ck_assert_uint_eq(maps.n, 2);
	assert_text(maps.v[1].path, "/b");
	ck_assert_uint_eq(maps_parse(STR(HEAD "/a\n2000-30"), &maps), 2);
	ck_assert_uint_eq(maps.n, 1);
	maps_free(&maps);
	maps_free(&maps);
}
END_TEST

START_TEST(garbage)
{
	static const char *const bad[] = {"\n", "x\n", "1000\n", "1000-\n", "-1000 r--p 0 0:0 0\n",
	    "1000-2000\n", "1000-2000 r--p\n", "1000-2000 r--p 0 0:0\n", "1000-2000 r--p 0 00 0\n",
	    "1000-2000 r-- 0 0:0 0\n", "1000-2000 rwxq 0 0:0 0\n", "1000-2000 -r-p 0 0:0 0\n",
	    "1000 2000 r--p 0 0:0 0\n", "2000-1000 r--p 0 0:0 0\n", "1000-1000 r--p 0 0:0 0\n",
	    " 1000-2000 r--p 0 0:0 0\n", "1000-2000 r--p g 0:0 0\n", "1000-2000  r--p 0 0:0 0\n",
	    "10000000000000000-20000000000000000 r--p 0 0:0 0\n", "0x1000-0x2000 r--p 0 0:0 0\n",
	    "1000-2000 r--p 0 0:0 18446744073709551616\n", "1000-2000 r--p 0 0:0 a\n",
	    "1000-2000 r--p 0 0:0 -1\n", "A000-B000 r--p 0 0:0 0\n"};
	for (size_t i = 0; i < countof(bad); i++) {
		struct maps maps = {0};
		ck_assert_msg(maps_parse(str_of(bad[i]), &maps) == 1, "row %zu", i);
		ck_assert_uint_eq(maps.n, 0);
		maps_free(&maps);
	}
}
END_TEST

START_TEST(garbage_line_number)
{
	struct maps maps = {0};
	ck_assert_uint_eq(maps_parse(STR(HEAD "/a\n" NEXT "/b\ngarbage\n" HEAD "/c\n"), &maps), 3);
	ck_assert_uint_eq(maps.n, 2);
	assert_text(maps.v[0].path, "/a");
	assert_text(maps.v[1].path, "/b");
	ck_assert_uint_eq(maps_parse(STR(HEAD "/a\n\n" NEXT "/b\n"), &maps), 2);
	ck_assert_uint_eq(maps_parse(STR(HEAD "/z\n"), &maps), 0);
	ck_assert_uint_eq(maps.n, 1);
	assert_text(maps.v[0].path, "/z");
	maps_free(&maps);
}
END_TEST

START_TEST(many_lines)
{
	struct maps maps = {0};
	struct buf text = {0};
	for (unsigned i = 1; i <= 70000; i++)
		buf_fmt(&text, "%x000-%x000 rw-p 00000000 00:00 0 \n", i * 2, i * 2 + 1);
	ck_assert_uint_eq(maps_parse(buf_view(&text), &maps), 0);
	ck_assert_uint_eq(maps.n, 70000);
	for (unsigned i = 1; i <= 70000; i++) {
		if (maps.v[i - 1].start != i * 0x2000ULL)
			ck_abort_msg("line %u", i);
	}
	maps_free(&maps);
	buf_free(&text);
}
END_TEST

TEST_SUITE(maps)
{
	TEST(a_process);
	TEST(extremes);
	TEST(overlaps);
	TEST(paths);
	TEST(long_paths);
	TEST(empty_and_cut);
	TEST(garbage);
	TEST(garbage_line_number);
	TEST(many_lines);
}
