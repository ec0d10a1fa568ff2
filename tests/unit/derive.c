/* src/db/derive.c: the rows of `process` and `finding` that events make */
#include "db/derive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lines.h"
#include "unit.h"

#define RUN    "X'0102'"
#define PIECE  (256U << 10)
#define FIELDS 32

/* ---- statements ---- */

/* A row that some statement adds: values by the names of their columns. */
struct row_text {
	bool finding;
	unsigned n;
	struct str names[FIELDS], values[FIELDS];
};

struct rows {
	struct buf sql[64]; /* the statements; rows point into them */
	unsigned sql_n;
	struct row_text *v;
	size_t n, size;
	unsigned deletes;
};

static struct str until(const char **p, const char *stops)
{
	struct str ret = {*p, strcspn(*p, stops)};
	*p += ret.len;
	return ret;
}

static void expect(const char **p, const char *text)
{
	unit_check(
	    strncmp(*p, text, strlen(text)) == 0, "'%.60s' where '%s' is expected", *p, text);
	*p += strlen(text);
}

/* (…,…): no value has a bracket or a comma in it, or it isn't one. */
static unsigned take_list(const char **p, struct str *ret)
{
	unsigned n = 0;
	expect(p, "(");
	do {
		unit_check(n < FIELDS, "too many values");
		if (strncmp(*p, "_utf8mb4 ", 9) == 0)
			*p += 9;
		ret[n++] = until(p, ",()");
	} while (*(*p)++ == ',');
	unit_check((*p)[-1] == ')', "'%.60s' in a list of values", *p - 1);
	return n;
}

static void take_insert(struct rows *rows, const char *p)
{
	struct row_text row = {.n = 0};
	expect(&p, "INSERT INTO ");
	row.finding = strncmp(p, "finding ", 8) == 0;
	expect(&p, row.finding ? "finding " : "process ");
	row.n = take_list(&p, row.names);
	expect(&p, " VALUES ");
	do {
		unsigned n = take_list(&p, row.values);
		unit_check(n == row.n, "%u values for %u columns", n, row.n);
		if (rows->n == rows->size) {
			rows->size = rows->size ? rows->size * 2 : 64;
			rows->v = realloc(rows->v, rows->size * sizeof(*rows->v));
		}
		rows->v[rows->n++] = row;
	} while (*p++ == ',');
	p--;
	expect(&p, " ON DUPLICATE KEY UPDATE ");
}

/* All statements that the batch needs. */
static void take_all(struct derive *d, struct rows *ret)
{
	*ret = (struct rows){0};
	struct buf *sql = ret->sql;
	while (derive_statement(d, sql)) {
		unit_check(++ret->sql_n < countof(ret->sql), "statements without an end");
		buf_char(sql, '\0');
		sql->len--;
		unit_check(strlen(sql->data) == sql->len && sql->len > 10, "a NUL in a statement");
		unit_check(sql->data[sql->len - 1] != ';', "%s", sql->data);
		if (strncmp(sql->data, "INSERT", 6) == 0) {
			unit_check(!ret->deletes, "rows behind the last statement");
			take_insert(ret, sql->data);
		} else {
			ret->deletes++;
		}
		sql++;
	}
	unit_check(sql->len == 0, "what is no statement: %.*s", (int)sql->len, sql->data);
	unit_check(!derive_statement(d, sql) && sql->len == 0, "a statement behind the last one");
}

static void rows_free(struct rows *rows)
{
	for (unsigned i = 0; i < countof(rows->sql); i++)
		buf_free(&rows->sql[i]);
	free(rows->v);
}

static struct str value(const struct rows *rows, size_t i, const char *column)
{
	ck_assert_msg(i < rows->n, "no row %zu", i);
	const struct row_text *row = &rows->v[i];
	for (unsigned k = 0; k < row->n; k++) {
		if (str_is(row->names[k], column))
			return row->values[k];
	}
	ck_abort_msg("no column %s", column);
	return (struct str){0};
}

