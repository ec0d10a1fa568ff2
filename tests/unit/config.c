/* src/audit/config.c: globs, what the command line says, rules files */
#include "audit/config.h"

#include <stdio.h>

#include "audit/rule.h"
#include "unit.h"

START_TEST(globs)
{
	static const struct {
		const char *glob, *text;
		bool fits;
	} rows[] = {{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"a*c", "abbc", true},
	    {"a*c", "ac", true}, {"a*c", "acb", false}, {"?", "", false}, {"?", "x", true}, {"*b*", "abc", true},
	    {"*/libffi.so.*", "/usr/lib/libffi.so.8", true}, {"*.so", "x.so.1", false}, {"a**b", "ab", true},
	    {"*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaa", false}};
	for (size_t i = 0; i < countof(rows); i++)
		ck_assert_msg(config_glob(str_of(rows[i].glob), str_of(rows[i].text)) == rows[i].fits, "%s %s",
		    rows[i].glob, rows[i].text);
}
END_TEST

START_TEST(budgets)
{
	struct config c = {0};
	struct err err = {0};
	ck_assert_int_eq(config_max(&c, "committed.peak=512M", &err), 0);
	ck_assert_int_eq(config_max(&c, "tree.mapped.last=1G", &err), 0);
	ck_assert_int_eq(config_max(&c, "vmas=1000", &err), 0);
	ck_assert_int_eq(config_max(&c, "failed.mmap=0", &err), 0);
	ck_assert_int_eq(config_max(&c, "py*:mapped.last=1G", &err), 0);
	ck_assert_uint_eq(c.uses[0].limit, 512 << 20);
	ck_assert(c.uses[1].tree);
	ck_assert_uint_eq(c.uses[2].limit, 1000);
	ck_assert(str_is(c.uses[4].process, "py*"));
	static const char *const wrong[] = {"", "=", "mapped", "mapped=", "=1M", "mapped=-1", "tree.max_rss=1M",
	    "calls.nothing=1", "mapped.most=1M", "vmas=1K", "py*:tree.mapped.last=1G"};
	for (size_t i = 0; i < countof(wrong); i++)
		ck_assert_msg(config_max(&c, wrong[i], &err) < 0, "%s", wrong[i]);
	config_free(&c);
}
END_TEST

START_TEST(every_rule_by_name)
{
	struct config c = {0};
	struct err err = {0};
	for (unsigned i = 0; i < rules_count; i++) {
		ck_assert_ptr_eq(rules_find(str_of(rules[i]->name)), rules[i]);
		ck_assert_int_eq(config_deny(&c, rules[i]->name, &err) == 0, !rules[i]->takes_metric);
		ck_assert(rules[i]->before || rules[i]->call || rules[i]->image || rules[i]->end);
		ck_assert_int_eq(rules[i]->limit != LIMIT_NONE, rules[i]->limit_key != NULL);
	}
	config_free(&c);
}
END_TEST

START_TEST(files)
{
	static const char text[] = "/* \"rules\" */ {\"rules\": [ // {\n"
	                           "{\"rule\": \"leak\", \"more_than\": 5, \"process\": \"a//b\\\\\"}, // \"\n"
	                           "{\"rule\": \"vma-headroom\", \"over\": 50}]}";
	struct config c = {0};
	struct err err = {0};
	ck_assert_msg(config_parse(&c, "x", str_of(text), &err) == 0, "%s", err.text);
	ck_assert_uint_eq(c.n, 2);
	ck_assert_uint_eq(c.uses[0].limit, 5);
	ck_assert(str_is(c.uses[0].process, "a//b\\"));
	ck_assert_uint_eq(c.uses[0].line, 2);
	ck_assert_uint_eq(c.uses[1].limit, 50);
	config_free(&c);
}
END_TEST

/* Any piece of a file, and any byte of it changed, is refused or read, and nothing else. */
START_TEST(broken_files)
{
	static const char text[] = "{\"rules\": [{\"rule\": \"wx\", \"severity\": \"note\", \"allow\": [{\"path\": \"*\", "
	                           "\"reason\": \"\\u0041\", \"expires\": \"2027-01-01\"}]}, /* x */ {\"rule\": "
	                           "\"failed\", \"accept\": [\"ENOMEM\"]}]} // end";
	uint64_t random = 1;
	for (size_t len = 0; len < sizeof(text); len++) {
		struct config c = {0};
		struct err err = {0};
		char copy[sizeof(text)];
		memcpy(copy, text, sizeof(text));
		copy[len] = (char)unit_random(&random);
		config_parse(&c, "x", (struct str){text, len}, &err);
		config_parse(&c, "x", (struct str){copy, sizeof(text) - 1}, &err);
		config_free(&c);
	}
}
END_TEST

/* A list has room for as many as its brackets hold, so a second one must not be taken into it. */
START_TEST(keys_given_twice)
{
	static const char *const texts[] = {
	    "{\"rules\": [{\"rule\": \"failed\", \"accept\": [\"A\"], \"accept\": [\"B\"]}]}",
	    "{\"rules\": [{\"rule\": \"failed\", \"accept\": [\"A\"], \"acc\\u0065pt\": [\"B\"]}]}",
	    "{\"rules\": [{\"rule\": \"wx\", \"allow\": [], \"allow\": [{\"path\": \"*\", \"reason\": \"x\"}]}]}",
	    "{\"rules\": [{\"rule\": \"wx\", \"allow\": [{\"path\": \"*\", \"reason\": \"x\", \"path\": \"y\"}]}]}",
	    "{\"rules\": [{\"rule\": \"wx\", \"rule\": \"leak\"}]}", "{\"rules\": [], \"rules\": []}"};
	for (size_t i = 0; i < countof(texts); i++) {
		struct config c = {0};
		struct err err = {0};
		ck_assert_msg(config_parse(&c, "x", str_of(texts[i]), &err) < 0, "%s", texts[i]);
		ck_assert_msg(strstr(err.text, "is given twice"), "%s", err.text);
		config_free(&c);
	}
}
END_TEST

START_TEST(days)
{
	static const struct {
		const char *day;
		bool exists;
	} rows[] = {{"2027-01-31", true}, {"2028-02-29", true}, {"2000-02-29", true}, {"2027-12-31", true},
	    {"2027-13-01", false}, {"2027-00-01", false}, {"2027-01-00", false}, {"2027-01-32", false},
	    {"2027-04-31", false}, {"2027-02-29", false}, {"2100-02-29", false}, {"2027-1-31", false}};
	for (size_t i = 0; i < countof(rows); i++) {
		char text[200];
		struct config c = {0};
		struct err err = {0};
		snprintf(text, sizeof(text),
		    "{\"rules\": [{\"rule\": \"wx\", \"allow\": [{\"path\": \"*\", \"reason\": \"x\", "
		    "\"expires\": \"%s\"}]}]}", rows[i].day);
		ck_assert_msg((config_parse(&c, "x", str_of(text), &err) == 0) == rows[i].exists, "%s", text);
		config_free(&c);
	}
}
END_TEST

TEST_SUITE(config)
{
	TEST(globs);
	TEST(budgets);
	TEST(every_rule_by_name);
	TEST(files);
	TEST(broken_files);
	TEST(keys_given_twice);
	TEST(days);
}
