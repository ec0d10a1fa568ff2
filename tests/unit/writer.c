/* src/trace/writer.c: what lines look like; tests/unit/parse.c reads them again */
#include "trace/writer.h"

#include <stdio.h>
#include <time.h>

#include "decode/flags.h"
#include "lines.h"

static struct event new_event(enum event_type type, uint64_t seq, uint64_t elapsed)
{
	struct event ev;
	memset(&ev, 0xee, sizeof(ev)); /* what isn't set must not be looked at */
	event_init(&ev, type);
	EVENT_SET(&ev, seq, seq);
	EVENT_SET(&ev, time, LINES_NSEC);
	EVENT_SET(&ev, elapsed, elapsed);
	return ev;
}

static struct event new_task(enum event_type type, uint64_t seq, uint64_t elapsed, int64_t pid)
{
	struct event ev = new_event(type, seq, elapsed);
	EVENT_SET(&ev, pid, pid);
	EVENT_SET(&ev, tid, pid);
	EVENT_SET(&ev, comm, STR("python3"));
	return ev;
}

START_TEST(start)
{
	const struct str command[] = {STR("python3"), STR("-c"), STR("pass")};
	const struct str calls[] = {STR("brk"), STR("mmap"), STR("munmap")};
	struct event ev = new_event(EVENT_START, 0, 0);
	event_init(&ev, EVENT_START);
	EVENT_SET(&ev, calls, (struct str_list){calls, 3});
	EVENT_SET(&ev, command, (struct str_list){command, 3});
	EVENT_SET(&ev, time, LINES_NSEC);
	EVENT_SET(&ev, page_size, 4096);
	EVENT_SET(&ev, engine_reason, STR("launched command"));
	EVENT_SET(&ev, engine, STR("ptrace"));
	EVENT_SET(&ev, arch, STR("x86_64"));
	EVENT_SET(&ev, kernel, STR("6.1.0"));
	EVENT_SET(&ev, boot_id, STR("b0071d"));
	EVENT_SET(&ev, host, STR("web1"));
	EVENT_SET(&ev, run, STR(LINES_RUN));
	EVENT_SET(&ev, memtrace, STR("0.1.0"));
	EVENT_SET(&ev, v, 1);
	lines_assert(&ev, STR(LINE_START));
}
END_TEST

START_TEST(exec)
{
	const struct str argv[] = {STR("python3"), STR("-c"), STR("pass")};
	const struct map maps[] = {{.start = 0x400000,
	    .end = 0x41f000,
	    .dev = 0xfe00000000,
	    .inode = 1234,
	    .path = STR("/usr/bin/python3.11"),
	    .perms = "r--p"}};
	struct event ev = new_task(EVENT_EXEC, 1, 412345, 812);
	EVENT_SET(&ev, exe, STR("/usr/bin/python3.11"));
	EVENT_SET(&ev, argv, (struct str_list){argv, 3});
	EVENT_SET(&ev, maps, (struct map_list){maps, 1});
	lines_assert(&ev, STR(LINE_EXEC));
}
END_TEST

static struct event new_mmap(uint64_t seq, uint64_t elapsed, uint64_t length)
{
	struct event ev = new_task(EVENT_CALL, seq, elapsed, 812);
	EVENT_SET(&ev, call, STR("mmap"));
	EVENT_SET(&ev, addr, 0);
	EVENT_SET(&ev, length, length);
	EVENT_SET(&ev, prot, (struct names){3, &flags_prot, {0}});
	EVENT_SET(&ev, flags, (struct names){0x22, &flags_map, {0}});
	EVENT_SET(&ev, fd, -1);
	EVENT_SET(&ev, offset, 0);
	return ev;
}

START_TEST(calls)
{
	struct event ev = new_mmap(2, 533211, 8192);
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, 0x7f5e5a1f2000});
	EVENT_SET(&ev, duration, 6500);
	lines_assert(&ev, STR(LINE_MMAP));
	ev = new_task(EVENT_CALL, 3, 612345, 812);
	EVENT_SET(&ev, call, STR("munmap"));
	EVENT_SET(&ev, addr, 0x7f5e5a1f2000);
	EVENT_SET(&ev, length, 8192);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	EVENT_SET(&ev, duration, 6000);
	lines_assert(&ev, STR(LINE_MUNMAP));
	ev = new_mmap(4, 698121, 1099511627776);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, -1ULL});
	EVENT_SET(&ev, error, STR("ENOMEM"));
	EVENT_SET(&ev, duration, 6000);
	lines_assert(&ev, STR(LINE_FAILED));
}
END_TEST

