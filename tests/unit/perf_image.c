/* src/engine/perf_image.c: mappings as the kernel tells of them while it executes an image */
#include "engine/perf_image.h"

#include <sys/mman.h>

#include "decode/maps.h"
#include "unit.h"

#define R  PROT_READ
#define RX (PROT_READ | PROT_EXEC)
#define RW (PROT_READ | PROT_WRITE)

struct row {
	uint64_t start, end;
	uint32_t prot;
	uint64_t offset, inode; /* inode 0: no file */
	const char *name;
};

static void put(struct perf_image *image, struct row row)
{
	const struct perf_record record = {.kind = PERF_MAP,
	    .start = row.start,
	    .length = row.end - row.start,
	    .offset = row.offset,
	    .dev = row.inode ? UINT64_C(8) << 32 | 1 : 0,
	    .inode = row.inode,
	    .prot = row.prot,
	    .flags = MAP_PRIVATE,
	    .name = str_of(row.name)};
	perf_image_map(image, &record);
}

#define PUT(image, ...)                                                                            \
	do {                                                                                       \
		const struct row put_rows[] = {__VA_ARGS__};                                       \
		for (size_t put_i = 0; put_i < countof(put_rows); put_i++)                         \
			put((image), put_rows[put_i]);                                             \
	} while (0)

/* The text, but for how many spaces make a column; as often as it's asked for. */
static void assert_maps(struct perf_image *image, const char *expected)
{
	for (unsigned k = 0; k < 2; k++) {
		_cleanup_(buf_free) struct buf text = {0}, squeezed = {0};
		_cleanup_(maps_free) struct maps maps = {0};
		perf_image_text(image, &text);
		for (size_t i = 0; i < text.len; i++) {
			if (text.data[i] != ' ' || i == 0 || text.data[i - 1] != ' ')
				buf_char(&squeezed, text.data[i]);
		}
		assert_buf(&squeezed, expected);
		ck_assert_uint_eq(maps_parse(buf_view(&text), &maps), 0);
		ck_assert_uint_eq(maps.n, image->n);
	}
}

START_TEST(empty)
{
	struct perf_image image = {0};
	assert_maps(&image, "");
	ck_assert_uint_eq(perf_image_exe(&image).len, 0);
	perf_image_free(&image);
}
END_TEST

/*
 * A program and its interpreter: of each file the first part as long as all, the others over it, then what isn't in
 * the file. The stack comes first and grows.
 */
static void put_program(struct perf_image *image)
{
	PUT(image, {0x7ffe1000, 0x7fff0000, RW, 0x7ffe1000, 0, "[stack]"},
	    {0x7ffd0000, 0x7fff0000, RW, 0x7ffd0000, 0, "[stack]"},
	    {0x55550000, 0x55557000, R, 0, 77, "/bin/prog"},
	    {0x55551000, 0x55553000, RX, 0x1000, 77, "/bin/prog"},
	    {0x55553000, 0x55554000, R, 0x3000, 77, "/bin/prog"},
	    {0x55554000, 0x55556000, RW, 0x3000, 77, "/bin/prog"},
	    {0x55556000, 0x55557000, RW, 0x55556000, 0, "//anon"},
	    {0x7f000000, 0x7f003000, R, 0, 78, "/lib/ld.so"},
	    {0x7f001000, 0x7f002000, RX, 0x1000, 78, "/lib/ld.so"},
	    {0x7f002000, 0x7f003000, RW, 0x2000, 78, "/lib/ld.so"},
	    {0x7fff4000, 0x7fff8000, R, 0, 0, "[vvar]"},
	    {0x7fff8000, 0x7fffa000, RX, 0, 0, "[vdso]"});
}

