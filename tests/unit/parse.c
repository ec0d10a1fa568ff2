/* src/trace/parse.c: lines as events, and written again */
#include "trace/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "decode/flags.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "lines.h"

/* What every event of a task needs, ready to be followed by more. */
#define TASK                                                                                       \
	"\"seq\":1,\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":0,\"pid\":1,\"tid\":1," \
	"\"comm\":\"c\""
#define CALL "{\"type\":\"call\"," TASK ",\"call\":\"mmap\",\"ret\":0"

/* A call with `members`, which begin with a comma, is an event. */
static void parse_call(const char *members, struct arena *arena, struct event *ret)
{
	char *line = arena_alloc(arena, strlen(members) + sizeof(CALL) + 2);
	sprintf(line, CALL "%s}", members);
	const char *why = lines_parse(str_of(line), arena, ret);
	ck_assert_msg(!why, "%s: %s", members, why);
}

static void refuse(struct str line)
{
	struct arena arena = {0};
	struct event ev;
	const char *why = lines_parse(line, &arena, &ev);
	unit_check(why, "%.*s was taken", (int)line.len, line.s);
	unit_check(strlen(why) > 5, "%s", why);
	arena_free(&arena);
}

static void refuse_call(const char *members)
{
	struct buf line = {0};
	buf_fmt(&line, CALL "%s}", members);
	refuse(buf_view(&line));
	buf_free(&line);
}

START_TEST(lines_round_trip)
{
	static const char *const lines[] = {LINES_ALL,
	    "{\"type\":\"call\"," TASK
	    ",\"call\":\"mmap\",\"prot\":[\"PROT_NONE\"],\"flags\":[],\"ret\":null}",
	    "{\"type\":\"lost\",\"seq\":3,\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":"
	    "1,"
	    "\"count\":18446744073709551615}",
	    "{\"type\":\"detach\"," TASK "}", "{\"type\":\"exit\"," TASK ",\"signal\":\"SIGSEGV\"}",
	    "{\"type\":\"finding\",\"seq\":2,\"time\":\"1970-01-01T00:00:00.000000001Z\","
	    "\"elapsed\":2.5,"
	    "\"rule\":\"wx\",\"severity\":\"error\",\"message\":\"m\",\"value\":1,\"limit\":2,"
	    "\"event\":3}"};
	struct arena arena = {0};
	for (size_t i = 0; i < countof(lines); i++) {
		struct event ev;
		const char *why = lines_parse(str_of(lines[i]), &arena, &ev);
		ck_assert_msg(!why, "%s: %s", lines[i], why);
		lines_assert(&ev, str_of(lines[i]));
		arena_reset(&arena);
	}
	arena_free(&arena);
}
END_TEST

START_TEST(each_member)
{
	struct arena arena = {0};
	struct event ev;
	ck_assert_ptr_null(lines_parse(STR(LINE_MMAP), &arena, &ev));
	ck_assert_int_eq(ev.type, EVENT_CALL);
	ck_assert_int_eq(ev.call_id, SYS_ID_mmap);
	ck_assert_uint_eq(ev.seq, 2);
	ck_assert_uint_eq(ev.time, LINES_NSEC);
	ck_assert_uint_eq(ev.elapsed, 533211);
	ck_assert_int_eq(ev.pid, 812);
	assert_text(ev.comm, "python3");
	ck_assert_uint_eq(ev.length, 8192);
	ck_assert(ev.prot.bits == 3 && ev.prot.table == &flags_prot && !ev.prot.text.len);
	ck_assert(ev.flags.bits == 0x22 && ev.flags.table == &flags_map && !ev.flags.text.len);
	ck_assert_int_eq(ev.fd, -1);
	ck_assert(ev.ret.kind == RET_HEX && ev.ret.value == 0x7f5e5a1f2000);
	ck_assert_uint_eq(ev.duration, 6500);
	ck_assert(!event_has(&ev, F_error) && !event_has(&ev, F_path));
	ck_assert_ptr_null(lines_parse(STR(LINE_EXIT), &arena, &ev));
	ck_assert_int_eq(ev.call_id, -1);
	ck_assert_uint_eq(ev.usage.n, 1);
	ck_assert_uint_eq(ev.usage.v[0].peak, 14680064);
	arena_free(&arena);
}
END_TEST

