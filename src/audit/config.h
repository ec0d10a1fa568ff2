/* Which rules are to be used, and how: of a rules file, --max and --deny. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/err.h"
#include "util/str.h"

struct rule;

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_NOTE };

/* What a rule doesn't find. Texts of length 0 say nothing; of the others each must fit. */
struct allowed {
	struct str path;     /* glob: of what is mapped, or of a module in the stack */
	struct str build_id; /* of one */
	struct str symbol;   /* glob: of a frame */
	struct str site;     /* a fingerprint, as findings tell it */
	struct str reason;   /* why, for people */
	struct str expires;  /* YYYY-MM-DD, the last day; or empty */
};

/* A rule as it is to be used. */
struct rule_use {
	const struct rule *rule;
	enum severity severity;
	struct str process; /* glob of names; empty: all */
	struct str metric;  /* with its .peak or .last: of rules that take one */
	bool tree;          /* of all processes together */
	uint64_t limit;
	struct str *errors; /* names of errors that are accepted */
	size_t errors_n;
	struct allowed *allowed;
	size_t allowed_n;
	unsigned line, column; /* in the rules file; 0: given on the command line */
};

/* {0} is empty; freed with config_free. */
struct config {
	struct rule_use *uses;
	size_t n, size;
	const char *path; /* of the rules file; NULL: none */
	struct arena arena;
};

/* config_read - add what a rules file says. Returns 0, or a negative errno with line and column in err. */
int config_read(struct config *c, const char *path, struct err *err);

/* config_parse - the same of its text; `path` is its name. */
int config_parse(struct config *c, const char *path, struct str text, struct err *err);

/* config_max - add a budget as --max has it: [PROCESS:]METRIC=VALUE. The same contract. */
int config_max(struct config *c, const char *text, struct err *err);

/* config_deny - add a rule by its name. The same contract. */
int config_deny(struct config *c, const char *name, struct err *err);

/* config_glob - whether a text fits a glob of * and ?. */
bool config_glob(struct str glob, struct str text);

void config_free(struct config *c);
