/* src/engine/perf_record.c: records as perf_event_open(2), "MMAP layout", has them */
#include "engine/perf_record.h"

#include <linux/perf_event.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "unit.h"

enum { LEFT_TYPE = 442, ENTERED_TYPE = 443, BORN_TYPE = 205, EXECED_TYPE = 0xff01 };

/* The first, one in between, the last. */
#define MASK (UINT64_C(1) | UINT64_C(1) << 7 | UINT64_C(1) << 63)

static const struct perf_layout layout = {
    .points = {{PERF_LEFT, LEFT_TYPE, MASK, false, {8, 16}},
        {PERF_ENTERED, ENTERED_TYPE, 0, false, {8, 16}}, {PERF_BORN, BORN_TYPE, 0, false, {32}},
        {PERF_EXECED, EXECED_TYPE, MASK, true, {0, 0}}},
    .points_n = 4};

/* ---- records ---- */

static void put32(struct buf *b, uint32_t value)
{
	buf_add(b, &value, sizeof(value));
}

static void put64(struct buf *b, uint64_t value)
{
	buf_add(b, &value, sizeof(value));
}

static void begin(struct buf *b, uint32_t type, uint16_t misc)
{
	struct perf_event_header header = {.type = type, .misc = misc};
	b->len = 0;
	buf_add(b, &header, sizeof(header));
}

static void end(struct buf *b)
{
	uint16_t size = (uint16_t)b->len;
	memcpy(b->data + offsetof(struct perf_event_header, size), &size, sizeof(size));
}

/* As sample_id_all has it. */
static void put_trailer(struct buf *b)
{
	put32(b, 4001);
	put32(b, 4002);
	put64(b, 4003);
	end(b);
}

static void put_text(struct buf *b, const char *text)
{
	buf_str(b, str_of(text));
	do
		buf_char(b, '\0');
	while (b->len % 8);
}

/* A sample of a tracepoint whose own fields, behind the common ones, are those. */
static void begin_sample(struct buf *b, uint16_t type, const void *fields, uint32_t len)
{
	const struct {
		uint16_t type;
		uint8_t flags, preempt_count;
		int32_t pid;
	} common = {type, 0xee, 0xee, 12};
	begin(b, PERF_RECORD_SAMPLE, PERF_RECORD_MISC_KERNEL);
	put32(b, 11);
	put32(b, 12);
	put64(b, 13);
	uint32_t all = (uint32_t)sizeof(common) + len, padding = -(all + 4) % 8;
	put32(b, all + padding);
	buf_add(b, &common, sizeof(common));
	buf_add(b, fields, len);
	buf_add(b, "\xee\xee\xee\xee\xee\xee\xee", padding);
}

static void put_registers(struct buf *b)
{
	put64(b, PERF_SAMPLE_REGS_ABI_64);
	put64(b, 0x1000);
	put64(b, 0x7000);
	put64(b, 0xfedcba9876543210);
}

static void put_stack(struct buf *b, struct str stack, uint64_t used)
{
	put64(b, stack.len);
	buf_str(b, stack);
	put64(b, used);
}

static void make_left(struct buf *b)
{
	const int64_t fields[] = {9, -12};
	begin_sample(b, LEFT_TYPE, fields, sizeof(fields));
	put_registers(b);
	end(b);
}

static void make_entered(struct buf *b)
{
	const uint64_t fields[] = {11, 1, 2, 3, 4, 5, UINT64_MAX};
	begin_sample(b, ENTERED_TYPE, fields, sizeof(fields));
	end(b);
}

static void make_born(struct buf *b)
{
	struct {
		int32_t pid;
		char comm[16];
		uint64_t clone_flags;
		int16_t oom_score_adj;
	} fields = {99, "sh", CLONE_VM | CLONE_CLEAR_SIGHAND, -1};
	_Static_assert(offsetof(__typeof__(fields), clone_flags) == 24, "the format's, less 8");
	begin_sample(b, BORN_TYPE, &fields, sizeof(fields));
	end(b);
}

static void make_execed(struct buf *b)
{
	const uint32_t fields[] = {20 | 8 << 16, 12, 12, 0, 0};
	begin_sample(b, EXECED_TYPE, fields, sizeof(fields));
	put_registers(b);
	put_stack(b, STR("0123456789abcdef"), 10);
	end(b);
}