/* ---- any value of each kind ---- */

static struct str random_text(uint64_t *random, struct arena *arena)
{
	static const char bytes[] =
	    "ab\"\\\n\0\x1f\x7f\xc3\xa4\xe2\x82\xac\xff\x80\xf0\x9f\x98\x80";
	size_t n = unit_below(random, 9);
	char *s = arena_alloc(arena, n);
	for (size_t i = 0; i < n; i++)
		s[i] = bytes[unit_below(random, sizeof(bytes) - 1)];
	return (struct str){s, n};
}

static uint64_t random_number(uint64_t *random)
{
	static const uint64_t extremes[] = {
	    0, 1, UINT64_MAX, INT64_MAX, 1ULL << 63, UINT32_MAX, (1ULL << 53) + 1};
	unsigned n = unit_below(random, 2 * countof(extremes));
	return n < countof(extremes) ? extremes[n] : unit_random(random) >> unit_below(random, 53);
}

static struct str_list random_texts(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct str *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = random_text(random, arena);
	return (struct str_list){v, n};
}

static struct pid_list random_pids(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	int64_t *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (int64_t)random_number(random);
	return (struct pid_list){v, n};
}

static struct map_list random_maps(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct map *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct map){.start = random_number(random),
		    .end = random_number(random),
		    .offset = random_number(random),
		    .path = random_text(random, arena),
		    .deleted = unit_below(random, 2)};
		memcpy(v[i].perms, unit_below(random, 2) ? "r-xp" : "-w-s", 5);
		if (unit_below(random, 2)) {
			v[i].dev = random_number(random);
			v[i].inode = random_number(random);
		}
	}
	return (struct map_list){v, n};
}

static struct frame_list random_frames(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct frame *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct frame){.ip = random_number(random),
		    .line = random_number(random),
		    .module = random_text(random, arena),
		    .build_id = random_text(random, arena),
		    .symbol = random_text(random, arena),
		    .file = random_text(random, arena)};
		if (v[i].module.len)
			v[i].offset = random_number(random);
		if (v[i].symbol.len)
			v[i].symbol_offset = random_number(random);
	}
	return (struct frame_list){v, n};
}

static struct level_list random_usage(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct level *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] =
		    (struct level){STR("calls.mmap"), random_number(random), random_number(random)};
	return (struct level_list){v, n};
}

static struct map_list random_residency(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct map *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (struct map){
		    .start = random_number(random), .end = random_number(random), .rss = random_number(random)};
	return (struct map_list){v, n};
}

static struct ret random_ret(uint64_t *random)
{
	enum ret_kind kind = unit_below(random, 3);
	return (struct ret){kind, kind == RET_NULL ? 0 : random_number(random)};
}

static void set_random(enum field_kind kind, void *member, uint64_t *random, struct arena *arena)
{
	switch (kind) {
	case KIND_U64:
	case KIND_HEX:
	case KIND_NSEC:
	case KIND_TIME:
	case KIND_DEV:
	case KIND_INT: *(uint64_t *)member = random_number(random); break;
	case KIND_BOOL: *(bool *)member = unit_below(random, 2); break;
	case KIND_TEXT: *(struct str *)member = random_text(random, arena); break;
	case KIND_TEXTS: *(struct str_list *)member = random_texts(random, arena); break;
	case KIND_NAMES:
		*(struct names *)member = (struct names){random_number(random), &flags_map, {0}};
		break;
	case KIND_PIDS: *(struct pid_list *)member = random_pids(random, arena); break;
	case KIND_RESIDENCY: *(struct map_list *)member = random_residency(random, arena); break;
	case KIND_MAPS: *(struct map_list *)member = random_maps(random, arena); break;
	case KIND_FRAMES: *(struct frame_list *)member = random_frames(random, arena); break;
	case KIND_USAGE: *(struct level_list *)member = random_usage(random, arena); break;
	case KIND_STATUS:
		*(struct status *)member = (struct status){(int64_t)random_number(random), {0}};
		break;
	case KIND_RET: *(struct ret *)member = random_ret(random); break;
	case KIND_COUNT: break;
	}
}

