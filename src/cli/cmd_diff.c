/* memtrace diff BASE NEW: two runs side by side. */
#include <errno.h>

#include "audit/compare.h"
#include "cli/baseline.h"
#include "cli/commands.h"
#include "cli/recorded.h"

#define STATUS_DIFFERENT 1

int cmd_diff(const struct opts *opts, struct err *err)
{
	struct profile base = {0}, now = {0};
	struct conditions conditions = {0};
	struct buf out = {0};
	bool counts = false;
	int r = 0;
	if (!opts->operands[0] || !opts->operands[1] || opts->operands[2])
		r = err_set(err, -EINVAL, "two traces, or baselines, are expected: memtrace diff base.jsonl new.jsonl");
	if (r == 0 && opts->fail_on)
		r = conditions_parse(&conditions, opts->fail_on, err);
	if (r == 0)
		r = baseline_read(opts->operands[0], &base, err);
	if (r == 0)
		r = baseline_read(opts->operands[1], &now, err);
	if (r == 0)
		counts = compare_profiles(&base, &now, &conditions, &out);
	if (r == 0)
		r = recorded_print(&out, err);
	buf_free(&out);
	conditions_free(&conditions);
	profile_free(&base);
	profile_free(&now);
	if (r < 0)
		return STATUS_TROUBLE;
	return counts ? STATUS_DIFFERENT : 0;
}
