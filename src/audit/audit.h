/*
 * The audit of a run: rules follow its events, and what they find is counted, allowed or not, and at the end judged.
 * The same on a live run and a recorded one.
 */
#pragma once

#include "audit/config.h"
#include "audit/rule.h"

/* What was found: one a rule, process name and site, however often it happened. */
struct finding {
	const struct rule_use *use;
	const struct allowed *allowed; /* NULL: it isn't */
	const struct allowed *expired; /* it was, until */
	uint64_t fingerprint;          /* the same wherever things are mapped, and from run to run */
	uint32_t comm, exe, stack, path, message; /* numbers of the ledger's */
	int64_t pid;
	uint64_t value, limit; /* of rules with a limit */
	uint64_t seq, elapsed; /* of the event; 0: of none */
	uint64_t times;
};

/* What comes out. */
enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_UNKNOWN, /* not all of the run was seen */
};

struct audit {
	struct config *config;
	struct ledger *ledger;
	struct model *model;
	struct finding *findings;
	size_t n, size;
	size_t told;           /* how many of them have been */
	size_t before;         /* the first that was found before the event was applied */
	uint64_t max_map_count;
	char today[11];        /* YYYY-MM-DD */
	bool partial, ended;
	struct written *written; /* rule_wx_transition's */
	struct crossed *crossed; /* rule_budget's */
	struct buf words;
};

/* audit_new - of a run whose model is `model`; both stay the caller's. Freed with audit_free. */
struct audit *audit_new(struct config *config, struct model *model);

/* audit_before - `ev` is about to be applied to the model. */
void audit_before(struct audit *a, const struct event *ev);

/* audit_event - it was, and `change` is what it did. */
void audit_event(struct audit *a, const struct event *ev, const struct change *change);

/* audit_next - the next finding that is new and isn't allowed, as an event; false: none. It holds until the next call. */
bool audit_next(struct audit *a, struct event *ret);

/* audit_find - for rules: something is wrong at this moment; the words are those of a->words. */
void audit_find(const struct moment *m, struct str path, uint64_t value);

/* audit_find_at - the same of what the event number `born` made. */
void audit_find_at(const struct moment *m, uint64_t born, struct str path, uint64_t value);

/* audit_verdict - at the end. */
enum verdict audit_verdict(const struct audit *a);

/* The runs that a verdict is about: one, or those that are checked together. */
struct audits {
	struct audit **v;
	size_t n;
};

/* audits_verdict - the worst of theirs: a violation is worse than not to know. */
enum verdict audits_verdict(const struct audits *runs);

/* audit_violates - whether a finding counts against the run. */
bool audit_violates(const struct finding *f);

void audit_free(struct audit *a);
