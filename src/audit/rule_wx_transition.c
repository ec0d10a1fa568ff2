/*
 * wx-transition: memory that was writable and is executable now: by mprotect(2), by mremap(2), or since a second
 * mapping of the same memfd, shared memory or file shows what the first one writes.
 */
#include "audit/say.h"
#include "audit/written.h"

static bool is_transition(const struct range *r)
{
	return r->is & RANGE_EXEC && r->is & RANGE_WRITTEN && !(r->is & (RANGE_WRITE | RANGE_SHARED));
}

static bool is_of_object(const struct range *r)
{
	return r->is & (RANGE_EXEC | RANGE_SHARED) && (r->dev || r->inode);
}

static void look_for_alias(const struct moment *m)
{
	const struct range *r = say_range(m, is_of_object);
	if (!r || !written_note(m->audit->written, r))
		return;
	buf_str(say_begin(m), STR(" can execute by one mapping what it writes by another"));
	say_at(m, r);
	say_call(m);
	audit_find(m, model_name(m->audit->model, r), r->end - r->start);
}

static void call(const struct moment *m)
{
	say_ranges(m, is_transition, "executable memory that was writable");
	look_for_alias(m);
}

const struct rule rule_wx_transition = {
    .name = "wx-transition", .what = "memory that was writable and is executable now", .call = call};
