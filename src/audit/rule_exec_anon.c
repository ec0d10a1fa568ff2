/* exec-anon: code that no file on disk is behind, as just-in-time compilers make it. */
#include "audit/say.h"

static bool is_code(const struct range *r)
{
	return r->is & RANGE_EXEC && !(r->is & (RANGE_FILE | RANGE_STACK));
}

static void call(const struct moment *m)
{
	say_ranges(m, is_code, "executable memory without a file");
}

/* The kernel's own, [vdso] and the like, is no program's doing; images have no other. */
const struct rule rule_exec_anon = {
    .name = "exec-anon", .what = "executable memory that no file on disk is behind", .call = call};
