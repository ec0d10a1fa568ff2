#include "util/env.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/cleanup.h"

static void assert_env(char **env, const char *expected)
{
	char text[256] = "";
	for (char **e = env; *e; e++) {
		strcat(text, *e);
		strcat(text, ";");
	}
	ck_assert_str_eq(text, expected);
	env_free(env);
}

START_TEST(changes_in_turn)
{
	char *env[] = {
	    (char[]){"A=1"}, (char[]){"AB=2"}, (char[]){"C=3=3"}, (char[]){"A=again"}, NULL};
	static const char *const changes[] = {"A=9", "C", "D=", "X", "AB=", "A=10"};
	assert_env(env_changed(env, changes, 0), "A=1;AB=2;C=3=3;A=again;");
	assert_env(env_changed(env, changes, 1), "AB=2;C=3=3;A=9;");
	assert_env(env_changed(env, changes, 2), "AB=2;A=9;");
	assert_env(env_changed(env, changes, countof(changes)), "D=;AB=;A=10;");
}
END_TEST

START_TEST(nothing)
{
	char *env[] = {NULL};
	static const char *const changes[] = {"A=1"};
	assert_env(env_changed(env, NULL, 0), "");
	assert_env(env_changed(env, changes, 1), "A=1;");
	env_free(NULL);
}
END_TEST

TEST_SUITE(env)
{
	TEST(changes_in_turn);
	TEST(nothing);
}
