/* null-page: something is mapped where null pointers point to, and bugs stop being crashes. */
#include "audit/say.h"

#define LOWEST 65536 /* proc_sys_vm(5), mmap_min_addr, as it usually is */

static bool is_low(const struct range *r)
{
	return r->start < LOWEST;
}

static void call(const struct moment *m)
{
	say_ranges(m, is_low, "memory where null pointers point to");
}

static void image(const struct moment *m)
{
	say_image(m, is_low, "memory where null pointers point to");
}

const struct rule rule_null_page = {
    .name = "null-page", .what = "a mapping where null pointers point to", .call = call, .image = image};