static void begin_map(struct buf *b, uint16_t misc)
{
	begin(b, PERF_RECORD_MMAP2, misc);
	put32(b, 21);
	put32(b, 22);
	put64(b, 0x7f0000001000);
	put64(b, 0x3000);
	put64(b, 0x5000);
	put32(b, 0xfe);
	put32(b, 0x123456);
	put64(b, 777);
	put64(b, 888); /* the generation of the inode */
	put32(b, PROT_READ | PROT_EXEC);
	put32(b, MAP_PRIVATE);
}

static void make_map(struct buf *b)
{
	begin_map(b, PERF_RECORD_MISC_USER);
	put_text(b, "/usr/lib/a b\n.so (deleted)");
	put_trailer(b);
}

static void make_comm(struct buf *b)
{
	begin(b, PERF_RECORD_COMM, 0);
	put32(b, 31);
	put32(b, 32);
	put_text(b, "fifteen letters");
	put_trailer(b);
}

static void make_task(struct buf *b, uint32_t type)
{
	begin(b, type, 0);
	put32(b, 41);
	put32(b, 42);
	put32(b, 43);
	put32(b, 44);
	put64(b, 45);
	put_trailer(b);
}

static void make_fork(struct buf *b)
{
	make_task(b, PERF_RECORD_FORK);
}

static void make_exit(struct buf *b)
{
	make_task(b, PERF_RECORD_EXIT);
}

static void make_lost(struct buf *b)
{
	begin(b, PERF_RECORD_LOST, 0);
	put64(b, 51);
	put64(b, 52);
	put_trailer(b);
}

static void make_throttled(struct buf *b)
{
	begin(b, PERF_RECORD_THROTTLE, 0);
	put64(b, 61);
	put64(b, 62);
	put64(b, 63);
	put_trailer(b);
}

/* What a record has before a text and the trailer; 0: a sample, of which all is needed. */
static const struct {
	void (*make)(struct buf *b);
	enum perf_kind kind;
	size_t fixed;
	uint64_t time;
} kinds[] = {{make_left, PERF_LEFT, 0, 13}, {make_entered, PERF_ENTERED, 0, 13},
    {make_born, PERF_BORN, 0, 13}, {make_execed, PERF_EXECED, 0, 13},
    {make_map, PERF_MAP, 72, 4003}, {make_comm, PERF_COMM, 16, 4003},
    {make_fork, PERF_FORK, 32, 45}, {make_exit, PERF_EXIT, 32, 45},
    {make_lost, PERF_LOST, 24, 4003}, {make_throttled, PERF_THROTTLED, 8, 4003}};

/* It's parsed where nothing lies behind it, so that a sanitizer sees what is read too much. */
static bool parse_part(const struct perf_layout *by, const struct buf *b, size_t len,
    struct perf_record *ret, char **ret_copy)
{
	*ret_copy = malloc(len ? len : 1);
	memcpy(*ret_copy, b->data, len);
	memset(ret, 0xee, sizeof(*ret));
	return perf_record_parse(by, *ret_copy, len, ret);
}

/* Texts of the result point into `b`. */
static struct perf_record parse(const struct buf *b, enum perf_kind kind)
{
	struct perf_record r;
	memset(&r, 0xee, sizeof(r));
	ck_assert(perf_record_parse(&layout, b->data, b->len, &r));
	ck_assert_int_eq(r.kind, kind);
	return r;
}

static void assert_who(const struct perf_record *r, pid_t pid, pid_t tid, uint64_t time)
{
	ck_assert_int_eq(r->pid, pid);
	ck_assert_int_eq(r->tid, tid);
	ck_assert_uint_eq(r->time, time);
}

static void assert_registers(const struct perf_record *r)
{
	ck_assert_uint_eq(r->abi, PERF_SAMPLE_REGS_ABI_64);
	ck_assert_uint_eq(r->regs.len, 24);
	for (unsigned reg = 0; reg < PERF_REGS_MAX; reg++) {
		uint64_t expected = reg == 0    ? 0x1000
		                    : reg == 7  ? 0x7000
		                    : reg == 63 ? 0xfedcba9876543210
		                                : 0;
		ck_assert_uint_eq(perf_record_reg(r, reg), expected);
	}
}

/* ---- samples ---- */

START_TEST(left)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_left(&b);
	struct perf_record r = parse(&b, PERF_LEFT);
	assert_who(&r, 11, 12, 13);
	ck_assert_uint_eq(r.nr, 9);
	ck_assert_int_eq(r.ret, -12);
	assert_registers(&r);
	ck_assert_uint_eq(r.stack.len, 0);
}
END_TEST

