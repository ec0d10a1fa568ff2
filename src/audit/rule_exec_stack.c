/* exec-stack: a stack that code can run on, as executables and libraries ask for by PT_GNU_STACK (elf(5)). */
#include "audit/say.h"

static bool is_stack(const struct range *r)
{
	return r->is & RANGE_EXEC && r->is & (RANGE_STACK | RANGE_THREAD_STACK | RANGE_GROWS);
}

static void call(const struct moment *m)
{
	say_ranges(m, is_stack, "an executable stack");
}

static void image(const struct moment *m)
{
	say_image(m, is_stack, "an executable stack");
}

const struct rule rule_exec_stack = {
    .name = "exec-stack", .what = "a stack that is executable", .call = call, .image = image};