static const char program_maps[] = "55550000-55551000 r--p 00000000 08:01 77 /bin/prog\n"
                                   "55551000-55553000 r-xp 00001000 08:01 77 /bin/prog\n"
                                   "55553000-55554000 r--p 00003000 08:01 77 /bin/prog\n"
                                   "55554000-55556000 rw-p 00003000 08:01 77 /bin/prog\n"
                                   "55556000-55557000 rw-p 00000000 00:00 0 \n"
                                   "7f000000-7f001000 r--p 00000000 08:01 78 /lib/ld.so\n"
                                   "7f001000-7f002000 r-xp 00001000 08:01 78 /lib/ld.so\n"
                                   "7f002000-7f003000 rw-p 00002000 08:01 78 /lib/ld.so\n"
                                   "7ffd0000-7fff0000 rw-p 00000000 00:00 0 [stack]\n"
                                   "7fff4000-7fff8000 r--p 00000000 00:00 0 [vvar]\n"
                                   "7fff8000-7fffa000 r-xp 00000000 00:00 0 [vdso]\n";

START_TEST(a_program)
{
	struct perf_image image = {0};
	put_program(&image);
	assert_text(perf_image_exe(&image), "/bin/prog");
	assert_maps(&image, program_maps);
	perf_image_free(&image);
}
END_TEST

START_TEST(the_next_image)
{
	struct perf_image image = {0};
	PUT(&image, {0x400000, 0x401000, RX, 0, 99, "/bin/old"},
	    {0x500000, 0x501000, RW, 0, 0, "//anon"});
	perf_image_clear(&image);
	assert_maps(&image, "");
	ck_assert_uint_eq(perf_image_exe(&image).len, 0);
	put_program(&image);
	assert_maps(&image, program_maps);
	perf_image_free(&image);
}
END_TEST

/* A file of one part, whose rest is no file's. */
START_TEST(one_part)
{
	struct perf_image image = {0};
	PUT(&image, {0x400000, 0x408000, RW, 0, 77, "/prog"},
	    {0x402000, 0x408000, RW, 0x402000, 0, "//anon"});
	ck_assert_uint_eq(image.v[0].next_start, 0);
	assert_maps(&image, "00400000-00402000 rw-p 00000000 08:01 77 /prog\n"
	                    "00402000-00408000 rw-p 00000000 00:00 0 \n");
	perf_image_free(&image);
}
END_TEST

/* Between two parts nothing may be left of the first; where it ended only the file can tell. */
START_TEST(parts_with_a_gap)
{
	struct perf_image image = {0};
	PUT(&image, {0x400000, 0x608000, RX, 0, 77, "/prog"},
	    {0x600000, 0x602000, RW, 0x2000, 77, "/prog"});
	ck_assert_uint_eq(image.n, 2);
	ck_assert_uint_eq(image.v[0].next_start, 0x600000);
	ck_assert_uint_eq(image.v[0].next_offset, 0x2000);
	ck_assert_uint_eq(image.v[1].next_start, 0);
	perf_image_free(&image);
}
END_TEST

/* What is put over all of another leaves nothing of it. */
START_TEST(all_covered)
{
	struct perf_image image = {0};
	PUT(&image, {0x10000, 0x12000, R, 0, 5, "/a"}, {0x12000, 0x14000, R, 0, 6, "/b"},
	    {0x10000, 0x14000, RW, 0x10000, 0, "//anon"});
	assert_maps(&image, "00010000-00014000 rw-p 00000000 00:00 0 \n");
	perf_image_free(&image);
}
END_TEST

START_TEST(neighbours)
{
	struct perf_image image = {0};
	PUT(&image, {0x12000, 0x14000, R, 0, 5, "/a"}, {0x14000, 0x16000, R, 0, 6, "/b"},
	    {0x10000, 0x12000, R, 0, 7, "/c"});
	assert_maps(&image, "00010000-00012000 r--p 00000000 08:01 7 /c\n"
	                    "00012000-00014000 r--p 00000000 08:01 5 /a\n"
	                    "00014000-00016000 r--p 00000000 08:01 6 /b\n");
	perf_image_free(&image);
}
END_TEST