#define assert_value(rows, i, column, expected) assert_text(value(rows, i, column), expected)

static void assert_born(const struct rows *rows, size_t i, uint64_t expected)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRIu64, expected);
	assert_value(rows, i, "born", text);
}

/* ---- events ---- */

static void put(struct derive *d, enum event_type type, uint64_t seq, int64_t pid, int64_t child)
{
	struct event ev;
	memset(&ev, 0xee, sizeof(ev)); /* what isn't set must not be looked at */
	event_init(&ev, type);
	EVENT_SET(&ev, seq, seq);
	EVENT_SET(&ev, time, LINES_NSEC + seq);
	EVENT_SET(&ev, elapsed, seq);
	EVENT_SET(&ev, pid, pid);
	EVENT_SET(&ev, tid, pid);
	EVENT_SET(&ev, comm, STR("c"));
	if (type == EVENT_FORK) {
		EVENT_SET(&ev, child, child);
		EVENT_SET(&ev, thread, false);
		EVENT_SET(&ev, shares_vm, false);
	}
	if (type == EVENT_EXEC)
		EVENT_SET(&ev, exe, STR("/e"));
	derive_event(d, &ev);
}

static void put_line(struct derive *d, const char *line)
{
	struct arena arena = {0};
	struct event ev;
	const char *why = lines_parse(str_of(line), &arena, &ev);
	ck_assert_msg(!why, "%s: %s", line, why);
	derive_event(d, &ev);
	arena_free(&arena);
}

static void begin(struct derive *d)
{
	derive_begin(d, STR(RUN), 256U << 10, false);
}

#define COMMON(seq) "\"seq\":" #seq ",\"time\":\"2026-11-22T15:12:53.000000000Z\",\"elapsed\":0,"
#define SECOND      "1795360373000000000"
#define U64_MAX     "18446744073709551615"

/* ---- processes ---- */

START_TEST(a_life)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d,
	    "{\"type\":\"fork\"," COMMON(4) "\"pid\":10,\"tid\":11,\"comm\":\"sh\","
	                                    "\"child\":12,\"thread\":false,\"shares_vm\":false}");
	put_line(&d, "{\"type\":\"exec\"," COMMON(5) "\"pid\":12,\"tid\":12,\"comm\":\"ls\","
	                                             "\"exe\":\"/bin/ls\"}");
	put_line(&d, "{\"type\":\"exit\"," COMMON(6) "\"pid\":12,\"tid\":13,\"comm\":\"ls\","
	                                             "\"code\":3,\"max_rss\":4096}");
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 3);
	ck_assert_uint_eq(rows.sql_n, 1);
	for (size_t i = 0; i < 3; i++) {
		ck_assert(!rows.v[i].finding);
		assert_value(&rows, i, "run", RUN);
		assert_value(&rows, i, "born", "4");
		assert_value(&rows, i, "pid", "12");
		assert_value(&rows, i, "seen_late", "0");
		assert_value(&rows, i, "parent", i ? "NULL" : "10");
		assert_value(&rows, i, "comm", i ? "X'6C73'" : "X'7368'");
		assert_value(&rows, i, "exe", i == 1 ? "X'2F62696E2F6C73'" : "NULL");
		assert_value(&rows, i, "ended", i == 2 ? SECOND : "NULL");
		assert_value(&rows, i, "code", i == 2 ? "3" : "NULL");
		assert_value(&rows, i, "signal_name", "NULL");
		assert_value(&rows, i, "max_rss", i == 2 ? "4096" : "NULL");
	}
	assert_value(&rows, 0, "started", SECOND);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(killed)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d, "{\"type\":\"exit\"," COMMON(6) "\"pid\":-5,\"tid\":-5,\"comm\":\"\","
	                                             "\"signal\":\"SIGKILL\"}");
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 1);
	assert_value(&rows, 0, "pid", "-5");
	assert_value(&rows, 0, "comm", "X''");
	assert_value(&rows, 0, "code", "NULL");
	assert_value(&rows, 0, "signal_name", "X'5349474B494C4C'");
	assert_value(&rows, 0, "max_rss", "NULL");
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* All levels that a usage may have, each 10 with a peak of 20, 11 with 21, … */
static void put_usage(struct buf *line)
{
	static const char *const metrics[] = {"mapped", "committed", "reserved", "file", "shared",
	    "exec", "stack", "heap", "vmas", "calls.mmap", "failed.mmap"};
	for (unsigned i = 0; i < countof(metrics); i++)
		buf_fmt(line, "%s\"%s\":{\"last\":%u,\"peak\":%u}", i ? "," : "\"usage\":{",
		    metrics[i], 10 + i, 20 + i);
	buf_str(line, STR("}}"));
}

