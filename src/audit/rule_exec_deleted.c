/* exec-deleted: code of a file that has no name any more: replaced by an update, or hidden. */
#include "audit/say.h"

static bool is_code(const struct range *r)
{
	return r->is & RANGE_EXEC && r->is & RANGE_DELETED;
}

static void call(const struct moment *m)
{
	say_ranges(m, is_code, "code of a deleted file");
}

static void image(const struct moment *m)
{
	say_image(m, is_code, "code of a deleted file");
}

const struct rule rule_exec_deleted = {
    .name = "exec-deleted", .what = "code of a file that was deleted", .call = call, .image = image};
