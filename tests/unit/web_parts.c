/* src/web/: the parts that know no HTTP: values over time, the last events, who may ask, where to listen. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "unit.h"
#include "web/guard.h"
#include "web/listen.h"
#include "web/roster.h"
#include "web/tail.h"
#include "web/track.h"

/* ---- track ---- */

START_TEST(a_level_lasts)
{
	struct track t;
	track_init(&t, TRACK_LEVEL, 1, 4, 100, 10);
	track_level(&t, 100, (uint64_t[]){5});
	track_level(&t, 101, (uint64_t[]){3});
	track_level(&t, 125, (uint64_t[]){1});
	ck_assert_uint_eq(t.n, 3);
	ck_assert_uint_eq(t.v[0], 5); /* the most */
	ck_assert_uint_eq(t.v[1], 3); /* what it was left at */
	ck_assert_uint_eq(t.v[2], 3); /* it was so as the step began */
	track_free(&t);
}
END_TEST

START_TEST(steps_grow)
{
	struct track level, sum;
	track_init(&level, TRACK_LEVEL, 1, 4, 0, 10);
	track_init(&sum, TRACK_COUNT, 1, 4, 0, 10);
	for (uint64_t i = 0; i < 100; i++) {
		track_level(&level, i * 10, &i);
		track_count(&sum, i * 10, 0);
	}
	ck_assert_uint_le(level.n, 4);
	ck_assert_uint_eq(level.width, sum.width);
	uint64_t all = 0;
	for (size_t i = 0; i < sum.n; i++)
		all += sum.v[i];
	ck_assert_uint_eq(all, 100);
	ck_assert_uint_eq(level.v[level.n - 1], 99);
	track_reach(&sum, 1ULL << 62); /* years at once */
	ck_assert_uint_le(sum.n, 4);
	track_free(&level);
	track_free(&sum);
}
END_TEST

/* ---- tail ---- */

static void put(struct tail *t, enum event_type type, int64_t pid, int call_id, uint64_t length, const char *line)
{
	struct event ev;
	event_init(&ev, type);
	ev.call_id = call_id;
	EVENT_SET(&ev, pid, pid);
	if (length)
		EVENT_SET(&ev, length, length);
	tail_put(t, &ev, str_of(line));
}

static void expect_lines(const struct tail *t, struct tail_filter filter, uint64_t after, unsigned limit, const char *lines)
{
	struct buf out = {0};
	tail_select(t, after, &filter, limit, UINT32_MAX, "|", &out);
	buf_char(&out, '\0');
	ck_assert_str_eq(out.data, lines);
	buf_free(&out);
}

START_TEST(a_filter_lets_pass)
{
	struct tail t;
	tail_init(&t, 1000, 10);
	put(&t, EVENT_EXEC, 1, -1, 0, "exec one\n");
	put(&t, EVENT_CALL, 1, 3, 4096, "map A\n");
	put(&t, EVENT_CALL, 2, 3, 100, "map B");
	put(&t, EVENT_CALL, 2, 4, 8192, "cut C");
	expect_lines(&t, (struct tail_filter){0}, 0, 9, "exec one|map A|map B|cut C");
	expect_lines(&t, (struct tail_filter){0}, 0, 2, "map B|cut C");
	expect_lines(&t, (struct tail_filter){0}, 3, 9, "cut C");
	expect_lines(&t, (struct tail_filter){0}, 4, 9, "");
	expect_lines(&t, (struct tail_filter){0}, UINT64_MAX - 1, 9, "");
	expect_lines(&t, (struct tail_filter){0}, UINT64_MAX, 9, "");
	expect_lines(&t, (struct tail_filter){.pid = 1}, 0, 9, "exec one|map A");
	expect_lines(&t, (struct tail_filter){.calls = 1 << 3}, 0, 9, "map A|map B");
	expect_lines(&t, (struct tail_filter){.min_size = 4096}, 0, 9, "map A|cut C");
	expect_lines(&t, (struct tail_filter){.text = STR("p a")}, 0, 9, "map A");
	expect_lines(&t, (struct tail_filter){.types = 1 << EVENT_EXEC}, 0, 9, "exec one");
	tail_free(&t);
}
END_TEST

START_TEST(old_ones_go)
{
	struct tail t;
	char line[16];
	tail_init(&t, 64, 5);
	ck_assert_uint_eq(tail_first(&t), 1);
	for (int i = 1; i <= 200; i++) {
		snprintf(line, sizeof(line), "%0*d", 3 + i % 11, i);
		put(&t, EVENT_CALL, 1, 0, 0, line);
		uint64_t first = tail_first(&t);
		ck_assert_uint_le((uint64_t)i - first + 1, 5);
		for (uint64_t n = first; n <= (uint64_t)i; n++) {
			struct buf out = {0};
			tail_append(&t, tail_entry(&t, n), &out);
			buf_char(&out, '\0');
			ck_assert_int_eq(atoi(out.data), (int)n);
			buf_free(&out);
		}
	}
	char much[100];
	memset(much, 'x', sizeof(much));
	much[99] = '\0';
	put(&t, EVENT_CALL, 1, 0, 0, much); /* longer than all there is room for */
	put(&t, EVENT_CALL, 1, 0, 0, "end");
	expect_lines(&t, (struct tail_filter){0}, 199, 9, "00200|end");
	tail_free(&t);
}
END_TEST