/* Those that have a column are in it; an end of a process that isn't one leaves it alive. */
START_TEST(levels)
{
	static const char *const types[] = {"exit", "detach"};
	static const char *const expected[][2] = {{"mapped_last", "10"}, {"mapped_peak", "20"},
	    {"committed_last", "11"}, {"committed_peak", "21"}, {"reserved_peak", "22"},
	    {"file_peak", "23"}, {"shared_peak", "24"}, {"exec_peak", "25"}, {"stack_peak", "26"},
	    {"heap_peak", "27"}, {"vmas_peak", "28"}};
	struct derive d = {0};
	struct rows rows;
	struct buf line = {0};
	buf_fmt(&line, "{\"type\":\"%s\"," COMMON(6) "\"pid\":12,\"tid\":12,\"comm\":\"ls\",",
	    types[_i]);
	put_usage(&line);
	buf_char(&line, '\0');
	begin(&d);
	put(&d, EVENT_EXEC, 5, 12, 0);
	put_line(&d, line.data);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 2);
	for (size_t i = 0; i < countof(expected); i++) {
		assert_value(&rows, 0, expected[i][0], "NULL");
		assert_value(&rows, 1, expected[i][0], expected[i][1]);
	}
	assert_born(&rows, 1, 5);
	assert_value(&rows, 1, "ended", _i ? "NULL" : SECOND);
	buf_free(&line);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* What is let go and was never seen before is known from then on. */
START_TEST(some_levels)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d, "{\"type\":\"detach\"," COMMON(
	                 6) "\"pid\":12,\"tid\":12,\"comm\":\"ls\","
	                    "\"usage\":{\"heap\":{\"last\":1,\"peak\":" U64_MAX "}}}");
	put_line(&d, "{\"type\":\"exit\"," COMMON(7) "\"pid\":12,\"tid\":12,\"comm\":\"ls\","
	                                             "\"usage\":{}}");
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 2);
	assert_value(&rows, 0, "heap_peak", U64_MAX);
	assert_value(&rows, 0, "mapped_peak", "NULL");
	assert_value(&rows, 0, "seen_late", "1");
	assert_value(&rows, 1, "heap_peak", "NULL");
	assert_born(&rows, 1, 6);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(threads_are_no_processes)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d,
	    "{\"type\":\"fork\"," COMMON(4) "\"pid\":10,\"tid\":10,\"comm\":\"sh\","
	                                    "\"child\":12,\"thread\":true,\"shares_vm\":true}");
	take_all(&d, &rows);
	ck_assert(rows.n == 0 && rows.sql_n == 0);
	rows_free(&rows);
	/* vfork(2) shares memory, and is a process. */
	begin(&d);
	put_line(&d,
	    "{\"type\":\"fork\"," COMMON(5) "\"pid\":10,\"tid\":10,\"comm\":\"sh\","
	                                    "\"child\":12,\"thread\":false,\"shares_vm\":true}");
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 1);
	assert_born(&rows, 0, 5);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(other_events_make_no_rows)
{
	static const char *const lines[] = {LINE_START, LINE_MMAP, LINE_MUNMAP, LINE_FAILED,
	    "{\"type\":\"detach\"," COMMON(4) "\"pid\":10,\"tid\":10,\"comm\":\"sh\"}",
	    "{\"type\":\"lost\"," COMMON(4) "\"count\":1}"};
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	for (size_t i = 0; i < countof(lines); i++)
		put_line(&d, lines[i]);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.sql_n, 0);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(seen_late)
{
	static const struct {
		enum event_type type;
		uint64_t seq;
		const char *late;
	} rows_[] = {{EVENT_EXEC, 1, "0"}, {EVENT_EXEC, 2, "1"}, {EVENT_ATTACH, 1, "0"},
	    {EVENT_ATTACH, 9, "0"}};
	for (size_t i = 0; i < countof(rows_); i++) {
		struct derive d = {0};
		struct rows rows;
		begin(&d);
		put(&d, rows_[i].type, rows_[i].seq, 10, 0);
		put(&d, EVENT_EXIT, rows_[i].seq + 5, 10, 0);
		take_all(&d, &rows);
		ck_assert_uint_eq(rows.n, 2);
		assert_born(&rows, 0, rows_[i].seq);
		assert_born(&rows, 1, rows_[i].seq);
		assert_value(&rows, 0, "seen_late", rows_[i].late);
		rows_free(&rows);
		derive_free(&d);
	}
}
END_TEST

