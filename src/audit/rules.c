/* The table of rules: rule_NAME of rule_NAME.c, one row each. */
#include "audit/rule.h"
#include "util/cleanup.h"

/* clang-format off */
#define RULES(row) \
	row(budget) \
	row(clobber) \
	row(exec_anon) \
	row(exec_deleted) \
	row(exec_stack) \
	row(failed) \
	row(huge) \
	row(leak) \
	row(mdwe) \
	row(null_page) \
	row(vma_headroom) \
	row(wx) \
	row(wx_transition)

#define DECLARE(name) extern const struct rule rule_##name;
#define ENTER(name)   &rule_##name,
/* clang-format on */

RULES(DECLARE)
const struct rule *const rules[] = {RULES(ENTER)};
const unsigned rules_count = countof(rules);

const struct rule *rules_find(struct str name)
{
	for (unsigned i = 0; i < rules_count; i++) {
		if (str_is(name, rules[i]->name))
			return rules[i];
	}
	return NULL;
}

const char *rules_name(size_t i)
{
	return rules[i]->name;
}