/* As of a task of the kernel. */
START_TEST(left_without_registers)
{
	_cleanup_(buf_free) struct buf b = {0};
	const int64_t fields[] = {-1, INT64_MIN};
	begin_sample(&b, LEFT_TYPE, fields, sizeof(fields));
	put64(&b, PERF_SAMPLE_REGS_ABI_NONE);
	end(&b);
	struct perf_record r = parse(&b, PERF_LEFT);
	ck_assert_uint_eq(r.nr, UINT64_MAX);
	ck_assert_int_eq(r.ret, INT64_MIN);
	ck_assert_uint_eq(r.abi, PERF_SAMPLE_REGS_ABI_NONE);
	ck_assert_uint_eq(r.regs.len, 0);
	for (unsigned reg = 0; reg < PERF_REGS_MAX; reg++)
		ck_assert_uint_eq(perf_record_reg(&r, reg), 0);
}
END_TEST

START_TEST(left_of_a_narrow_caller)
{
	_cleanup_(buf_free) struct buf b = {0};
	const int64_t fields[] = {192, 0xf7000000};
	begin_sample(&b, LEFT_TYPE, fields, sizeof(fields));
	put64(&b, PERF_SAMPLE_REGS_ABI_32);
	for (unsigned i = 0; i < 3; i++)
		put64(&b, 70 + i);
	end(&b);
	struct perf_record r = parse(&b, PERF_LEFT);
	ck_assert_uint_eq(r.abi, PERF_SAMPLE_REGS_ABI_32);
	ck_assert_uint_eq(perf_record_reg(&r, 63), 72);
}
END_TEST

/* A stack behind a call's registers; a size of 0 has no length behind it. */
START_TEST(left_with_a_stack)
{
	static const struct {
		struct str stack;
		uint64_t used;
		const char *expected;
	} rows[] = {{STR_INIT("abcdefgh"), 8, "abcdefgh"}, {STR_INIT("abcdefgh"), 3, "abc"},
	    {STR_INIT("abcdefgh"), 0, ""}};
	_cleanup_(buf_free) struct buf b = {0};
	struct perf_layout with = layout;
	struct perf_record r;
	const int64_t fields[] = {9, 0};
	with.points[0].stack = true;
	for (size_t i = 0; i <= countof(rows); i++) {
		begin_sample(&b, LEFT_TYPE, fields, sizeof(fields));
		put_registers(&b);
		if (i < countof(rows))
			put_stack(&b, rows[i].stack, rows[i].used);
		else
			put64(&b, 0);
		end(&b);
		ck_assert(perf_record_parse(&with, b.data, b.len, &r));
		assert_registers(&r);
		assert_text(r.stack, i < countof(rows) ? rows[i].expected : "");
	}
}
END_TEST

START_TEST(entered)
{
	_cleanup_(buf_free) struct buf b = {0};
	const uint64_t args[6] = {1, 2, 3, 4, 5, UINT64_MAX};
	make_entered(&b);
	struct perf_record r = parse(&b, PERF_ENTERED);
	assert_who(&r, 11, 12, 13);
	ck_assert_uint_eq(r.nr, 11);
	ck_assert_uint_ge(r.args.len, sizeof(args)); /* what fills up the sample may follow */
	ck_assert_mem_eq(r.args.s, args, sizeof(args));
}
END_TEST

START_TEST(born)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_born(&b);
	struct perf_record r = parse(&b, PERF_BORN);
	assert_who(&r, 11, 12, 13);
	ck_assert_uint_eq(r.clone_flags, CLONE_VM | CLONE_CLEAR_SIGHAND);
}
END_TEST

START_TEST(execed)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_execed(&b);
	struct perf_record r = parse(&b, PERF_EXECED);
	assert_who(&r, 11, 12, 13);
	assert_registers(&r);
	assert_text(r.stack, "0123456789");
}
END_TEST

START_TEST(other_tracepoints)
{
	_cleanup_(buf_free) struct buf b = {0};
	const int64_t fields[] = {9, 0};
	struct perf_record r;
	begin_sample(&b, 441, fields, sizeof(fields));
	end(&b);
	perf_record_parse(&layout, b.data, b.len, &r);
	ck_assert_int_eq(r.kind, PERF_OTHER);
	make_left(&b);
	perf_record_parse(&(struct perf_layout){.points_n = 0}, b.data, b.len, &r);
	ck_assert_int_eq(r.kind, PERF_OTHER);
}
END_TEST

