/* wx: memory that is writable and executable at once. */
#include "audit/say.h"

static bool is_wx(const struct range *r)
{
	return (r->is & (RANGE_WRITE | RANGE_EXEC)) == (RANGE_WRITE | RANGE_EXEC);
}

static void call(const struct moment *m)
{
	say_ranges(m, is_wx, "writable and executable memory");
}

static void image(const struct moment *m)
{
	say_image(m, is_wx, "writable and executable memory");
}

const struct rule rule_wx = {
    .name = "wx", .what = "memory that is writable and executable at once", .call = call, .image = image};
