/* parse_members of src/trace/parse.c and writer_put_members of src/trace/writer.c */
#include <stdlib.h>

#include "events.h"

static struct parse_keys *all_keys(void)
{
	static struct parse_keys keys;
	static bool made;
	if (!made)
		parse_keys_init(&keys);
	made = true;
	return &keys;
}

static const char *add_members(const char *object, struct arena *arena, struct event *ev)
{
	return parse_members(all_keys(), str_of(object), arena, ev);
}

static void mark(uint64_t has[EVENT_HAS_WORDS], enum field field)
{
	has[field / 64] |= UINT64_C(1) << (field % 64);
}

/* ---- writing ---- */

static struct event some_event(void)
{
	struct event ev;
	memset(&ev, 0xee, sizeof(ev)); /* what isn't set must not be looked at */
	event_init(&ev, EVENT_CALL);
	EVENT_SET(&ev, seq, 7);
	EVENT_SET(&ev, comm, STR("a\xff"));
	EVENT_SET(&ev, call, STR("mmap"));
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 3});
	EVENT_SET(&ev, max_rss, UINT64_MAX);
	return ev;
}

static void assert_members(
    const struct event *ev, const uint64_t has[EVENT_HAS_WORDS], const char *expected)
{
	struct writer w = {0};
	struct buf b = {0};
	for (unsigned i = 0; i < 2; i++) {
		b.len = 0;
		writer_put_members(&w, ev, has, &b);
		assert_buf(&b, expected);
	}
	buf_free(&b);
	writer_free(&w);
}

START_TEST(none_of_them)
{
	struct event ev = some_event();
	const uint64_t has[EVENT_HAS_WORDS] = {0};
	assert_members(&ev, has, "{}");
}
END_TEST

START_TEST(some_of_them)
{
	struct event ev = some_event();
	uint64_t has[EVENT_HAS_WORDS] = {0};
	mark(has, F_ret);
	assert_members(&ev, has, "{\"ret\":3}");
	mark(has, F_comm);
	assert_members(&ev, has, "{\"comm\":\"a\xef\xbf\xbd\",\"comm_b64\":\"Yf8=\",\"ret\":3}");
	mark(has, F_max_rss);
	mark(has, F_seq);
	assert_members(&ev, has,
	    "{\"seq\":7,\"comm\":\"a\xef\xbf\xbd\",\"comm_b64\":\"Yf8=\",\"ret\":3,"
	    "\"max_rss\":18446744073709551615}");
}
END_TEST

START_TEST(all_of_them)
{
	struct event ev = some_event();
	assert_members(&ev, ev.has,
	    "{\"seq\":7,\"comm\":\"a\xef\xbf\xbd\",\"comm_b64\":\"Yf8=\",\"call\":\"mmap\","
	    "\"ret\":3,\"max_rss\":18446744073709551615}");
}
END_TEST

START_TEST(written_behind_other_text)
{
	struct event ev = some_event();
	const uint64_t none[EVENT_HAS_WORDS] = {0};
	struct writer w = {0};
	struct buf b = {0};
	buf_str(&b, STR("before,"));
	writer_put_members(&w, &ev, none, &b);
	buf_char(&b, ',');
	writer_put_members(&w, &ev, none, &b);
	assert_buf(&b, "before,{},{}");
	buf_free(&b);
	writer_free(&w);
}
END_TEST

/* ---- reading ---- */

START_TEST(adds_to_what_is_there)
{
	struct arena arena = {0};
	struct event ev = some_event();
	const char *why =
	    add_members("{\"fd\":-1,\"flags\":[\"MAP_PRIVATE\"],\"pid\":5}", &arena, &ev);
	ck_assert_msg(!why, "%s", why);
	ck_assert_int_eq(ev.type, EVENT_CALL);
	ck_assert_uint_eq(ev.seq, 7);
	ck_assert(event_has(&ev, F_fd) && ev.fd == -1);
	ck_assert(event_has(&ev, F_pid) && ev.pid == 5);
	ck_assert(ev.flags.table == &flags_map && ev.flags.bits == 2 && !ev.flags.text.len);
	assert_str(ev.comm, STR("a\xff"));
	arena_free(&arena);
}
END_TEST

