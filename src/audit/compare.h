/* Two profiles side by side: what is new, gone, more and less; and whether that is too much. Pure. */
#pragma once

#include "audit/profile.h"

/* A condition that --fail-on names. */
struct condition {
	enum { FAIL_METRIC, FAIL_NEW_SITE, FAIL_GONE_SITE } kind;
	bool tree;
	int metric;      /* enum metric */
	bool percent;
	uint64_t more;   /* bytes or ranges, or a thousandth of a percent */
};

/* {0} is none: any difference counts. */
struct conditions {
	struct condition *v;
	size_t n, size;
};

/*
 * conditions_parse - METRIC>+N%, METRIC>+SIZE, new-site and gone-site, with commas between. Returns 0 or -EINVAL with
 * err set.
 */
int conditions_parse(struct conditions *c, const char *text, struct err *err);

void conditions_free(struct conditions *c);

/* compare - append what is different, a line each. Returns whether it counts. */
bool compare_profiles(const struct profile *base, const struct profile *now, const struct conditions *conditions,
    struct buf *out);
