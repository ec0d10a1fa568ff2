/* src/trace/text*.c; tests/cases/text.sh holds whole programs' lines to strace's */
#include "trace/text.h"

#include "events.h"
#include "util/utf8.h"

static void assert_flags(const struct flag_table *table, uint64_t bits, const char *expected)
{
	struct buf out = {0};
	text_flags(&(struct names){.bits = bits, .table = table}, &out);
	assert_str(buf_view(&out), str_of(expected));
	buf_free(&out);
}

START_TEST(flags)
{
	assert_flags(&flags_prot, 0, "PROT_NONE");
	assert_flags(&flags_prot, 0x40, "0x40 /* PROT_??? */");
	assert_flags(&flags_prot, 0x41, "PROT_READ|0x40");
	assert_flags(&flags_map, 0, "MAP_FILE");
	assert_flags(&flags_map, 0x24, "0x4 /* MAP_??? */|MAP_ANONYMOUS");
	assert_flags(&flags_map, 0x14122, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE|MAP_NONBLOCK|MAP_GROWSDOWN");
	assert_flags(&flags_map, 21UL << 26 | 0x40022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT");
	assert_flags(&flags_msync, 0x7, "MS_SYNC|MS_ASYNC|MS_INVALIDATE");
	assert_flags(&flags_mlockall, 0, "0");
	assert_flags(&flags_descriptor, 0x4, "0x4");
}
END_TEST

START_TEST(flags_of_other_versions)
{
	static const struct {
		struct str array;
		const char *expected;
	} v[] = {{STR_INIT("[\"MAP_PRIVATE\",\"MAP_NEW\",\"0x10\"]"), "MAP_PRIVATE|MAP_NEW|0x10"}, {STR_INIT("[]"), "0"}};
	for (size_t i = 0; i < countof(v); i++) {
		struct buf out = {0};
		text_flags(&(struct names){.text = v[i].array}, &out);
		assert_str(buf_view(&out), str_of(v[i].expected));
		buf_free(&out);
	}
}
END_TEST

static void assert_string(struct str bytes, const char *expected)
{
	struct buf out = {0};
	text_string(bytes, TEXT_STRING_MAX, &out);
	assert_str(buf_view(&out), str_of(expected));
	buf_free(&out);
}

START_TEST(strings)
{
	assert_string(STR(""), "\"\"");
	assert_string(STR("a \"b\" \\c\n\t\r\v\f"), "\"a \\\"b\\\" \\\\c\\n\\t\\r\\v\\f\"");
	assert_string(STR("\0\1\1779\1771\377"), "\"\\0\\1\\1779\\1771\\377\"");
	assert_string(STR("0123456789abcdef0123456789abcdef"), "\"0123456789abcdef0123456789abcdef\"");
	assert_string(STR("0123456789abcdef0123456789abcdefg"), "\"0123456789abcdef0123456789abcdef\"...");
}
END_TEST

/* Whatever an event has or lacks: whole lines, valid UTF-8, nothing that commands a terminal. */
START_TEST(any_event)
{
	struct arena arena = {0};
	struct buf out = {0};
	struct text t = {0};
	uint64_t random = 77 + (uint64_t)_i;
	for (unsigned i = 0; i < 3000; i++) {
		struct event ev;
		events_make(&ev, (enum event_type)_i, i & 1, &random, &arena);
		if (ev.type == EVENT_CALL)
			ev.call_id = (int)unit_below(&random, SYSCALLS_COUNT + 1) - 1;
		out.len = 0;
		text_put(&t, &ev, &out);
		ck_assert(utf8_valid(buf_view(&out)));
		ck_assert(!out.len || out.data[out.len - 1] == '\n');
		for (size_t k = 0; k < out.len; k++)
			ck_assert_msg(out.data[k] == '\n' || (unsigned char)out.data[k] >= ' ', "%.*s", (int)out.len,
			    out.data);
		arena_reset(&arena);
	}
	buf_free(&out);
	arena_free(&arena);
}
END_TEST

TEST_SUITE(text)
{
	TEST(flags);
	TEST(flags_of_other_versions);
	TEST(strings);
	TEST_LOOP(any_event, EVENT_TYPES);
}
