/*
 * A rule says what mustn't happen to an address space. Each is a file with one constant struct and a row in rules.c;
 * a callback that is NULL isn't of interest to it.
 */
#pragma once

#include "audit/config.h"
#include "report/ledger.h"

struct audit;

/* What a rule is shown. */
struct moment {
	struct audit *audit;
	const struct rule_use *use;      /* how the rule is to be used */
	const struct event *ev;
	const struct change *change;     /* NULL before the event */
	struct address_space *space;     /* of the process; NULL: not known */
	struct ledger_process *process;  /* likewise */
};

/* What kind of number the limit of a rule is. */
enum limit_kind { LIMIT_NONE, LIMIT_SIZE, LIMIT_COUNT, LIMIT_PERCENT };

struct rule {
	const char *name;
	const char *what; /* what is found, in a few words: for lists of rules */
	enum limit_kind limit;
	const char *limit_key; /* what a rules file calls it */
	uint64_t limit_default;
	bool takes_metric;
	bool takes_errors;

	/* A call that succeeded is about to be applied to the model: what is there goes. */
	void (*before)(const struct moment *m);

	/* A call was applied, or failed. */
	void (*call)(const struct moment *m);

	/* A new image, or what was there at an attach. */
	void (*image)(const struct moment *m);

	/* A process ends, is let go, or still lives at the end of the trace. */
	void (*end)(const struct moment *m);
};

extern const struct rule *const rules[];
extern const unsigned rules_count;

/* rules_find - by name, or NULL. */
const struct rule *rules_find(struct str name);

/* rules_name - the name of row `i`. */
const char *rules_name(size_t i);
