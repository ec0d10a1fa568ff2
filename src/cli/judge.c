#include "cli/judge.h"

#include <errno.h>

#include "util/log.h"
#include "util/num.h"

int judge_exitcode(const struct opts *opts, int *ret, struct err *err)
{
	uint64_t value;
	if (num_parse(opts->error_exitcode, &value) < 0 || value > 255)
		return err_set(err, -EINVAL, "--error-exitcode=%s: a status is a number up to 255",
		    opts->error_exitcode);
	*ret = (int)value;
	return 0;
}

int judge_live(const struct opts *opts, const struct audit *audit, bool complete, int exitcode)
{
	enum verdict verdict = audit ? audit_verdict(audit) : VERDICT_PASS;
	if (verdict == VERDICT_FAIL)
		return exitcode;
	if (verdict == VERDICT_UNKNOWN)
		log_error("no verdict: not all of the run was seen, so a rule may be violated unseen");
	else if (opts->require_complete && !complete)
		log_error("not all of the run was seen, and --require-complete asks for that");
	else
		return 0;
	return EXIT_STATUS_UNKNOWN;
}
