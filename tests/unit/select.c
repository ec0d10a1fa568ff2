/* src/select.c */
#include "select.h"

#include <errno.h>

#include "decode/syscalls.h"
#include "unit.h"

static struct event new_call(int id, struct ret ret)
{
	struct event ev;
	event_init(&ev, EVENT_CALL);
	ev.call_id = id;
	EVENT_SET(&ev, call, id < 0 ? STR("newcall") : str_of(syscalls[id].name));
	EVENT_SET(&ev, ret, ret);
	if (ret.kind == RET_INT && (int64_t)ret.value < 0)
		EVENT_SET(&ev, error, STR("ENOMEM"));
	return ev;
}

static const struct ret good = {RET_HEX, 0x1000}, zero = {RET_INT, 0},
                        failed = {RET_INT, UINT64_MAX}, unseen = {RET_NULL, 0};

START_TEST(only_calls_are_left_out)
{
	struct opts opts = {
	    .trace = 0, .trace_text = "!%all", .failed_only = true, .min_size = UINT64_MAX};
	for (enum event_type type = 0; type < EVENT_TYPES; type++) {
		struct event ev;
		event_init(&ev, type);
		EVENT_SET(&ev, length, 1);
		EVENT_SET(&ev, ret, good);
		ck_assert_int_eq(select_event(&opts, &ev), type != EVENT_CALL);
	}
}
END_TEST

START_TEST(by_name)
{
	struct opts opts = {
	    .trace = 1ULL << SYS_ID_mmap | 1ULL << SYS_ID_brk, .trace_text = "mmap,brk"};
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		struct event ev = new_call(id, good);
		bool wanted = id == SYS_ID_mmap || id == SYS_ID_brk;
		ck_assert_int_eq(select_event(&opts, &ev), wanted);
	}
}
END_TEST

START_TEST(calls_of_other_versions)
{
	struct event ev = new_call(-1, good);
	struct opts opts = {.trace = syscalls_group(GROUP_MAP)};
	ck_assert(select_event(&opts, &ev));
	opts.trace_text = "mmap";
	ck_assert(!select_event(&opts, &ev));
}
END_TEST

START_TEST(by_result)
{
	struct opts successful = {.trace = SYSCALLS_ALL, .successful_only = true};
	struct opts unsuccessful = {.trace = SYSCALLS_ALL, .failed_only = true};
	struct opts both = {.trace = SYSCALLS_ALL, .successful_only = true, .failed_only = true};
	static const struct {
		const struct ret *ret;
		bool success, failure;
	} rows[] = {{&good, true, false}, {&zero, true, false}, {&failed, false, true},
	    {&unseen, false, false}};
	for (size_t i = 0; i < countof(rows); i++) {
		struct event ev = new_call(SYS_ID_mmap, *rows[i].ret);
		ck_assert_int_eq(select_event(&successful, &ev), rows[i].success);
		ck_assert_int_eq(select_event(&unsuccessful, &ev), rows[i].failure);
		ck_assert(!select_event(&both, &ev));
	}
}
END_TEST

START_TEST(by_size)
{
	struct opts opts = {.trace = SYSCALLS_ALL, .min_size = 8192};
	struct event ev = new_call(SYS_ID_munmap, zero);
	ck_assert(select_event(&opts, &ev)); /* no length */
	EVENT_SET(&ev, length, 8191);
	ck_assert(!select_event(&opts, &ev));
	EVENT_SET(&ev, length, 8192);
	ck_assert(select_event(&opts, &ev));
	EVENT_SET(&ev, length, UINT64_MAX);
	ck_assert(select_event(&opts, &ev));
	EVENT_SET(&ev, length, 1);
	EVENT_SET(&ev, new_length, 8191);
	ck_assert(!select_event(&opts, &ev));
	EVENT_SET(&ev, new_length, 8192);
	ck_assert(select_event(&opts, &ev));
	opts.min_size = 0;
	EVENT_SET(&ev, length, 0);
	event_unmark(&ev, F_new_length);
	ck_assert(select_event(&opts, &ev));
}
END_TEST

START_TEST(all_at_once)
{
	struct opts opts = {.trace = 1ULL << SYS_ID_mmap,
	    .trace_text = "mmap",
	    .successful_only = true,
	    .min_size = 10};
	struct event ev = new_call(SYS_ID_mmap, good);
	EVENT_SET(&ev, length, 10);
	ck_assert(select_event(&opts, &ev));
	EVENT_SET(&ev, length, 9);
	ck_assert(!select_event(&opts, &ev));
	ev = new_call(SYS_ID_munmap, good);
	ck_assert(!select_event(&opts, &ev));
}
END_TEST

static void assert_typed(struct opts opts, const char *expected)
{
	struct buf b = {0};
	select_text(&opts, &b);
	assert_buf(&b, expected);
	buf_free(&b);
}

START_TEST(typed)
{
	assert_typed((struct opts){.trace = SYSCALLS_ALL}, "");
	assert_typed((struct opts){.trace_text = "mmap,brk"}, "-e mmap,brk");
	assert_typed((struct opts){.successful_only = true}, "-z");
	assert_typed((struct opts){.failed_only = true}, "-Z");
	assert_typed((struct opts){.min_size = 1048576}, "--min-size=1048576");
	assert_typed(
	    (struct opts){.trace_text = "!brk", .successful_only = true, .min_size = UINT64_MAX},
	    "-e !brk -z --min-size=18446744073709551615");
}
END_TEST

/* What was captured is all there is; a trace can have more than is captured by default. */
START_TEST(all_without_e)
{
	struct opts opts = {.trace = syscalls_group(GROUP_MAP | GROUP_MAP_PART)};
	struct event ev = new_call(SYS_ID_mlock, zero);
	ck_assert(select_event(&opts, &ev));
	opts.trace_text = "%map";
	ck_assert(!select_event(&opts, &ev));
}
END_TEST

TEST_SUITE(select)
{
	TEST(all_without_e);
	TEST(only_calls_are_left_out);
	TEST(by_name);
	TEST(calls_of_other_versions);
	TEST(by_result);
	TEST(by_size);
	TEST(all_at_once);
	TEST(typed);
}