START_TEST(known_before)
{
	struct derive d = {0};
	struct rows rows;
	derive_begin(&d, STR(RUN), 256U << 10, true);
	derive_known(&d, 10, 3, 0);
	put(&d, EVENT_EXIT, 7, 10, 0);
	take_all(&d, &rows);
	assert_born(&rows, 0, 3);
	assert_value(&rows, 0, "seen_late", "0");
	rows_free(&rows);
	/* The next batch still knows it; the one that forgets doesn't. */
	derive_begin(&d, STR(RUN), 256U << 10, false);
	put(&d, EVENT_EXEC, 8, 11, 0);
	put(&d, EVENT_EXEC, 9, 11, 0);
	take_all(&d, &rows);
	assert_born(&rows, 1, 8);
	rows_free(&rows);
	derive_begin(&d, STR(RUN), 256U << 10, false);
	put(&d, EVENT_EXEC, 10, 11, 0);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 1);
	assert_born(&rows, 0, 8);
	rows_free(&rows);
	derive_begin(&d, STR(RUN), 256U << 10, true);
	put(&d, EVENT_EXEC, 11, 11, 0);
	take_all(&d, &rows);
	assert_born(&rows, 0, 11);
	assert_value(&rows, 0, "seen_late", "1");
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(pids_come_again)
{
	static const uint64_t born[] = {2, 2, 2, 5, 5, 7};
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put(&d, EVENT_FORK, 2, 10, 11);
	put(&d, EVENT_EXEC, 3, 11, 0);
	put(&d, EVENT_EXIT, 4, 11, 0);
	put(&d, EVENT_FORK, 5, 10, 11);
	put(&d, EVENT_EXIT, 6, 11, 0);
	put(&d, EVENT_FORK, 7, 12, 11);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, countof(born));
	for (size_t i = 0; i < countof(born); i++)
		assert_born(&rows, i, born[i]);
	assert_value(&rows, 5, "parent", "12");
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* What has ended doesn't go on: the next of that pid is another, though nobody saw it begin. */
START_TEST(pid_comes_again_unseen)
{
	static const enum event_type types[] = {EVENT_EXEC, EVENT_ATTACH, EVENT_EXIT};
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put(&d, EVENT_FORK, 2, 10, 11);
	put(&d, EVENT_EXIT, 4, 11, 0);
	put(&d, types[_i], 9, 11, 0);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 3);
	assert_born(&rows, 1, 2);
	assert_born(&rows, 2, 9);
	assert_value(&rows, 2, "seen_late", types[_i] == EVENT_ATTACH ? "0" : "1");
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* A trace that is sent again, of which the table knows how each pid was used last. */
START_TEST(sent_again)
{
	static const uint64_t born[] = {2, 2, 2, 5, 5, 5};
	struct derive d = {0};
	struct rows rows;
	derive_begin(&d, STR(RUN), 256U << 10, true);
	derive_known(&d, 11, 5, 0);
	for (unsigned round = 0; round < 2; round++) {
		begin(&d);
		put(&d, EVENT_FORK, 2, 10, 11);
		put(&d, EVENT_EXEC, 3, 11, 0);
		put(&d, EVENT_EXIT, 4, 11, 0);
		put(&d, EVENT_FORK, 5, 10, 11);
		put(&d, EVENT_EXEC, 6, 11, 0);
		put(&d, EVENT_EXIT, 7, 11, 0);
		take_all(&d, &rows);
		ck_assert_uint_eq(rows.n, countof(born));
		for (size_t i = 0; i < countof(born); i++) {
			assert_born(&rows, i, born[i]);
			assert_value(&rows, i, "seen_late", "0");
		}
		rows_free(&rows);
	}
	derive_free(&d);
}
END_TEST

