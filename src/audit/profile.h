/*
 * What a run comes to that another can be held against: metrics by process name, and call sites, named so that they
 * are the same wherever things are mapped and whoever the processes are. Small enough to keep beside the code.
 */
#pragma once

#include "report/ledger.h"
#include "util/err.h"

/* Of all processes of one name: the most that any of them had. */
struct profile_process {
	struct str name; /* in UTF-8, as all here; "" stands for all processes together */
	uint64_t peak[METRICS];
	uint64_t runs; /* how many there were */
};

struct profile_site {
	uint64_t key;    /* of name, call and process */
	struct str name; /* in words, without line numbers */
	struct str process;
	uint64_t calls, mapped, live, peak;
};

/* {0} is empty; freed with profile_free. Sorted by name and key. */
struct profile {
	struct profile_process *processes;
	size_t processes_n, processes_size;
	struct profile_site *sites;
	size_t sites_n, sites_size;
	struct intern names; /* of processes */
	struct intern keys;  /* of sites, by their bytes */
	struct intern texts; /* of sites */
};

/* profile_take - that of a ledger BY_SITE_OF_PROCESS, whose run has ended; `p` is empty before. */
void profile_take(struct profile *p, const struct ledger *l);

/* profile_find - the processes of a name; NULL: there were none. */
const struct profile_process *profile_find(const struct profile *p, struct str name);

/* profile_put - append it as JSON. */
void profile_put(const struct profile *p, struct buf *out);

/*
 * profile_parse - read that again, into an empty one; `path` is its name. Returns 0, or a negative errno with err set.
 */
int profile_parse(struct profile *p, const char *path, struct str text, struct err *err);

void profile_free(struct profile *p);