/* Whoever asks first, and wherever the interpreter lies (as with an unlimited stack). */
START_TEST(exe_is_the_first_file)
{
	struct perf_image image = {0};
	_cleanup_(buf_free) struct buf text = {0};
	PUT(&image, {0x7ffd0000, 0x7fff0000, RW, 0, 0, "[stack]"},
	    {0x55550000, 0x55551000, RX, 0, 77, "/bin/prog"},
	    {0x2aaa0000, 0x2aaa1000, RX, 0, 78, "/lib/ld.so"});
	assert_text(perf_image_exe(&image), "/bin/prog");
	perf_image_text(&image, &text);
	assert_text(perf_image_exe(&image), "/bin/prog");
	perf_image_free(&image);
}
END_TEST

START_TEST(columns)
{
	struct perf_image image = {0};
	const struct perf_record record = {.kind = PERF_MAP,
	    .start = 0xffffffffff600000,
	    .length = 0x1000,
	    .offset = 0x123456789000,
	    .dev = UINT64_C(0x103) << 32 | 0x12345,
	    .inode = UINT64_MAX,
	    .prot = PROT_EXEC,
	    .flags = MAP_SHARED,
	    .name = STR("/a b/c (deleted)")};
	perf_image_map(&image, &record);
	PUT(&image, {0x1000, 0x2000, 0, 0, 3, "/none"});
	assert_maps(&image, "00001000-00002000 ---p 00000000 08:01 3 /none\n"
	                    "ffffffffff600000-ffffffffff601000 --xs 123456789000 103:12345 "
	                    "18446744073709551615 /a b/c (deleted)\n");
	perf_image_free(&image);
}
END_TEST

START_TEST(newlines)
{
	struct perf_image image = {0};
	PUT(&image, {0x1000, 0x2000, R, 0, 3, "/a\nb\n"}, {0x2000, 0x3000, R, 0, 4, "/a\\012b"});
	assert_text(perf_image_exe(&image), "/a\nb\n");
	assert_maps(&image, "00001000-00002000 r--p 00000000 08:01 3 /a\\012b\\012\n"
	                    "00002000-00003000 r--p 00000000 08:01 4 /a\\012b\n");
	perf_image_free(&image);
}
END_TEST

START_TEST(many)
{
	struct perf_image image = {0};
	_cleanup_(buf_free) struct buf text = {0};
	_cleanup_(maps_free) struct maps maps = {0};
	for (uint64_t i = 0; i < 500; i++) {
		uint64_t start = 0x10000 + i * 7 % 500 * 0x1000;
		put(&image, (struct row){start, start + 0x1000, R, 0, start, "/some/file"});
	}
	perf_image_text(&image, &text);
	ck_assert_uint_eq(maps_parse(buf_view(&text), &maps), 0);
	ck_assert_uint_eq(maps.n, 500);
	for (size_t i = 0; i < maps.n; i++) {
		ck_assert_uint_eq(maps.v[i].start, 0x10000 + i * 0x1000);
		ck_assert_uint_eq(maps.v[i].inode, maps.v[i].start);
	}
	perf_image_free(&image);
}
END_TEST

/* ---- arguments ---- */

#define SP 0xffff0120

static const char strings[] = "prog\0\0-o\0a longer one\0A=1\0"; /* and an environment */
static const char args[] = "prog\0\0-o\0a longer one";

/* A first stack: the number of arguments, their addresses, those of the environment, the texts. */
static void make_stack(struct buf *b, unsigned word)
{
	uint64_t texts = SP + UINT64_C(20) * word;
	const uint64_t words[20] = {4, texts, texts + 5, texts + 6, texts + 9, 0, texts + 22, 0};
	for (size_t i = 0; i < countof(words); i++)
		buf_add(b, &words[i], word); /* the lower bytes are the first */
	buf_add(b, strings, sizeof(strings));
}