/* Sizes inside a sample that can't be. */
START_TEST(sizes_that_lie)
{
	static const uint64_t sizes[] = {
	    17, 24, 25, UINT32_MAX, (uint64_t)UINT32_MAX + 17, UINT64_MAX};
	struct perf_record r;
	for (size_t i = 0; i < countof(sizes); i++) {
		_cleanup_(buf_free) struct buf b = {0};
		char *copy;
		make_execed(&b);
		memcpy(b.data + b.len - 32, &sizes[i], sizeof(sizes[i]));
		ck_assert(!parse_part(&layout, &b, b.len, &r, &copy));
		ck_assert_int_eq(r.kind, PERF_OTHER);
		free(copy);
	}
	_cleanup_(buf_free) struct buf b = {0};
	make_left(&b);
	const uint32_t raw = UINT32_MAX;
	memcpy(b.data + 24, &raw, sizeof(raw));
	ck_assert(!perf_record_parse(&layout, b.data, b.len, &r));
	ck_assert_int_eq(r.kind, PERF_OTHER);
	make_execed(&b);
	memset(b.data + b.len - 8, 0xff, 8); /* more of the stack was used than copied */
	if (perf_record_parse(&layout, b.data, b.len, &r))
		ck_assert_uint_le(r.stack.len, 16);
}
END_TEST

/* ---- the rest ---- */

START_TEST(map)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_map(&b);
	struct perf_record r = parse(&b, PERF_MAP);
	assert_who(&r, 21, 22, 4003);
	ck_assert_uint_eq(r.start, 0x7f0000001000);
	ck_assert_uint_eq(r.length, 0x3000);
	ck_assert_uint_eq(r.offset, 0x5000);
	ck_assert_uint_eq(r.dev, 0xfe00123456);
	ck_assert_uint_eq(r.inode, 777);
	ck_assert_uint_eq(r.prot, PROT_READ | PROT_EXEC);
	ck_assert_uint_eq(r.flags, MAP_PRIVATE);
	assert_text(r.name, "/usr/lib/a b\n.so (deleted)");
}
END_TEST

/* Names of all lengths are filled up differently; one without an end ends before the trailer. */
START_TEST(names_of_maps)
{
	static const char *const names[] = {"", "/", "/123456", "/1234567", "//anon", "[stack]"};
	_cleanup_(buf_free) struct buf b = {0};
	for (size_t i = 0; i < countof(names); i++) {
		begin_map(&b, 0);
		put_text(&b, names[i]);
		put_trailer(&b);
		assert_text(parse(&b, PERF_MAP).name, names[i]);
	}
	begin_map(&b, 0);
	buf_str(&b, STR("/endless"));
	put_trailer(&b);
	assert_text(parse(&b, PERF_MAP).name, "/endless");
}
END_TEST

/* Then it has no device and no inode, where the others have them. */
START_TEST(map_with_a_build_id)
{
	_cleanup_(buf_free) struct buf b = {0};
	begin_map(&b, PERF_RECORD_MISC_MMAP_BUILD_ID);
	put_text(&b, "/bin/true");
	put_trailer(&b);
	struct perf_record r = parse(&b, PERF_MAP);
	ck_assert_uint_eq(r.dev, 0);
	ck_assert_uint_eq(r.inode, 0);
	ck_assert_uint_eq(r.prot, PROT_READ | PROT_EXEC);
	assert_text(r.name, "/bin/true");
}
END_TEST

START_TEST(comm)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_comm(&b);
	struct perf_record r = parse(&b, PERF_COMM);
	assert_who(&r, 31, 32, 4003);
	assert_text(r.name, "fifteen letters");
	ck_assert(!r.exec);
	((struct perf_event_header *)(void *)b.data)->misc = PERF_RECORD_MISC_COMM_EXEC;
	ck_assert(parse(&b, PERF_COMM).exec);
}
END_TEST

/* Their time is that by which rings are merged, as of all. */
START_TEST(births_and_ends)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_fork(&b);
	struct perf_record r = parse(&b, PERF_FORK);
	assert_who(&r, 41, 43, 4003);
	ck_assert_int_eq(r.parent, 42);
	ck_assert_int_eq(r.parent_tid, 44);
	make_exit(&b);
	r = parse(&b, PERF_EXIT);
	assert_who(&r, 41, 43, 4003);
}
END_TEST