/* The kinds whose values can be compared as they are. */
static void assert_member(enum field_kind kind, const void *got, const void *expected)
{
	const struct str_list *a = got, *b = expected;
	switch (kind) {
	case KIND_U64:
	case KIND_HEX:
	case KIND_NSEC:
	case KIND_TIME:
	case KIND_DEV:
	case KIND_INT:
		ck_assert_uint_eq(*(const uint64_t *)got, *(const uint64_t *)expected);
		break;
	case KIND_BOOL: ck_assert_int_eq(*(const bool *)got, *(const bool *)expected); break;
	case KIND_TEXT: assert_str(*(const struct str *)got, *(const struct str *)expected); break;
	case KIND_TEXTS:
		ck_assert_uint_eq(a->n, b->n);
		for (size_t i = 0; i < a->n; i++)
			assert_str(a->v[i], b->v[i]);
		break;
	default: break; /* their text tells */
	}
}

/* An event of `type` with the keys that it needs. */
static void fill_required(struct event *ev, enum event_type type)
{
	event_init(ev, type);
	EVENT_SET(ev, seq, 1);
	EVENT_SET(ev, time, LINES_NSEC);
	EVENT_SET(ev, elapsed, 0);
	EVENT_SET(ev, pid, 1);
	EVENT_SET(ev, tid, 1);
	EVENT_SET(ev, comm, STR("c"));
	EVENT_SET(ev, call, STR("mmap"));
	EVENT_SET(ev, ret, (struct ret){RET_INT, 0});
}

static void round_trip_field(enum field field, uint64_t *random, struct arena *arena)
{
	struct writer w = {0};
	struct buf line = {0};
	struct event ev, again;
	fill_required(&ev, EVENT_CALL);
	set_random(fields[field].kind, field_at(&ev, field), random, arena);
	if (field == F_call)
		ev.call = STR("a\"call\xff");
	event_mark(&ev, field);
	writer_put(&w, &ev, &line);
	const char *why = lines_parse((struct str){line.data, line.len - 1}, arena, &again);
	unit_check(!why, "%.*s%s", (int)line.len, line.data, why);
	ck_assert_mem_eq(again.has, ev.has, sizeof(ev.has));
	assert_member(fields[field].kind, field_in(&again, field), field_in(&ev, field));
	lines_assert(&again, (struct str){line.data, line.len - 1});
	buf_free(&line);
	writer_free(&w);
}

START_TEST(every_field_round_trips)
{
	struct arena arena = {0};
	uint64_t random = 7 + (uint64_t)_i;
	for (unsigned i = 0; i < 200; i++) {
		round_trip_field((enum field)_i, &random, &arena);
		arena_reset(&arena);
	}
	arena_free(&arena);
}
END_TEST

/* ---- what must be there ---- */

#define COMMON    "\"seq\":1", "\"time\":\"2026-11-22T15:12:53.000000000Z\"", "\"elapsed\":0.5"
#define TASK_KEYS COMMON, "\"pid\":1", "\"tid\":1", "\"comm\":\"c\""

