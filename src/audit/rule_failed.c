/* failed: a call failed, with an error that isn't accepted. */
#include "audit/say.h"
#include "decode/syscalls.h"
#include "report/report.h"
#include "report/words.h"

/* "ENOMEM" accepts that of all calls, "mmap:ENOMEM" of one. */
static bool accepts(struct str accepted, struct str call, struct str error)
{
	const char *colon = memchr(accepted.s, ':', accepted.len);
	if (!colon)
		return str_eq(accepted, error);
	size_t len = (size_t)(colon - accepted.s);
	return str_eq((struct str){accepted.s, len}, call) &&
	       str_eq((struct str){colon + 1, accepted.len - len - 1}, error);
}

static void call(const struct moment *m)
{
	const struct event *ev = m->ev;
	if (!event_has(ev, F_error))
		return;
	for (size_t i = 0; i < m->use->errors_n; i++) {
		if (accepts(m->use->errors[i], ev->call, ev->error))
			return;
	}
	struct buf *words = say_begin(m);
	buf_fmt(words, " had %.*s", (int)ev->call.len, ev->call.s);
	if (event_has(ev, F_length)) {
		buf_str(words, STR(" of "));
		words_size(words, ev->call_id == SYS_ID_mremap ? ev->new_length : ev->length, 0);
	}
	buf_fmt(words, " fail with %.*s", (int)ev->error.len, ev->error.s);
	const char *cause = report_cause(ev->call_id, ev->error);
	if (event_has(ev, F_why))
		buf_fmt(words, " (%.*s)", (int)ev->why.len, ev->why.s);
	else if (*cause)
		buf_fmt(words, " (%s)", cause);
	const struct frame *site = event_has(ev, F_stack) ? stacks_site(ev->stack) : NULL;
	if (site) {
		buf_str(words, STR(", at "));
		stacks_put_frame(words, site);
	}
	if (event_has(ev, F_why) && memmem(ev->why.s, ev->why.len, "max_map_count", 13)) {
		unsigned share;
		uint64_t by = say_most(m, &share);
		buf_fmt(words, "; %u %% of them were cut or made", share);
		say_maker(m, by);
	}
	audit_find(m, ev->error, 0);
}

const struct rule rule_failed = {
    .name = "failed", .what = "a call that failed", .takes_errors = true, .call = call};