START_TEST(losses)
{
	_cleanup_(buf_free) struct buf b = {0};
	make_lost(&b);
	struct perf_record r = parse(&b, PERF_LOST);
	ck_assert_uint_eq(r.count, 52);
	ck_assert_uint_eq(r.time, 4003);
	make_throttled(&b);
	assert_who(&(struct perf_record[]){parse(&b, PERF_THROTTLED)}[0], 4001, 4002, 4003);
}
END_TEST

START_TEST(other_types)
{
	static const uint32_t types[] = {0, PERF_RECORD_MMAP, PERF_RECORD_UNTHROTTLE,
	    PERF_RECORD_READ, PERF_RECORD_AUX, PERF_RECORD_SWITCH, PERF_RECORD_TEXT_POKE, 1000,
	    UINT32_MAX};
	_cleanup_(buf_free) struct buf b = {0};
	for (size_t i = 0; i < countof(types); i++) {
		struct perf_record r;
		make_map(&b);
		memcpy(b.data, &types[i], sizeof(types[i]));
		perf_record_parse(&layout, b.data, b.len, &r);
		ck_assert_int_eq(r.kind, PERF_OTHER);
	}
}
END_TEST

/* What ends too early isn't read, or not beyond its end; a text can be shorter. */
START_TEST(cut_short)
{
	_cleanup_(buf_free) struct buf b = {0};
	struct perf_record r;
	char *copy;
	kinds[_i].make(&b);
	size_t needed = kinds[_i].fixed ? kinds[_i].fixed + 16 : b.len;
	for (size_t len = 0; len < b.len; len++) {
		bool read = parse_part(&layout, &b, len, &r, &copy);
		unit_check(!read || len >= needed, "%zu of %zu bytes were enough", len, b.len);
		ck_assert_int_eq(r.kind, read ? kinds[_i].kind : PERF_OTHER);
		unit_check(r.name.len == 0 || r.name.s + r.name.len <= copy + len,
		    "a text of %zu bytes", len);
		free(copy);
	}
	parse(&b, kinds[_i].kind);
}
END_TEST

/* A tracepoint whose fields lie beyond what its sample has. */
START_TEST(fields_that_are_missing)
{
	_cleanup_(buf_free) struct buf b = {0};
	struct perf_record r;
	char *copy;
	for (unsigned i = 0; i < layout.points_n; i++) {
		struct perf_layout far = layout;
		far.points[i].field[0] = far.points[i].field[1] = UINT32_MAX - 3;
		kinds[i].make(&b);
		if (parse_part(&far, &b, b.len, &r, &copy)) {
			ck_assert_uint_eq(
			    r.nr | r.clone_flags | (uint64_t)r.ret, 0);
			ck_assert_uint_eq(r.args.len, 0);
		}
		free(copy);
	}
}
END_TEST

START_TEST(time_alone)
{
	_cleanup_(buf_free) struct buf b = {0};
	kinds[_i].make(&b);
	/* The kernel writes the same time at both places of a birth or an end. */
	if (kinds[_i].time == 45)
		memcpy(b.data + b.len - 8, &kinds[_i].time, 8);
	ck_assert_uint_eq(perf_record_time(b.data, b.len), kinds[_i].time);
	ck_assert_uint_eq(parse(&b, kinds[_i].kind).time, kinds[_i].time);
	for (size_t len = 0; len < 24; len++) {
		char *copy = malloc(len ? len : 1);
		memcpy(copy, b.data, len);
		ck_assert_uint_eq(perf_record_time(copy, len), 0);
		free(copy);
	}
}
END_TEST

TEST_SUITE(perf_record)
{
	TEST(left);
	TEST(left_without_registers);
	TEST(left_of_a_narrow_caller);
	TEST(left_with_a_stack);
	TEST(entered);
	TEST(born);
	TEST(execed);
	TEST(other_tracepoints);
	TEST(sizes_that_lie);
	TEST(map);
	TEST(names_of_maps);
	TEST(map_with_a_build_id);
	TEST(comm);
	TEST(births_and_ends);
	TEST(losses);
	TEST(other_types);
	TEST_LOOP(cut_short, (int)countof(kinds));
	TEST(fields_that_are_missing);
	TEST_LOOP(time_alone, (int)countof(kinds));
}