/* The keys that event.schema.json requires of each type. */
static const char *const required[EVENT_TYPES][16] = {
    [EVENT_START] = {"\"v\":1", "\"memtrace\":\"0\"", "\"run\":\"r\"", "\"host\":\"h\"",
        "\"kernel\":\"k\"", "\"arch\":\"a\"", "\"engine\":\"ptrace\"", "\"page_size\":4096",
        "\"time\":\"2026-11-22T15:12:53.000000000Z\"", "\"calls\":[]"},
    [EVENT_CALL] = {TASK_KEYS, "\"call\":\"mmap\"", "\"ret\":null"},
    [EVENT_EXEC] = {TASK_KEYS, "\"exe\":\"/e\""},
    [EVENT_FORK] = {TASK_KEYS, "\"child\":2", "\"thread\":true", "\"shares_vm\":true"},
    [EVENT_EXIT] = {TASK_KEYS},
    [EVENT_ATTACH] = {TASK_KEYS},
    [EVENT_DETACH] = {TASK_KEYS},
    [EVENT_LOST] = {COMMON, "\"count\":1"},
    [EVENT_FINDING] = {COMMON, "\"rule\":\"r\"", "\"severity\":\"error\"", "\"message\":\"m\""},
    [EVENT_END] = {COMMON, "\"events\":0", "\"lost\":0", "\"coverage\":\"complete\"",
        "\"reasons\":[]"},
};

/* Parse an event of `type` without its key number `without`. */
static const char *parse_without(enum event_type type, size_t without)
{
	struct arena arena = {0};
	struct buf line = {0};
	struct event ev;
	buf_fmt(&line, "{\"type\":\"%s\"", event_type_names[type]);
	for (size_t i = 0; required[type][i]; i++) {
		if (i != without)
			buf_fmt(&line, ",%s", required[type][i]);
	}
	buf_char(&line, '}');
	const char *why = lines_parse(buf_view(&line), &arena, &ev);
	arena_free(&arena);
	buf_free(&line);
	return why;
}

START_TEST(required_keys)
{
	enum event_type type = (enum event_type)_i;
	const char *why = parse_without(type, SIZE_MAX);
	ck_assert_msg(!why, "%s", why);
	for (size_t i = 0; required[type][i]; i++) {
		why = parse_without(type, i);
		ck_assert_msg(why, "%s without %s", event_type_names[type], required[type][i]);
		char key[32];
		snprintf(key, sizeof(key), "%.*s", (int)strcspn(required[type][i], ":"),
		    required[type][i]);
		ck_assert_msg(strstr(why, key), "%s", why);
	}
}
END_TEST

START_TEST(type_and_version)
{
	refuse(STR("{" TASK "}"));
	refuse(STR("{\"type\":\"other\"," TASK "}"));
	refuse(STR("{\"type\":\"\"," TASK "}"));
	refuse(STR("{\"type\":1," TASK "}"));
	refuse(STR("{\"type\":\"exit\\u0000\"," TASK "}"));
	struct buf line = {0};
	buf_str(&line, STR(LINE_START));
	line.data[strlen("{\"type\":\"start\",\"v\":")] = '2';
	refuse(buf_view(&line));
	buf_free(&line);
}
END_TEST

/* ---- what else may be there ---- */

START_TEST(unknown_keys)
{
	static const char *const lines[] = {"{\"new\":1,\"type\":\"exit\"," TASK "}",
	    "{\"type\":\"exit\",\"new\":{\"a\":[1,{\"type\":\"call\"},\"]\"],\"pid\":9}," TASK "}",
	    "{\"type\":\"exit\",\"new\":-1.5e400," TASK ",\"new2\":null,\"new3\":[[],{}]}",
	    "{\"type\":\"exit\",\"new_b64\":\"no base64!\"," TASK "}",
	    "{\"type\":\"exit\",\"_b64\":1,\"\":2,\"pid_b64\":{},\"types\":0,\"Pid\":\"x\"," TASK
	    "}",
	    " { \"type\" : \"exit\" , " TASK " } \r"};
	for (size_t i = 0; i < countof(lines); i++) {
		struct arena arena = {0};
		struct event ev;
		const char *why = lines_parse(str_of(lines[i]), &arena, &ev);
		ck_assert_msg(!why, "%s: %s", lines[i], why);
		lines_assert(&ev, STR("{\"type\":\"exit\"," TASK "}"));
		arena_free(&arena);
	}
}
END_TEST