/* ---- roster ---- */

START_TEST(a_roster_forgets_the_dead)
{
	struct roster *r = malloc(sizeof(*r));
	roster_init(r);
	roster_name(r, roster_add(r, 1, 0), STR("init"), STR(""));
	for (int i = 0; i < ROSTER_ENDED + 10; i++)
		roster_end(r, roster_add(r, 7, (uint64_t)i), (uint64_t)i + 1);
	ck_assert_uint_eq(r->living, 1);
	ck_assert_uint_eq(r->dead, ROSTER_ENDED);
	ck_assert_ptr_null(roster_find(r, 7));
	ck_assert_ptr_null(roster_number(r, 2));
	ck_assert_ptr_nonnull(roster_number(r, ROSTER_ENDED + 11));
	ck_assert_uint_eq(r->gone_n, 10);
	ck_assert_uint_eq(roster_known(r), 0);
	struct member *again = roster_add(r, 1, 9); /* the id comes again, its end went untold */
	ck_assert_ptr_eq(roster_find(r, 1), again);
	ck_assert(roster_number(r, 1) == NULL || roster_number(r, 1)->ended);
	uint64_t before = r->turn++;
	for (int i = 0; i < ROSTER_GONE + 10; i++)
		roster_end(r, roster_add(r, 8, 1), 2);
	ck_assert_uint_gt(roster_known(r), before - 1);
	ck_assert_uint_le(roster_known(r), r->turn);
	roster_free(r);
	free(r);
}
END_TEST

/* ---- guard ---- */

struct arguments {
	const char *token;
};

static struct str argument(const struct request *r, const char *name)
{
	const struct arguments *a = r->of;
	return a && a->token && strcmp(name, "token") == 0 ? str_of(a->token) : (struct str){0};
}

static struct guard guard(void)
{
	static const char *const hosts[] = {"trace.example"};
	return (struct guard){
	    .token = "0123456789abcdef", .cookie = "memtrace-80", .host = "10.1.2.3", .hosts = hosts, .hosts_n = 1};
}

static struct request request(const char *path)
{
	return (struct request){.method = STR("GET"),
	    .path = str_of(path),
	    .host = STR("localhost:80"),
	    .authorization = STR("Bearer 0123456789abcdef"),
	    .argument = argument};
}

static unsigned check(struct guard *g, const struct request *r, uint64_t now)
{
	struct err err = {.status = 0};
	bool greets;
	unsigned status = guard_check(g, r, now, &greets, &err);
	ck_assert_int_eq(status == 0, err.text[0] == '\0');
	return status;
}

START_TEST(tokens)
{
	struct guard g = guard();
	struct request r = request("/api/v1/run");
	ck_assert_uint_eq(check(&g, &r, 0), 0);
	static const char *const wrong[] = {"", "Bearer", "Bearer ", "Bearer 0123456789abcde", "Bearer 0123456789abcdef0",
	    "Bearer 0123456789abcdeF", "Basic 0123456789abcdef", "0123456789abcdef"};
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		r.authorization = str_of(wrong[i]);
		ck_assert_uint_eq(check(&g, &r, i), 401);
	}
	static const struct {
		const char *cookie;
		unsigned status;
	} cookies[] = {{"memtrace-80=0123456789abcdef", 0}, {"a; memtrace-80=0123456789abcdef;", 0},
	    {" ;;memtrace-80=0123456789abcdef", 0}, {"memtrace-80=0123456789abcde", 401}, {"memtrace-80", 401},
	    {"memtrace-8=0123456789abcdef", 401}, {"xmemtrace-80=0123456789abcdef", 401}, {"=;=", 401}};
	r.authorization = STR("");
	for (unsigned i = 0; i < sizeof(cookies) / sizeof(cookies[0]); i++) {
		r.cookie = str_of(cookies[i].cookie);
		ck_assert_msg(check(&g, &r, 100) == cookies[i].status, "%s", cookies[i].cookie);
	}
}
END_TEST

