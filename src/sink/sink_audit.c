/* Findings of an audit, told to people on standard error as they come. */
#include "audit/gate.h"
#include "sink/sink.h"
#include "util/log.h"

static enum sink_wish audit_wanted(const struct opts *opts)
{
	return gate_wanted(opts) ? SINK_INSTEAD : SINK_UNWANTED;
}

static int audit_open(const struct sink_setup *setup, void **ret, struct err *err)
{
	(void)setup, (void)err;
	*ret = NULL;
	return 0;
}

static void tell(void *state, const struct event *ev)
{
	(void)state;
	if (ev->type == EVENT_FINDING && !str_is(ev->rule, "crash")) /* of which was told already */
		log_error("%.*s: %.*s: %.*s", (int)ev->severity.len, ev->severity.s, (int)ev->rule.len,
		    ev->rule.s, (int)ev->message.len, ev->message.s);
}

const struct sink sink_audit = {
    .name = "audit",
    .wanted = audit_wanted,
    .open = audit_open,
    .event = tell,
};
