/* src/db/schema.c: statements of a migration; and the migrations that are built in */
#include "db/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "db/row.h"
#include "unit.h"

/* The statements of `sql` are those named, up to a NULL. */
static void assert_statements(const char *sql, const char *const *expected)
{
	const char *at = sql;
	for (; *expected; expected++) {
		struct str got = schema_next(&at);
		assert_text(got, *expected);
		ck_assert(at >= got.s + got.len && at <= sql + strlen(sql));
	}
	for (unsigned i = 0; i < 2; i++) {
		struct str got = schema_next(&at);
		ck_assert_msg(got.len == 0, "one too many: '%.*s'", (int)got.len, got.s);
	}
}

#define STATEMENTS(sql, ...) assert_statements(sql, (const char *const[]){__VA_ARGS__ NULL})

START_TEST(one_after_another)
{
	STATEMENTS("SELECT 1;\n", "SELECT 1", );
	STATEMENTS("SELECT 1;\nSELECT 2;\n", "SELECT 1", "SELECT 2", );
	STATEMENTS("\n \t\nSELECT 1;\n\n\n  SELECT 2;\n\n", "SELECT 1", "SELECT 2", );
	STATEMENTS("SELECT\n  1\n;\nSELECT 2;\n", "SELECT\n  1\n", "SELECT 2", );
}
END_TEST

START_TEST(nothing)
{
	STATEMENTS("", );
	STATEMENTS(" \n\t\n", );
	STATEMENTS("-- only words", );
	STATEMENTS("-- only words\n--\n-- and more;\n", );
	STATEMENTS("--", );
}
END_TEST

START_TEST(comments)
{
	STATEMENTS("-- one;\n--two\n\n-- three;\nSELECT 1;\n-- four;\nSELECT 2;\n-- five",
	    "SELECT 1", "SELECT 2", );
	STATEMENTS("SELECT -- why\n  1;\n", "SELECT -- why\n  1", );
	STATEMENTS("  -- indented\nSELECT 1;\n", "SELECT 1", );
	STATEMENTS("-1;\n", "-1", );
}
END_TEST

START_TEST(semicolons_inside_lines)
{
	STATEMENTS("SELECT ';' AS a, \";\";\nSELECT 2;\n", "SELECT ';' AS a, \";\"", "SELECT 2", );
	STATEMENTS("SELECT 1; -- SELECT 2;\n", "SELECT 1; -- SELECT 2", );
	STATEMENTS("SELECT ';x\n';\n", "SELECT ';x\n'", );
}
END_TEST

START_TEST(end_without_semicolon)
{
	STATEMENTS("SELECT 1", "SELECT 1", );
	STATEMENTS("SELECT 1;\nSELECT 2", "SELECT 1", "SELECT 2", );
	const char *sql = "SELECT 1;\nSELECT 2\n";
	assert_text(schema_next(&sql), "SELECT 1");
	struct str last = schema_next(&sql);
	ck_assert_msg(last.len >= 8 && memcmp(last.s, "SELECT 2", 8) == 0, "%s", last.s);
	ck_assert_uint_eq(schema_next(&sql).len, 0);
}
END_TEST

/* The end of the text ends its last line. */
START_TEST(end_without_newline)
{
	STATEMENTS("SELECT 1;", "SELECT 1", );
	STATEMENTS("SELECT 1;\nSELECT 2;", "SELECT 1", "SELECT 2", );
}
END_TEST

/* ---- what is built in ---- */

START_TEST(versions)
{
	ck_assert_uint_ge(migrations_n, 3);
	for (unsigned i = 0; i < migrations_n; i++) {
		char number[16];
		snprintf(number, sizeof(number), "%03u-", i + 1);
		ck_assert_uint_eq(migrations[i].version, i + 1);
		ck_assert_msg(
		    strncmp(migrations[i].name, number, 4) == 0, "%s", migrations[i].name);
		ck_assert_msg(
		    str_ends(str_of(migrations[i].name), STR(".sql")), "%s", migrations[i].name);
	}
}
END_TEST

/* Each says at its end, and nowhere else, that it was applied. */
START_TEST(applied_versions)
{
	for (unsigned i = 0; i < migrations_n; i++) {
		const char *sql = migrations[i].sql;
		struct str last = {0};
		char expected[64];
		snprintf(expected, sizeof(expected), "VALUES (%u, UTC_TIMESTAMP())", i + 1);
		for (struct str s; s = schema_next(&sql), s.len; last = s)
			ck_assert(!last.s || !memmem(last.s, last.len, "INTO memtrace_schema", 20));
		ck_assert_msg(last.s && memmem(last.s, last.len, expected, strlen(expected)), "%s",
		    migrations[i].name);
	}
}
END_TEST