START_TEST(nothing_is_required)
{
	for (enum event_type type = 0; type < EVENT_TYPES; type++) {
		struct arena arena = {0};
		struct event ev;
		event_init(&ev, type);
		ck_assert_ptr_null(add_members("{}", &arena, &ev));
		ck_assert_ptr_null(add_members(" { } ", &arena, &ev));
		ck_assert_ptr_null(add_members("{\"new\":[{}],\"code\":3}", &arena, &ev));
		ck_assert_int_eq(ev.type, type);
		ck_assert_int_eq(ev.code, 3);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(type_stays)
{
	struct arena arena = {0};
	struct event ev;
	event_init(&ev, EVENT_EXIT);
	add_members("{\"type\":\"call\",\"code\":1}", &arena, &ev);
	ck_assert_int_eq(ev.type, EVENT_EXIT);
	event_init(&ev, EVENT_EXIT);
	add_members("{\"type\":\"call\",", &arena, &ev);
	ck_assert_int_eq(ev.type, EVENT_EXIT);
	arena_free(&arena);
}
END_TEST

/* A start of another version is refused as a line; members of it are none of that. */
START_TEST(version_is_not_looked_at)
{
	struct arena arena = {0};
	struct event ev;
	event_init(&ev, EVENT_START);
	ck_assert_ptr_null(add_members("{\"v\":2}", &arena, &ev));
	ck_assert_uint_eq(ev.v, 2);
	arena_free(&arena);
}
END_TEST

START_TEST(broken_objects)
{
	static const struct str bad[] = {STR_INIT(""), STR_INIT(" "), STR_INIT("{"), STR_INIT("}"),
	    STR_INIT("[]"), STR_INIT("null"), STR_INIT("{}{}"), STR_INIT("{}x"),
	    STR_INIT("{\"fd\"}"), STR_INIT("{\"fd\":}"), STR_INIT("{\"fd\":1,}"),
	    STR_INIT("{\"fd\":\"1\"}"), STR_INIT("{\"fd\":1 \"pid\":1}"), STR_INIT("{fd:1}"),
	    STR_INIT("{}\0"), STR_INIT("{\"exe_b64\":\"YQ==\"}"),
	    STR_INIT("{\"comm\":\"a\",\"comm_b64\":\"!\"}")};
	for (size_t i = 0; i < countof(bad); i++) {
		struct arena arena = {0};
		struct event ev;
		event_init(&ev, EVENT_EXIT);
		const char *why = parse_members(all_keys(), bad[i], &arena, &ev);
		unit_check(why && strlen(why) > 5, "%.*s was taken", (int)bad[i].len, bad[i].s);
		arena_free(&arena);
	}
}
END_TEST

START_TEST(cut_anywhere)
{
	static const char object[] = "{\"comm\":\"\\u00e4\\n\",\"flags\":[\"MAP_PRIVATE\",\"0x8\"],"
	                             "\"ret\":\"0x1f\",\"usage\":{\"m\":{\"last\":1,\"peak\":2}},"
	                             "\"duration\":0.000001,\"argv\":[\"a\",\"b\"]}";
	for (size_t len = 0; len < sizeof(object) - 1; len++) {
		struct arena arena = {0};
		struct event ev = some_event();
		/* A copy of its own shows reads beyond the end to sanitizers. */
		char *copy = memcpy(malloc(len + 1), object, len);
		unit_check(
		    parse_members(all_keys(), (struct str){copy, len}, &arena, &ev), "%zu", len);
		free(copy);
		arena_free(&arena);
	}
}
END_TEST

/* ---- both ---- */

/* What some of an event's members became, added to an event of the rest, gives its line again. */
static void divide(
    const struct event *whole, uint64_t *random, struct writer *w, struct arena *arena)
{
	struct buf line = {0}, again = {0}, object = {0};
	uint64_t has[EVENT_HAS_WORDS];
	struct event rest = *whole;
	for (unsigned i = 0; i < EVENT_HAS_WORDS; i++) {
		has[i] = whole->has[i] & unit_random(random);
		rest.has[i] &= ~has[i];
	}
	for (enum field f = 0; f < F_COUNT; f++) {
		if (!event_has(&rest, f))
			memset(field_at(&rest, f), 0xee, fields[f].kind == KIND_BOOL ? 1 : 8);
	}
	writer_put(w, whole, &line);
	writer_put_members(w, whole, has, &object);
	const char *why = parse_members(all_keys(), buf_view(&object), arena, &rest);
	unit_check(!why, "%.*s: %s", (int)object.len, object.data, why);
	ck_assert_mem_eq(rest.has, whole->has, sizeof(rest.has));
	writer_put(w, &rest, &again);
	assert_str(buf_view(&again), buf_view(&line));
	buf_free(&line);
	buf_free(&again);
	buf_free(&object);
}

START_TEST(any_division)
{
	struct arena arena = {0};
	struct writer w = {0};
	uint64_t random = 21 + (uint64_t)_i;
	for (unsigned i = 0; i < 1000; i++) {
		struct event ev;
		events_make(&ev, (enum event_type)_i, i & 1, &random, &arena);
		divide(&ev, &random, &w, &arena);
		arena_reset(&arena);
	}
	writer_free(&w);
	arena_free(&arena);
}
END_TEST

/* A line's members are those of the line without its type. */
START_TEST(as_on_the_line)
{
	struct arena arena = {0};
	struct writer w = {0};
	struct buf line = {0}, object = {0};
	uint64_t random = 51 + (uint64_t)_i;
	for (unsigned i = 0; i < 300; i++) {
		struct event ev;
		events_make(&ev, (enum event_type)_i, true, &random, &arena);
		line.len = object.len = 0;
		writer_put(&w, &ev, &line);
		writer_put_members(&w, &ev, ev.has, &object);
		size_t skip = strlen("{\"type\":\"\",") + strlen(event_type_names[_i]);
		assert_str(((struct str){object.data + 1, object.len - 1}),
		    ((struct str){line.data + skip, line.len - skip - 1}));
		arena_reset(&arena);
	}
	buf_free(&line);
	buf_free(&object);
	writer_free(&w);
	arena_free(&arena);
}
END_TEST

TEST_SUITE(members)
{
	TEST(none_of_them);
	TEST(some_of_them);
	TEST(all_of_them);
	TEST(written_behind_other_text);
	TEST(adds_to_what_is_there);
	TEST(nothing_is_required);
	TEST(type_stays);
	TEST(version_is_not_looked_at);
	TEST(broken_objects);
	TEST(cut_anywhere);
	TEST_LOOP(any_division, EVENT_TYPES);
	TEST_LOOP(as_on_the_line, EVENT_TYPES);
}