START_TEST(many_pids)
{
	static uint64_t born[1000];
	struct derive d = {0};
	struct rows rows = {0};
	uint64_t random = 31, expected[500];
	derive_begin(&d, STR(RUN), 256U << 10, true);
	for (int pid = 0; pid < 1000; pid++)
		derive_known(&d, pid - 500, born[pid] = pid == 500 ? 0 : 1, 0);
	for (uint64_t seq = 2, n = 0; seq < 100000; seq++) {
		unsigned pid = unit_below(&random, 1000);
		if (pid == 500)
			continue; /* 0 is none */
		if (unit_below(&random, 2))
			born[pid] = seq;
		put(&d, born[pid] == seq ? EVENT_FORK : EVENT_EXEC, seq, pid - 500LL, pid - 500LL);
		expected[n++] = born[pid];
		if (n < countof(expected))
			continue;
		take_all(&d, &rows);
		ck_assert_uint_eq(rows.n, n);
		for (size_t i = 0; i < n; i++)
			assert_born(&rows, i, expected[i]);
		rows_free(&rows);
		begin(&d);
		n = 0;
	}
	derive_free(&d);
}
END_TEST

/* ---- findings ---- */

START_TEST(findings)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d, "{\"type\":\"finding\"," COMMON(8) "\"rule\":\"r\",\"severity\":\"note\","
	                                                "\"message\":\"'),(\"}");
	put_line(&d,
	    "{\"type\":\"finding\"," COMMON(
	        9) "\"pid\":5,\"rule\":\"r\",\"severity\":"
	           "\"error\",\"message\":\"m\",\"metric\":\"mapped\",\"value\":1,\"limit\":2,"
	           "\"event\":3}");
	take_all(&d, &rows);
	ck_assert(rows.n == 2 && rows.v[0].finding && rows.v[1].finding);
	static const char *const expected[][3] = {{"run", RUN, RUN}, {"seq", "8", "9"},
	    {"at", SECOND, SECOND}, {"pid", "NULL", "5"}, {"rule", "X'72'", "X'72'"},
	    {"severity", "X'6E6F7465'", "X'6572726F72'"}, {"message", "X'27292C28'", "X'6D'"},
	    {"metric", "NULL", "X'6D6170706564'"}, {"measured", "NULL", "1"},
	    {"allowed", "NULL", "2"}, {"event_seq", "NULL", "3"}};
	for (size_t i = 0; i < countof(expected); i++) {
		assert_value(&rows, 0, expected[i][0], expected[i][1]);
		assert_value(&rows, 1, expected[i][0], expected[i][2]);
	}
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(numbers_have_no_sign)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d,
	    "{\"type\":\"exit\"," COMMON(9223372036854775808) "\"pid\":5,\"tid\":5,\"comm\":"
	                                                      "\"c\",\"max_rss\":" U64_MAX "}");
	put_line(&d,
	    "{\"type\":\"finding\"," COMMON(
	        18446744073709551615) "\"rule\":\"r\","
	                              "\"severity\":\"error\",\"message\":\"m\",\"value\":" U64_MAX
	                              ",\"limit\":"
	                              "9223372036854775808,\"event\":" U64_MAX "}");
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 2);
	assert_value(&rows, 0, "born", "9223372036854775808");
	assert_value(&rows, 0, "max_rss", U64_MAX);
	assert_value(&rows, 1, "seq", U64_MAX);
	assert_value(&rows, 1, "measured", U64_MAX);
	assert_value(&rows, 1, "allowed", "9223372036854775808");
	assert_value(&rows, 1, "event_seq", U64_MAX);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* ---- what a column can't hold: one such value would be the end of its whole statement ---- */