START_TEST(unknown_keys_inside)
{
	struct arena arena = {0};
	struct event ev;
	parse_call(",\"maps\":[{\"new\":[1],\"start\":\"0x1\",\"end\":\"0x2\",\"perms\":\"r--p\","
	           "\"offset\":0,\"new_b64\":0}],\"stack\":[{\"ip\":\"0x1\",\"modules\":{}}],"
	           "\"status\":{\"core\":true,\"code\":3},\"usage\":{\"m\":{\"mean\":1,\"last\":2,"
	           "\"peak\":3}}",
	    &arena, &ev);
	ck_assert(ev.maps.n == 1 && ev.maps.v[0].end == 2);
	ck_assert(ev.stack.n == 1 && ev.stack.v[0].ip == 1);
	ck_assert_int_eq(ev.status.code, 3);
	ck_assert(ev.usage.n == 1 && ev.usage.v[0].last == 2 && ev.usage.v[0].peak == 3);
	arena_free(&arena);
}
END_TEST

START_TEST(keys_in_any_order)
{
	struct arena arena = {0};
	struct event ev;
	const char *why = lines_parse(STR("{\"ret\":0,\"flags\":[\"MAP_PRIVATE\"]," TASK
	                                  ",\"call\":\"mmap\",\"type\":\"call\"}"),
	    &arena, &ev);
	ck_assert_msg(!why, "%s", why);
	ck_assert_int_eq(ev.call_id, SYS_ID_mmap);
	ck_assert(ev.flags.bits == 2 && ev.flags.table == &flags_map);
	arena_free(&arena);
}
END_TEST

START_TEST(calls_of_other_versions)
{
	struct arena arena = {0};
	struct event ev;
	static const char line[] = "{\"type\":\"call\"," TASK
	                           ",\"call\":\"mmap3\",\"flags\":[\"MAP_X\", \"0x1\"],\"ret\":0}";
	ck_assert_ptr_null(lines_parse(str_of(line), &arena, &ev));
	ck_assert_int_eq(ev.call_id, -1);
	lines_assert(&ev, str_of(line));
	arena_free(&arena);
}
END_TEST