/* Quotes and brackets that a wrong end would tear apart; words behind -- don't count. */
static void assert_closed(struct str s, const char *name)
{
	int depth = 0;
	char quote = '\0';
	for (size_t i = 0; i < s.len; i++) {
		char c = s.s[i];
		if (quote) {
			quote = c == quote ? '\0' : quote;
			continue;
		}
		if (c == '-' && i + 1 < s.len && s.s[i + 1] == '-') {
			while (i + 1 < s.len && s.s[i + 1] != '\n')
				i++;
		} else if (strchr("'\"`", c)) {
			quote = c;
		}
		depth += (c == '(') - (c == ')');
		unit_check(depth >= 0, "%s: %.*s", name, (int)s.len, s.s);
	}
	unit_check(!quote && !depth, "%s: %.*s", name, (int)s.len, s.s);
}

START_TEST(whole_statements)
{
	for (unsigned i = 0; i < migrations_n; i++) {
		const char *sql = migrations[i].sql;
		unsigned n = 0;
		for (struct str s; s = schema_next(&sql), s.len; n++) {
			ck_assert_msg(isupper((unsigned char)s.s[0]), "%.*s", (int)s.len, s.s);
			ck_assert_msg(s.len > 5 && s.s[s.len - 1] != ';', "%.*s", (int)s.len, s.s);
			assert_closed(s, migrations[i].name);
		}
		ck_assert_uint_ge(n, 2);
		ck_assert_msg(!*sql, "%s: something is left: %s", migrations[i].name, sql);
	}
}
END_TEST

/* ---- columns.def and the tables ---- */

/* The type of `column` in the CREATE TABLE of `table`, up to NULL or NOT NULL. */
static struct str type_of(const char *table, const char *column)
{
	char line[96];
	snprintf(line, sizeof(line), "CREATE TABLE IF NOT EXISTS %s (", table);
	const char *from = strstr(migrations[0].sql, line);
	ck_assert_msg(from, "no table %s", table);
	snprintf(line, sizeof(line), "\n  %s ", column);
	const char *at = strstr(from, line), *end = strstr(from, ") ENGINE");
	ck_assert_msg(at && at < end, "no column %s.%s", table, column);
	at += strlen(line);
	struct str ret = {at, strcspn(at, ",\n")};
	const char *null = memmem(ret.s, ret.len, " NOT NULL", 9);
	null = null ? null : memmem(ret.s, ret.len, " NULL", 5);
	return null ? (struct str){at, (size_t)(null - at)} : ret;
}

enum { NUM, INT, BYTES, NAME, BITS, RET };

/* A value that columns.def lets through fits its column. */
START_TEST(columns_hold_what_is_sent)
{
	static const struct {
		const char *column;
		unsigned kind, limit;
	} columns[] = {
#define COLUMN(column, key, kind, limit) {#column, kind, limit},
#include "db/columns.def"
#undef COLUMN
	};
	static const char *const types[] = {[NUM] = "BIGINT UNSIGNED",
	    [INT] = "INT",
	    [NAME] = "INT UNSIGNED",
	    [BITS] = "INT UNSIGNED",
	    [RET] = "BIGINT UNSIGNED"};
	unsigned kind = columns[_i].kind;
	char expected[32];
	struct str type = type_of("memory_event", columns[_i].column);
	snprintf(expected, sizeof(expected), "VARBINARY(%u)", columns[_i].limit);
	/* Times are signed, as DATETIME arithmetic wants them: a trace of the year 2262 is refused. */
	if (strcmp(columns[_i].column, "at") == 0)
		assert_text(type, "BIGINT");
	else
		assert_text(type, kind == BYTES ? expected : types[kind]);
	if (kind == NAME) {
		assert_text(type_of("name", "text"), expected);
		assert_text(type_of("name", "id"), "INT UNSIGNED");
	}
}
END_TEST

TEST_SUITE(schema)
{
	TEST(one_after_another);
	TEST(nothing);
	TEST(comments);
	TEST(semicolons_inside_lines);
	TEST(end_without_semicolon);
	TEST(end_without_newline);
	TEST(versions);
	TEST(applied_versions);
	TEST(whole_statements);
	TEST_LOOP(columns_hold_what_is_sent, COLUMN_COUNT);
}