static void check_int(const struct rows *rows, size_t i, const char *column)
{
	struct str text = value(rows, i, column);
	char copy[32] = "";
	if (str_is(text, "NULL"))
		return;
	ck_assert_uint_lt(text.len, sizeof(copy));
	memcpy(copy, text.s, text.len);
	long long n = strtoll(copy, NULL, 10);
	ck_assert_msg(n == (int32_t)n, "%s is %s", column, copy);
}

/* At most `limit` bytes; `ascii`: of these characters alone. */
static void check_bytes(
    const struct rows *rows, size_t i, const char *column, size_t limit, bool ascii)
{
	struct str text = value(rows, i, column);
	if (str_is(text, "NULL"))
		return;
	ck_assert_msg(text.len <= limit * 2 + 3, "%s has %zu bytes", column, text.len / 2 - 1);
	for (size_t k = 2; ascii && k + 1 < text.len; k += 2)
		ck_assert_msg(text.s[k] < '8', "%s is %.*s", column, (int)text.len, text.s);
}

static void check_rows(const struct rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		check_int(rows, i, "pid");
		if (rows->v[i].finding) {
			check_bytes(rows, i, "rule", 255, false);
			check_bytes(rows, i, "severity", 32, true);
			check_bytes(rows, i, "message", 65535, false);
			check_bytes(rows, i, "metric", 255, false);
			continue;
		}
		check_int(rows, i, "parent");
		check_int(rows, i, "code");
		check_bytes(rows, i, "comm", 255, false);
		check_bytes(rows, i, "exe", 8192, false);
		check_bytes(rows, i, "signal_name", 16, true);
	}
}

#define LONG_PID       "4294967296"
#define TASK(seq, pid) COMMON(seq) "\"pid\":" pid ",\"tid\":" pid ",\"comm\":\"c\""