static const unsigned word_sizes[] = {8, 4};

START_TEST(arguments)
{
	_cleanup_(buf_free) struct buf stack = {0};
	struct perf_image image = {0};
	make_stack(&stack, word_sizes[_i]);
	for (unsigned k = 0; k < 2; k++) {
		perf_image_stack(&image, buf_view(&stack), SP, word_sizes[_i]);
		assert_str(buf_view(&image.argv), ((struct str){args, sizeof(args)}));
		ck_assert(image.argv_whole);
	}
	perf_image_clear(&image);
	ck_assert_uint_eq(image.argv.len, 0);
	ck_assert(!image.argv_whole);
	perf_image_free(&image);
}
END_TEST

/* Of a copy that ends earlier there are the arguments that are whole, and that some aren't there is told. */
START_TEST(arguments_cut_short)
{
	static const size_t ends[] = {0, 5, 6, 9, sizeof(args)};
	_cleanup_(buf_free) struct buf stack = {0};
	struct perf_image image = {0};
	unsigned word = word_sizes[_i];
	make_stack(&stack, word);
	for (size_t len = 0; len <= stack.len; len++) {
		_cleanup_(buf_free) struct buf part = {0};
		buf_add(&part, stack.data, len);
		perf_image_stack(&image, buf_view(&part), SP, word);
		size_t expected = 0;
		for (size_t i = 0; i < countof(ends); i++)
			expected = len >= 20 * word + ends[i] ? ends[i] : expected;
		assert_str(buf_view(&image.argv), ((struct str){args, expected}));
		ck_assert_msg(image.argv_whole == (expected == sizeof(args)), "%zu bytes", len);
	}
	perf_image_free(&image);
}
END_TEST

START_TEST(no_arguments)
{
	struct perf_image image = {0};
	const uint64_t words[3] = {0};
	perf_image_stack(
	    &image, (struct str){(const char *)words, sizeof(words)}, SP, word_sizes[_i]);
	ck_assert_uint_eq(image.argv.len, 0);
	ck_assert(image.argv_whole);
	perf_image_stack(&image, (struct str){0}, SP, word_sizes[_i]);
	ck_assert(!image.argv_whole);
	perf_image_free(&image);
}
END_TEST

/* More arguments than the copy has addresses of, and addresses outside of it; whatever the stack pointer is. */
START_TEST(stacks_that_lie)
{
	static const uint64_t pointers[] = {0, 1, SP, UINT64_MAX - 8};
	struct perf_image image = {0};
	for (size_t i = 0; i < countof(pointers); i++) {
		uint64_t sp = pointers[i];
		const uint64_t words[6] = {100000, sp + 40, sp + 48, sp - 1, UINT64_MAX, 0x6162};
		perf_image_stack(&image, (struct str){(const char *)words, sizeof(words)}, sp, 8);
		ck_assert(!image.argv_whole);
		assert_str(buf_view(&image.argv), sp + 48 > sp ? STR("ba\0") : STR(""));
		const uint64_t few[1] = {100000};
		perf_image_stack(&image, (struct str){(const char *)few, sizeof(few)}, sp, 8);
		ck_assert(!image.argv_whole);
		ck_assert_uint_le(image.argv.len, sizeof(few));
	}
	perf_image_free(&image);
}
END_TEST

TEST_SUITE(perf_image)
{
	TEST(empty);
	TEST(a_program);
	TEST(the_next_image);
	TEST(one_part);
	TEST(parts_with_a_gap);
	TEST(all_covered);
	TEST(neighbours);
	TEST(exe_is_the_first_file);
	TEST(columns);
	TEST(newlines);
	TEST(many);
	TEST_LOOP(arguments, (int)countof(word_sizes));
	TEST_LOOP(arguments_cut_short, (int)countof(word_sizes));
	TEST_LOOP(no_arguments, (int)countof(word_sizes));
	TEST(stacks_that_lie);
}