START_TEST(fork_exit_end)
{
	const struct level usage[] = {{STR("mapped"), 12582912, 14680064}};
	struct event ev = new_task(EVENT_FORK, 5, 10100000, 812);
	EVENT_SET(&ev, child, 813);
	EVENT_SET(&ev, thread, false);
	EVENT_SET(&ev, shares_vm, false);
	lines_assert(&ev, STR(LINE_FORK));
	ev = new_task(EVENT_EXIT, 6, 20100000, 813);
	EVENT_SET(&ev, code, 0);
	EVENT_SET(&ev, usage, (struct level_list){usage, 1});
	EVENT_SET(&ev, max_rss, 9437184);
	lines_assert(&ev, STR(LINE_EXIT));
	ev = new_event(EVENT_END, 7, 21100000);
	EVENT_SET(&ev, events, 6);
	EVENT_SET(&ev, lost, 0);
	EVENT_SET(&ev, coverage, STR("complete"));
	EVENT_SET(&ev, reasons, (struct str_list){NULL, 0});
	EVENT_SET(&ev, status, (struct status){0, {NULL, 0}});
	lines_assert(&ev, STR(LINE_END));
}
END_TEST

static struct event bare(enum event_type type)
{
	struct event ev = new_event(type, 0, 0);
	event_init(&ev, type);
	return ev;
}

START_TEST(all_types)
{
	static const char *const names[EVENT_TYPES] = {
	    "start", "call", "exec", "fork", "exit", "attach", "detach", "lost", "finding", "end"};
	for (enum event_type type = 0; type < EVENT_TYPES; type++) {
		struct event ev = bare(type);
		char expected[64];
		snprintf(expected, sizeof(expected), "{\"type\":\"%s\"}", names[type]);
		lines_assert(&ev, str_of(expected));
	}
}
END_TEST

START_TEST(base64_siblings)
{
	const struct str argv[] = {STR("ok"), STR("\xff"), STR("\xc3\xa4"), STR("a\x80z")};
	struct event ev = bare(EVENT_EXEC);
	EVENT_SET(&ev, comm, STR("a\xff"));
	EVENT_SET(&ev, argv, (struct str_list){argv, 4});
	lines_assert(&ev, STR("{\"type\":\"exec\",\"comm\":\"a\xef\xbf\xbd\",\"comm_b64\":\"Yf8=\","
	                      "\"argv\":[\"ok\",\"\xef\xbf\xbd\",\"\xc3\xa4\",\"a\xef\xbf\xbdz\"],"
	                      "\"argv_b64\":[null,\"/w==\",null,\"YYB6\"]}"));
	EVENT_SET(&ev, comm, STR("\xef\xbf\xbd")); /* that character itself is no bad byte */
	EVENT_SET(&ev, argv, (struct str_list){argv, 1});
	lines_assert(&ev, STR("{\"type\":\"exec\",\"comm\":\"\xef\xbf\xbd\",\"argv\":[\"ok\"]}"));
}
END_TEST

START_TEST(ranges)
{
	const struct map maps[] = {
	    {.start = 0, .end = UINT64_MAX, .perms = "rwxs", .offset = UINT64_MAX},
	    {.start = 1,
	        .end = 2,
	        .perms = "---p",
	        .dev = 0x1030000001f,
	        .inode = 5,
	        .path = STR("/\xff"),
	        .deleted = true}};
	struct event ev = bare(EVENT_ATTACH);
	EVENT_SET(&ev, maps, (struct map_list){maps, 2});
	lines_assert(
	    &ev, STR("{\"type\":\"attach\",\"maps\":[{\"start\":\"0x0\","
	             "\"end\":\"0xffffffffffffffff\",\"perms\":\"rwxs\","
	             "\"offset\":18446744073709551615},{\"start\":\"0x1\",\"end\":\"0x2\","
	             "\"perms\":\"---p\",\"offset\":0,\"dev\":\"103:1f\",\"inode\":5,"
	             "\"path\":\"/\xef\xbf\xbd\",\"path_b64\":\"L/8=\",\"deleted\":true}]}"));
	EVENT_SET(&ev, maps, (struct map_list){NULL, 0});
	lines_assert(&ev, STR("{\"type\":\"attach\",\"maps\":[]}"));
}
END_TEST

START_TEST(frames)
{
	const struct frame stack[] = {{.ip = 0x1000}, {.ip = 0x2000,
	                                                  .offset = 0x10,
	                                                  .symbol_offset = 3,
	                                                  .line = 42,
	                                                  .module = STR("/lib/c"),
	                                                  .build_id = STR("ab12"),
	                                                  .symbol = STR("main"),
	                                                  .file = STR("a.c")}};
	struct event ev = bare(EVENT_FINDING);
	EVENT_SET(&ev, stack, (struct frame_list){stack, 2});
	lines_assert(
	    &ev, STR("{\"type\":\"finding\",\"stack\":[{\"ip\":\"0x1000\"},{\"ip\":\"0x2000\","
	             "\"module\":\"/lib/c\",\"build_id\":\"ab12\",\"offset\":\"0x10\","
	             "\"symbol\":\"main\",\"symbol_offset\":\"0x3\",\"file\":\"a.c\","
	             "\"line\":42}]}"));
}
END_TEST