START_TEST(rows_fit)
{
	static const char *const lines[] = {
	    "{\"type\":\"exec\"," TASK(2, LONG_PID) ",\"exe\":\"/e\"}",
	    "{\"type\":\"fork\"," TASK(2, "1") ",\"child\":" LONG_PID ",\"thread\":false,"
	                                       "\"shares_vm\":false}",
	    "{\"type\":\"fork\"," TASK(2, LONG_PID) ",\"child\":1,\"thread\":false,"
	                                            "\"shares_vm\":false}",
	    "{\"type\":\"exit\"," TASK(2, "1") ",\"code\":" LONG_PID "}",
	    "{\"type\":\"exit\"," TASK(2, "1") ",\"signal\":\"SIG of seventeen.\"}",
	    "{\"type\":\"exit\"," TASK(2, "1") ",\"signal\":\"SIG\xc3\xa4\"}",
	    "{\"type\":\"finding\"," TASK(2, LONG_PID) ",\"rule\":\"r\",\"severity\":\"error\","
	                                               "\"message\":\"m\"}",
	    "{\"type\":\"finding\"," TASK(2, "1") ",\"rule\":\"r\",\"severity\":\"\xc3\xa4\","
	                                          "\"message\":\"m\"}",
	    "{\"type\":\"finding\"," TASK(2, "1") ",\"rule\":\"r\",\"severity\":"
	                                          "\"a severity of more than 32 bytes, all told\","
	                                          "\"message\":\"m\"}"};
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	put_line(&d, lines[_i]);
	take_all(&d, &rows);
	check_rows(&rows);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

START_TEST(long_texts_fit)
{
	static const char *const lines[] = {
	    "{\"type\":\"exec\"," COMMON(2) "\"pid\":1,\"tid\":1,\"comm\":\"%s\",\"exe\":\"/e\"}",
	    "{\"type\":\"exec\"," TASK(2, "1") ",\"exe\":\"%s\"}",
	    "{\"type\":\"finding\"," COMMON(
	        2) "\"rule\":\"%s\",\"severity\":\"e\",\"message\":\"m\"}",
	    "{\"type\":\"finding\"," COMMON(
	        2) "\"rule\":\"r\",\"severity\":\"e\",\"message\":\"%s\"}",
	    "{\"type\":\"finding\"," COMMON(
	        2) "\"rule\":\"r\",\"severity\":\"e\",\"message\":\"m\","
	           "\"metric\":\"%s\"}"};
	struct derive d = {0};
	struct rows rows;
	struct buf line = {0};
	const char *at = strstr(lines[_i], "%s");
	buf_add(&line, lines[_i], (size_t)(at - lines[_i]));
	for (unsigned i = 0; i < 70000; i++)
		buf_char(&line, 'x');
	buf_fmt(&line, "%s%c", at + 2, '\0');
	begin(&d);
	put_line(&d, line.data);
	take_all(&d, &rows);
	check_rows(&rows);
	buf_free(&line);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* Text columns take UTF-8 alone: what isn't can't be sent as if it were. */
START_TEST(texts_are_utf8)
{
	struct derive d = {0};
	struct buf sql = {0};
	begin(&d);
	put_line(&d,
	    "{\"type\":\"finding\"," COMMON(
	        2) "\"rule\":\"\xef\xbf\xbd\",\"rule_b64\":\"/w==\","
	           "\"severity\":\"e\",\"message\":\"\xef\xbf\xbd\",\"message_b64\":\"gA==\"}");
	ck_assert(derive_statement(&d, &sql));
	buf_char(&sql, '\0');
	ck_assert_msg(!strstr(sql.data, "X'FF'") && !strstr(sql.data, "X'80'"), "%s", sql.data);
	buf_free(&sql);
	derive_free(&d);
}
END_TEST

/* ---- pieces ---- */

static void put_long(struct derive *d, uint64_t seq, bool finding, struct str text)
{
	struct event ev;
	event_init(&ev, finding ? EVENT_FINDING : EVENT_EXEC);
	EVENT_SET(&ev, seq, seq);
	EVENT_SET(&ev, time, LINES_NSEC);
	EVENT_SET(&ev, elapsed, 0);
	if (finding) {
		EVENT_SET(&ev, rule, STR("r"));
		EVENT_SET(&ev, severity, STR("note"));
		EVENT_SET(&ev, message, text);
	} else {
		EVENT_SET(&ev, pid, (int64_t)seq);
		EVENT_SET(&ev, tid, (int64_t)seq);
		EVENT_SET(&ev, comm, STR("c"));
		EVENT_SET(&ev, exe, text);
	}
	derive_event(d, &ev);
}

START_TEST(pieces)
{
	static const unsigned lengths[] = {1, 100, 4000, 8192};
	static char text[8192];
	struct derive d = {0};
	struct rows rows;
	size_t len = lengths[_i % 4], each = len * 2 + 200, n = 5 * PIECE / each;
	memset(text, 'x', sizeof(text));
	for (unsigned round = 0; round < 2; round++) {
		begin(&d);
		for (uint64_t seq = 1; seq <= 2 * n; seq++)
			put_long(&d, seq, seq > n, (struct str){text, len});
		take_all(&d, &rows);
		ck_assert_uint_eq(rows.n, 2 * n);
		ck_assert_uint_ge(rows.sql_n, 4);
		for (unsigned i = 0; i < rows.sql_n; i++)
			ck_assert_uint_le(rows.sql[i].len, PIECE + each + 2000);
		for (size_t i = 0; i < rows.n; i++) {
			char seq[24];
			snprintf(seq, sizeof(seq), "%zu", i + 1);
			assert_value(&rows, i, rows.v[i].finding ? "seq" : "born", seq);
			ck_assert(rows.v[i].finding == (i >= n));
		}
		rows_free(&rows);
	}
	derive_free(&d);
}
END_TEST

/* A message may be longer than a piece, and then is one. */
START_TEST(rows_longer_than_a_piece)
{
	struct derive d = {0};
	struct rows rows;
	char *text = memset(malloc(60000), 'x', 60000);
	begin(&d);
	for (uint64_t seq = 1; seq <= 20; seq++)
		put_long(&d, seq, true, (struct str){text, 60000});
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.n, 20);
	for (unsigned i = 0; i < rows.sql_n; i++)
		ck_assert_uint_le(rows.sql[i].len, PIECE + 2 * 60000 + 2000);
	free(text);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* ---- the end ---- */

START_TEST(statements_end)
{
	struct derive d = {0};
	struct rows rows;
	begin(&d);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.sql_n, 0);
	rows_free(&rows);
	put_line(&d, LINE_END);
	take_all(&d, &rows);
	ck_assert(rows.sql_n == 1 && rows.deletes == 1);
	ck_assert_msg(strstr(rows.sql[0].data, RUN), "%s", rows.sql[0].data);
	rows_free(&rows);
	begin(&d);
	put_line(&d, LINE_END);
	put(&d, EVENT_EXEC, 9, 10, 0);
	put_long(&d, 10, true, STR("m"));
	take_all(&d, &rows);
	ck_assert(rows.sql_n == 3 && rows.n == 2 && rows.deletes == 1);
	rows_free(&rows);
	begin(&d);
	take_all(&d, &rows);
	ck_assert_uint_eq(rows.sql_n, 0);
	rows_free(&rows);
	derive_free(&d);
}
END_TEST

/* A batch that was broken off leaves nothing to the next one. */
START_TEST(begins_anew)
{
	struct derive d = {0};
	struct rows rows;
	struct buf sql = {0};
	begin(&d);
	put(&d, EVENT_EXEC, 9, 10, 0);
	put_long(&d, 10, true, STR("m"));
	put_line(&d, LINE_END);
	ck_assert(derive_statement(&d, &sql));
	begin(&d);
	put(&d, EVENT_EXEC, 12, 11, 0);
	take_all(&d, &rows);
	ck_assert(rows.n == 1 && rows.deletes == 0);
	assert_born(&rows, 0, 12);
	rows_free(&rows);
	buf_free(&sql);
	derive_free(&d);
}
END_TEST

START_TEST(appended)
{
	struct derive d = {0};
	struct buf sql = {0};
	begin(&d);
	put(&d, EVENT_EXEC, 9, 10, 0);
	buf_str(&sql, STR("before "));
	ck_assert(derive_statement(&d, &sql));
	ck_assert_mem_eq(sql.data, "before INSERT INTO process ", 27);
	buf_free(&sql);
	derive_free(&d);
	derive_free(&d);
}
END_TEST

TEST_SUITE(derive)
{
	TEST(a_life);
	TEST(killed);
	TEST_LOOP(levels, 2);
	TEST(some_levels);
	TEST(threads_are_no_processes);
	TEST(other_events_make_no_rows);
	TEST(seen_late);
	TEST(known_before);
	TEST(pids_come_again);
	TEST_LOOP(pid_comes_again_unseen, 3);
	TEST(sent_again);
	TEST(many_pids);
	TEST(findings);
	TEST(numbers_have_no_sign);
	TEST_LOOP(rows_fit, 9);
	TEST_LOOP(long_texts_fit, 5);
	TEST(texts_are_utf8);
	TEST_LOOP(pieces, 4);
	TEST(rows_longer_than_a_piece);
	TEST(statements_end);
	TEST(begins_anew);
	TEST(appended);
}
