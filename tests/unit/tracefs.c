/* src/engine/tracefs.c: formats of tracepoints */
#include "engine/tracefs.h"

#include "unit.h"

/* clang-format off */
#define COMMON                                                                                     \
	"format:\n"                                                                                \
	"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"                     \
	"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"             \
	"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
/* clang-format on */

static const struct str sys_exit =
    STR_INIT("name: sys_exit\nID: 442\n" COMMON "\tfield:long id;\toffset:8;\tsize:8;\tsigned:1;\n"
             "\tfield:long ret;\toffset:16;\tsize:8;\tsigned:1;\n\n"
             "print fmt: \"NR %ld = %ld\", REC->id, REC->ret\n");

static const struct str sys_enter =
    STR_INIT("name: sys_enter\nID: 443\n" COMMON "\tfield:long id;\toffset:8;\tsize:8;\tsigned:1;\n"
             "\tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;\n\n"
             "print fmt: \"NR %ld (%lx, %lx, %lx, %lx, %lx, %lx)\", REC->id, REC->args[0], "
             "REC->args[1], REC->args[2], REC->args[3], REC->args[4], REC->args[5]\n");

static const struct str newtask = STR_INIT(
    "name: task_newtask\nID: 205\n" COMMON "\tfield:pid_t pid;\toffset:8;\tsize:4;\tsigned:1;\n"
    "\tfield:char comm[16];\toffset:12;\tsize:16;\tsigned:0;\n"
    "\tfield:u64 clone_flags;\toffset:32;\tsize:8;\tsigned:0;\n"
    "\tfield:short oom_score_adj;\toffset:40;\tsize:2;\tsigned:1;\n\n"
    "print fmt: \"pid=%d comm=%s clone_flags=%llx oom_score_adj=%hd\", REC->pid, "
    "REC->comm, REC->clone_flags, REC->oom_score_adj\n");

START_TEST(numbers)
{
	ck_assert_int_eq(tracefs_field(sys_exit, "id"), 8);
	ck_assert_int_eq(tracefs_field(sys_exit, "ret"), 16);
	ck_assert_int_eq(tracefs_field(sys_exit, "common_type"), 0);
	ck_assert_int_eq(tracefs_field(sys_exit, "common_pid"), 4);
	ck_assert_int_eq(tracefs_field(sys_enter, "id"), 8);
	ck_assert_int_eq(tracefs_field(newtask, "clone_flags"), 32);
}
END_TEST

START_TEST(arrays)
{
	ck_assert_int_eq(tracefs_field(sys_enter, "args"), 16);
	ck_assert_int_eq(tracefs_field(newtask, "comm"), 12);
}
END_TEST

START_TEST(unknown)
{
	ck_assert_int_eq(tracefs_field(sys_exit, "args"), -1);
	ck_assert_int_eq(tracefs_field(sys_enter, "ret"), -1);
	ck_assert_int_eq(tracefs_field(sys_exit, ""), -1);
	ck_assert_int_eq(tracefs_field(STR(""), "id"), -1);
	ck_assert_int_eq(tracefs_field((struct str){0}, "id"), -1);
}
END_TEST

/* common_pid isn't pid, and types, other columns and the print format aren't fields. */
START_TEST(parts_of_others)
{
	static const char *const parts[] = {"type", "flags", "count", "i", "d", "re", "et", "long",
	    "field", "offset", "size", "signed", "REC->id", "common", "int common_pid"};
	ck_assert_int_eq(tracefs_field(newtask, "pid"), 8);
	for (size_t i = 0; i < countof(parts); i++)
		ck_assert_msg(tracefs_field(sys_exit, parts[i]) == -1, "%s", parts[i]);
	ck_assert_int_eq(tracefs_field(sys_enter, "arg"), -1);
	ck_assert_int_eq(tracefs_field(newtask, "flags"), -1);
	ck_assert_int_eq(tracefs_field(newtask, "com"), -1);
}
END_TEST

/* A name that is longer than any field's. */
START_TEST(long_names)
{
	char name[300];
	for (size_t len = 1; len < sizeof(name); len++) {
		memset(name, 'x', len);
		name[len] = '\0';
		ck_assert_int_eq(tracefs_field(sys_enter, name), -1);
	}
}
END_TEST

/* A text that ends in the midst of an offset, or before. */
START_TEST(cut_short)
{
	const char *end = memmem(sys_exit.s, sys_exit.len, "ret;\toffset:", 12);
	size_t begin = (size_t)(end + 12 - sys_exit.s);
	for (size_t len = 0; len <= begin; len++)
		ck_assert_int_eq(tracefs_field((struct str){sys_exit.s, len}, "ret"), -1);
	ck_assert_int_eq(tracefs_field((struct str){sys_exit.s, begin + 2}, "ret"), 16);
	ck_assert_int_eq(tracefs_field(STR("\tfield:long id;\toffset:x;\n"), "id"), -1);
}
END_TEST

TEST_SUITE(tracefs)
{
	TEST(numbers);
	TEST(arrays);
	TEST(unknown);
	TEST(parts_of_others);
	TEST(long_names);
	TEST(cut_short);
}