START_TEST(results)
{
	struct event ev = bare(EVENT_CALL);
	EVENT_SET(&ev, ret, (struct ret){RET_NULL, 0});
	EVENT_SET(&ev, unfinished, true);
	lines_assert(&ev, STR("{\"type\":\"call\",\"ret\":null,\"unfinished\":true}"));
	event_init(&ev, EVENT_CALL);
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, UINT64_MAX});
	lines_assert(&ev, STR("{\"type\":\"call\",\"ret\":\"0xffffffffffffffff\"}"));
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 1ULL << 63});
	lines_assert(&ev, STR("{\"type\":\"call\",\"ret\":-9223372036854775808}"));
}
END_TEST

START_TEST(statuses_and_pids)
{
	const int64_t pids[] = {1, 4194303, -1};
	struct event ev = bare(EVENT_END);
	EVENT_SET(&ev, status, (struct status){0, STR("SIGKILL")});
	lines_assert(&ev, STR("{\"type\":\"end\",\"status\":{\"signal\":\"SIGKILL\"}}"));
	EVENT_SET(&ev, status, (struct status){255, STR("")});
	EVENT_SET(&ev, targets, (struct pid_list){pids, 3});
	lines_assert(
	    &ev, STR("{\"type\":\"end\",\"targets\":[1,4194303,-1],\"status\":{\"code\":255}}"));
	EVENT_SET(&ev, targets, (struct pid_list){NULL, 0});
	EVENT_SET(&ev, usage, (struct level_list){NULL, 0});
	lines_assert(
	    &ev, STR("{\"type\":\"end\",\"targets\":[],\"status\":{\"code\":255},\"usage\":{}}"));
}
END_TEST

/* One writer remembers dates and names: what it wrote before must not show. */
START_TEST(memory_of_a_writer)
{
	struct writer w = {0};
	struct buf got = {0}, expected = {0};
	uint64_t random = 6;
	for (unsigned i = 0; i < 20000; i++) {
		struct event ev = bare(EVENT_CALL);
		uint64_t second = unit_below(&random, 3) ? LINES_SECOND + unit_below(&random, 3)
		                                         : unit_random(&random) % 18000000000;
		const struct flag_table *table = i & 1 ? &flags_map : &flags_prot;
		uint64_t bits = unit_random(&random) >> unit_below(&random, 53);
		EVENT_SET(&ev, time, second * 1000000000 + 7);
		EVENT_SET(&ev, flags, (struct names){bits, table, {0}});
		got.len = expected.len = 0;
		writer_put(&w, &ev, &got);
		time_t t = (time_t)second;
		char date[32];
		struct tm tm;
		strftime(date, sizeof(date), "%FT%T", gmtime_r(&t, &tm));
		buf_fmt(
		    &expected, "{\"type\":\"call\",\"time\":\"%s.000000007Z\",\"flags\":", date);
		flags_put(&expected, table, bits);
		buf_str(&expected, STR("}\n"));
		assert_str(buf_view(&got), buf_view(&expected));
	}
	buf_free(&got);
	buf_free(&expected);
	writer_free(&w);
}
END_TEST

START_TEST(names_as_text)
{
	struct event ev = bare(EVENT_CALL);
	EVENT_SET(
	    &ev, flags, (struct names){0x22, &flags_map, STR("[\"MAP_NEW\",\"MAP_PRIVATE\"]")});
	lines_assert(&ev, STR("{\"type\":\"call\",\"flags\":[\"MAP_NEW\",\"MAP_PRIVATE\"]}"));
	EVENT_SET(&ev, flags, (struct names){0, &flags_prot, {0}});
	lines_assert(&ev, STR("{\"type\":\"call\",\"flags\":[\"PROT_NONE\"]}"));
	EVENT_SET(&ev, flags, (struct names){0, &flags_map, {0}});
	lines_assert(&ev, STR("{\"type\":\"call\",\"flags\":[]}"));
}
END_TEST

TEST_SUITE(writer)
{
	TEST(start);
	TEST(exec);
	TEST(calls);
	TEST(fork_exit_end);
	TEST(all_types);
	TEST(base64_siblings);
	TEST(ranges);
	TEST(frames);
	TEST(results);
	TEST(statuses_and_pids);
	TEST(memory_of_a_writer);
	TEST(names_as_text);
}
