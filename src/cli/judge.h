/* The verdict of an audit as an exit status. */
#pragma once

#include "audit/audit.h"
#include "opts.h"
#include "util/err.h"

/* Exit statuses of audits (memtrace(1), EXIT STATUS). */
enum {
	EXIT_STATUS_VIOLATION = 99, /* unless --error-exitcode says another */
	EXIT_STATUS_UNKNOWN = 98,
};

/* judge_exitcode - the status that --error-exitcode asks for. Returns 0 or a negative errno with err set. */
int judge_exitcode(const struct opts *opts, int *ret, struct err *err);

/* judge_live - the status of a live run whose command ended well, `complete` or not; `audit` may be NULL. */
int judge_live(const struct opts *opts, const struct audit *audit, bool complete, int exitcode);