START_TEST(names_and_origins)
{
	static const struct {
		const char *host, *origin, *site;
		unsigned status;
	} rows[] = {{"localhost", "", "", 0}, {"LOCALHOST:1", "", "", 0}, {"[::1]", "", "", 0}, {"[::1]:99", "", "", 0},
	    {"10.1.2.3:5", "", "", 0}, {"trace.example", "", "", 0}, {"evil.trace.example", "", "", 403}, {"", "", "", 403},
	    {":80", "", "", 403}, {"localhost:80:80", "", "", 403}, {"localhost.", "", "", 403}, {"localhost:", "", "", 0},
	    {"localhost:80", "http://localhost:80", "", 0}, {"localhost:80", "https://localhost:80", "same-origin", 0},
	    {"localhost:80", "http://localhost:81", "", 403}, {"localhost:80", "localhost:80", "", 403},
	    {"localhost:80", "null", "", 403}, {"localhost:80", "", "cross-site", 403}, {"localhost:80", "", "none", 0}};
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guard g = guard();
		struct request r = request("/api/v1/run");
		r.host = str_of(rows[i].host);
		r.origin = str_of(rows[i].origin);
		r.fetch_site = str_of(rows[i].site);
		ck_assert_msg(check(&g, &r, 0) == rows[i].status, "row %u: %s", i, rows[i].host);
	}
	/* Where others can come, any address is ours; a name isn't. */
	static const char *const open[] = {"192.168.7.1:80", "[fe80::1]:80", "192.168.7.1.evil.example", "evil.example"};
	for (unsigned i = 0; i < 4; i++) {
		struct guard g = guard();
		struct request r = request("/api/v1/run");
		g.open = true;
		r.host = str_of(open[i]);
		ck_assert_uint_eq(check(&g, &r, 0), i < 2 ? 0 : 403);
		g.open = false;
		ck_assert_uint_eq(check(&g, &r, 0), 403);
	}
}
END_TEST

START_TEST(rates)
{
	struct guard g = guard();
	struct request r = request("/api/v1/run");
	unsigned served = 0, i;
	for (i = 0; i < 1000; i++)
		served += check(&g, &r, 1000) == 0;
	ck_assert_uint_eq(served, 400);
	ck_assert_uint_eq(check(&g, &r, 1000 + 10000000), 0);
	g = guard();
	r.authorization = STR("Bearer wrong");
	for (i = 0; check(&g, &r, 1000) == 401; i++)
		ck_assert_uint_lt(i, 100);
	ck_assert_uint_eq(i, 20);
	r.authorization = STR("Bearer 0123456789abcdef");
	ck_assert_uint_eq(check(&g, &r, 1000), 0); /* whoever guesses doesn't keep out who knows */
	r.authorization = STR("Bearer wrong");
	ck_assert_uint_eq(check(&g, &r, 1000), 429);
	r.authorization = STR(""); /* nor does who sends nothing, and isn't answered for ever */
	for (i = 0; check(&g, &r, 1000) == 401; i++)
		ck_assert_uint_lt(i, 1000);
	ck_assert_uint_gt(i, 300);
	ck_assert_uint_eq(check(&g, &r, 1000), 429);
	r.authorization = STR("Bearer 0123456789abcdef");
	ck_assert_uint_eq(check(&g, &r, 1000), 0);
	r.host = STR("evil.example"); /* nor do other sites' requests */
	for (i = 0; i < 1000; i++)
		ck_assert_uint_eq(check(&g, &r, 1000), 403);
	r.host = STR("localhost");
	r.authorization = STR("Bearer 0123456789abcdef");
	ck_assert_uint_eq(check(&g, &r, 1000 + 2000000000), 0);
	ck_assert(!guard_token(STR("short")));
	ck_assert(!guard_token(STR("has a blank in it")));
	ck_assert(guard_token(STR("A-token_of.my~own")));
}
END_TEST

/* ---- listen ---- */

START_TEST(addresses)
{
	static const struct {
		const char *address, *host;
	} good[] = {{"", "127.0.0.1"}, {":0", "127.0.0.1"}, {"127.0.0.1", "127.0.0.1"}, {"localhost:0", NULL},
	    {"127.0.0.2:0", "127.0.0.2"},
	    {"0", "127.0.0.1"}};
	static const char *const bad[] = {":x", ":65536", "65536", "::1", "[::1", "no.such.host.invalid:1", "127.0.0.1:-1"};
	for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct err err = {.status = 0};
		struct place place;
		ck_assert_msg(listen_at(good[i].address, &place, &err) == 0, "%s: %s", good[i].address, err.text);
		ck_assert(place.loopback);
		ck_assert_uint_ne(place.port, 0);
		if (good[i].host)
			ck_assert_str_eq(place.host, good[i].host);
		close(place.fd);
	}
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct err err = {.status = 0};
		struct place place;
		ck_assert_msg(listen_at(bad[i], &place, &err) < 0, "%s", bad[i]);
		ck_assert_str_ne(err.text, "");
	}
}
END_TEST

TEST_SUITE(web_parts)
{
	TEST(a_level_lasts);
	TEST(steps_grow);
	TEST(a_filter_lets_pass);
	TEST(old_ones_go);
	TEST(a_roster_forgets_the_dead);
	TEST(tokens);
	TEST(names_and_origins);
	TEST(rates);
	TEST(addresses);
}