START_TEST(flags_of_other_versions)
{
	static const char *const kept[] = {"[\"MAP_NEW\"]", "[\"MAP_PRIVATE\",\"MAP_NEW\"]",
	    "[\"MAP_ANONYMOUS\",\"MAP_PRIVATE\"]", "[\"MAP_PRIVATE\", \"MAP_ANONYMOUS\"]",
	    "[\"MAP_PRIVATE\",\"MAP_PRIVATE\"]", "[\"0x2\"]", "[\"PROT_READ\"]", "[\"\"]", "[ ]",
	    "[\"MAP_PRIVATE\",\"0x00\"]", "[\"\\u004d\"]", "[\"0xffffffffffffffffff\"]"};
	for (size_t i = 0; i < countof(kept); i++) {
		struct arena arena = {0};
		struct event ev;
		char members[128];
		snprintf(members, sizeof(members), ",\"flags\":%s", kept[i]);
		parse_call(members, &arena, &ev);
		assert_text(ev.flags.text, kept[i]);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(flag_bits)
{
	struct arena arena = {0};
	struct event ev;
	parse_call(
	    ",\"flags\":[\"MAP_ANONYMOUS\",\"MAP_PRIVATE\"],\"prot\":[\"PROT_NONE\"]", &arena, &ev);
	ck_assert(ev.flags.bits == 0x22 && ev.flags.table == &flags_map && ev.flags.text.len);
	ck_assert(ev.prot.bits == 0 && ev.prot.table == &flags_prot && !ev.prot.text.len);
	parse_call(",\"flags\":[\"MAP_PRIVATE\",\"0xff00000000000000\"]", &arena, &ev);
	ck_assert(ev.flags.bits == 0xff00000000000002 && !ev.flags.text.len);
	arena_free(&arena);
}
END_TEST

/* ---- values ---- */

START_TEST(base64_siblings)
{
	struct arena arena = {0};
	struct event ev;
	parse_call(",\"path\":\"a\xef\xbf\xbd\",\"path_b64\":\"Yf8=\","
	           "\"argv\":[\"x\",\"?\",\"z\"],\"argv_b64\":[null,\"/w==\",null]",
	    &arena, &ev);
	assert_text(ev.path, "a\xff");
	ck_assert_uint_eq(ev.argv.n, 3);
	assert_text(ev.argv.v[0], "x");
	assert_text(ev.argv.v[1], "\xff");
	assert_text(ev.argv.v[2], "z");
	parse_call(",\"maps\":[{\"start\":\"0x1\",\"end\":\"0x2\",\"perms\":\"r--p\",\"offset\":0,"
	           "\"path\":\"?\",\"path_b64\":\"/w==\"}],"
	           "\"stack\":[{\"ip\":\"0x1\",\"module\":\"?\",\"module_b64\":\"AA==\"}]",
	    &arena, &ev);
	assert_text(ev.maps.v[0].path, "\xff");
	assert_str(ev.stack.v[0].module, STR("\0"));
	arena_free(&arena);
	refuse_call(",\"path\":\"x\",\"path_b64\":\"Yf8\"");
	refuse_call(",\"path\":\"x\",\"path_b64\":7");
	refuse_call(",\"argv\":[\"x\"],\"argv_b64\":\"Yf8=\"");
	refuse_call(",\"argv\":[\"x\"],\"argv_b64\":[\"!\"]");
}
END_TEST

START_TEST(large_numbers)
{
	struct arena arena = {0};
	struct event ev;
	parse_call(",\"length\":18446744073709551615,\"offset\":9007199254740993,"
	           "\"addr\":\"0xffffffffffffffff\",\"fd\":-9223372036854775808,"
	           "\"pkey\":9223372036854775807",
	    &arena, &ev);
	ck_assert_uint_eq(ev.length, UINT64_MAX);
	ck_assert_uint_eq(ev.offset, 9007199254740993);
	ck_assert_uint_eq(ev.addr, UINT64_MAX);
	ck_assert_int_eq(ev.fd, INT64_MIN);
	ck_assert_int_eq(ev.pkey, INT64_MAX);
	arena_free(&arena);
	refuse_call(",\"length\":18446744073709551616");
	refuse_call(",\"length\":-1");
	refuse_call(",\"length\":1.5");
	refuse_call(",\"fd\":9223372036854775808");
	refuse_call(",\"fd\":-9223372036854775809");
	refuse_call(",\"addr\":\"0x10000000000000000\"");
	refuse_call(",\"ret\":9223372036854775808");
}
END_TEST

START_TEST(wrong_kinds)
{
	static const char *const bad[] = {"\"length\":\"1\"", "\"length\":null", "\"length\":[]",
	    "\"length\":", "\"addr\":1", "\"addr\":\"1f\"", "\"addr\":\"0x\"", "\"addr\":\"0xg\"",
	    "\"addr\":\"0x 1\"", "\"addr\":\"\"", "\"comm\":1", "\"comm\":null", "\"argv\":\"x\"",
	    "\"argv\":[1]", "\"argv\":[\"x\"", "\"argv\":[\"x\",]", "\"tids\":[\"1\"]",
	    "\"tids\":1", "\"flags\":\"MAP_PRIVATE\"", "\"flags\":[1]", "\"flags\":7",
	    "\"thread\":1", "\"thread\":\"true\"", "\"thread\":tru", "\"dev\":1", "\"dev\":\"fe\"",
	    "\"dev\":\"fe-00\"", "\"dev\":\"g:0\"", "\"dev\":\"100000000:0\"", "\"dev\":\"0:0:0\"",
	    "\"maps\":{}", "\"maps\":[1]", "\"maps\":[{\"start\":1}]", "\"maps\":[{]",
	    "\"stack\":[{\"ip\":1}]", "\"usage\":[]", "\"usage\":{\"m\":1}",
	    "\"usage\":{\"m\":{\"last\":-1}}", "\"status\":0", "\"status\":{\"code\":\"0\"}",
	    "\"ret\":true", "\"ret\":\"x\"", "\"ret\":1.5", "\"ret\":{}", "\"duration\":-1",
	    "\"duration\":\"1\"", "\"elapsed\":-0.1", "\"elapsed\":1e30"};
	for (size_t i = 0; i < countof(bad); i++) {
		char members[128];
		snprintf(members, sizeof(members), ",%s", bad[i]);
		refuse_call(members);
	}
}
END_TEST

START_TEST(hex_digits)
{
	for (unsigned c = 1; c < 128; c++) {
		char members[64];
		if (c == '"' || c == '\\' || c < 0x20 || strchr("0123456789abcdefABCDEF", (int)c))
			continue;
		snprintf(members, sizeof(members), ",\"addr\":\"0x1%c\"", (char)c);
		refuse_call(members);
	}
}
END_TEST

START_TEST(permissions)
{
	static const char *const bad[] = {
	    "", "r--", "r--pp", "abcd", "rwxq", "-r-p", "\\\"},{", "\\n\\n\\n\\n"};
	for (size_t i = 0; i < countof(bad); i++) {
		char members[128];
		snprintf(members, sizeof(members),
		    ",\"maps\":[{\"start\":\"0x1\",\"end\":\"0x2\",\"perms\":\"%s\",\"offset\":0}]",
		    bad[i]);
		refuse_call(members);
	}
}
END_TEST

START_TEST(times)
{
	static const char *const bad[] = {"", "2026-11-22", "2026-11-22T15:12:53Z",
	    "2026-11-22T15:12:53.00000000Z", "2026-11-22T15:12:53.0000000000Z",
	    "2026-11-22T15:12:53.000000000", "2026-11-22t15:12:53.000000000Z",
	    "2026-11-22 15:12:53.000000000Z", "2026-1a-22T15:12:53.000000000Z",
	    "2026-11-22T15:12:53,000000000Z", "-026-11-22T15:12:53.000000000Z"};
	for (size_t i = 0; i < countof(bad); i++) {
		char members[128];
		snprintf(members, sizeof(members), ",\"time\":\"%s\"", bad[i]);
		refuse_call(members);
	}
	refuse_call(",\"time\":1795360373");
	struct arena arena = {0};
	struct event ev;
	uint64_t random = 8;
	for (unsigned i = 0; i < 5000; i++) {
		time_t t = (time_t)(unit_random(&random) % 18446744073);
		char members[128];
		struct tm tm;
		strftime(
		    members, sizeof(members), ",\"time\":\"%FT%T.123456789Z\"", gmtime_r(&t, &tm));
		parse_call(members, &arena, &ev);
		ck_assert_uint_eq(ev.time, (uint64_t)t * 1000000000 + 123456789);
		arena_reset(&arena);
	}
	arena_free(&arena);
}
END_TEST

START_TEST(numbers_as_others_write_them)
{
	struct arena arena = {0};
	struct event ev;
	parse_call(
	    ",\"duration\":6.5e-06,\"elapsed\":1E0,\"length\":8.192e3,\"fd\":-1.0", &arena, &ev);
	ck_assert_uint_eq(ev.duration, 6500);
	ck_assert_uint_eq(ev.elapsed, 1000000000);
	ck_assert_uint_eq(ev.length, 8192);
	ck_assert_int_eq(ev.fd, -1);
	arena_free(&arena);
}
END_TEST

/* ---- broken lines ---- */

START_TEST(no_objects)
{
	static const struct str bad[] = {STR_INIT(""), STR_INIT(" "), STR_INIT("garbage"),
	    STR_INIT("[]"), STR_INIT("null"), STR_INIT("{}"), STR_INIT("{"), STR_INIT("\"type\""),
	    STR_INIT("{\"type\"}"), STR_INIT("{\"type\":\"exit\"," TASK "}x"),
	    STR_INIT("{\"type\":\"exit\"," TASK "}}"), STR_INIT("{\"type\":\"exit\"," TASK "}{}"),
	    STR_INIT("{\"type\":\"exit\"," TASK ",}"), STR_INIT("{\"type\":\"exit\",," TASK "}"),
	    STR_INIT("{\"type\":\"exit\" " TASK "}"), STR_INIT("{type:\"exit\"," TASK "}"),
	    STR_INIT("\0"), STR_INIT("\xff\xfe")};
	for (size_t i = 0; i < countof(bad); i++)
		refuse(bad[i]);
}
END_TEST

START_TEST(nul_after_the_object)
{
	refuse(STR("{\"type\":\"exit\"," TASK "}\0"));
	refuse(STR("{\"type\":\"exit\"," TASK "}\0{\"type\":\"exit\"," TASK "}"));
}
END_TEST

static const char *const all_lines[] = {LINES_ALL};

START_TEST(cut_anywhere)
{
	struct str line = str_of(all_lines[_i]);
	for (size_t len = 0; len < line.len; len++) {
		/* A copy of its own shows reads beyond the end to sanitizers. */
		struct buf copy = {0};
		copy.data = memcpy(malloc(len + 1), line.s, len);
		refuse((struct str){copy.data, len});
		buf_free(&copy);
	}
}
END_TEST

/* What is taken of a changed line is written as a line that means the same. */
static void assert_stable(struct str line)
{
	struct arena arena = {0}, arena2 = {0};
	struct writer w = {0};
	struct event ev, again;
	struct buf once = {0};
	if (!lines_parse(line, &arena, &ev)) {
		writer_put(&w, &ev, &once);
		struct str written = {once.data, once.len - 1};
		const char *why = lines_parse(written, &arena2, &again);
		unit_check(!why, "%.*s became %.*s: %s", (int)line.len, line.s, (int)written.len,
		    written.s, why);
		lines_assert(&again, written);
	}
	buf_free(&once);
	writer_free(&w);
	arena_free(&arena);
	arena_free(&arena2);
}

START_TEST(changed_anywhere)
{
	static const char bytes[] = "\"\\{}[],:0129e.-+ \nx\x80\xff";
	struct str line = str_of(all_lines[_i]);
	char copy[1024];
	uint64_t random = 9 + (uint64_t)_i;
	for (unsigned n = 0; n < 20000; n++) {
		memcpy(copy, line.s, line.len);
		for (unsigned k = 1 + unit_below(&random, 2); k-- > 0;)
			copy[unit_below(&random, (unsigned)line.len)] =
			    bytes[unit_below(&random, sizeof(bytes) - 1)];
		assert_stable((struct str){copy, line.len});
	}
}
END_TEST

TEST_SUITE(parse)
{
	TEST(lines_round_trip);
	TEST(each_member);
	TEST_LOOP(every_field_round_trips, F_COUNT);
	TEST_LOOP(required_keys, EVENT_TYPES);
	TEST(type_and_version);
	TEST(unknown_keys);
	TEST(unknown_keys_inside);
	TEST(keys_in_any_order);
	TEST(calls_of_other_versions);
	TEST(flags_of_other_versions);
	TEST(flag_bits);
	TEST(base64_siblings);
	TEST(large_numbers);
	TEST(wrong_kinds);
	TEST(hex_digits);
	TEST(permissions);
	TEST(times);
	TEST(numbers_as_others_write_them);
	TEST(no_objects);
	TEST(nul_after_the_object);
	TEST_LOOP(cut_anywhere, countof(all_lines));
	TEST_LOOP(changed_anywhere, countof(all_lines));
}
