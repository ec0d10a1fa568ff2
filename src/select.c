#include "select.h"

#include "decode/syscalls.h"
#include "util/num.h"

static bool call_failed(const struct event *ev)
{
	return event_has(ev, F_error);
}

static bool call_succeeded(const struct event *ev)
{
	return !call_failed(ev) && ev->ret.kind != RET_NULL;
}

/* A call without a length passes; one with two (mremap) passes by either. */
static bool is_long_enough(const struct event *ev, uint64_t least)
{
	if (!event_has(ev, F_length))
		return true;
	return ev->length >= least || (event_has(ev, F_new_length) && ev->new_length >= least);
}

/* Of a call that can change an address space: whether this one did. */
static bool is_of_map(const struct event *ev)
{
	switch (ev->call_id) {
	case SYS_ID_madvise:
		return str_is(ev->advice, "MADV_DONTFORK") || str_is(ev->advice, "MADV_DOFORK");
	case SYS_ID_prctl: return str_is(ev->option, "PR_SET_VMA");
	default: return true;
	}
}

static bool is_wanted(uint64_t set, const struct event *ev)
{
	return set >> ev->call_id & 1 || (set & SYSCALLS_PART(ev->call_id) && is_of_map(ev));
}

bool select_event(const struct opts *opts, const struct event *ev)
{
	if (ev->type != EVENT_CALL)
		return true;
	/* Without -e a trace goes on with all that it has, which can be more than is captured by default. */
	if (opts->trace_text && (ev->call_id < 0 || !is_wanted(opts->trace, ev)))
		return false;
	if (opts->successful_only && !call_succeeded(ev))
		return false;
	if (opts->failed_only && !call_failed(ev))
		return false;
	return is_long_enough(ev, opts->min_size);
}

void select_text(const struct opts *opts, struct buf *ret)
{
	if (opts->trace_text)
		buf_fmt(ret, "%s-e %s", ret->len ? " " : "", opts->trace_text);
	if (opts->successful_only)
		buf_fmt(ret, "%s-z", ret->len ? " " : "");
	if (opts->failed_only)
		buf_fmt(ret, "%s-Z", ret->len ? " " : "");
	if (opts->min_size)
		buf_fmt(ret, "%s--min-size=%llu", ret->len ? " " : "",
		    (unsigned long long)opts->min_size);
}
