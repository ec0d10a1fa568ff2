/* What calls come to, put together by whatever one wants to know of: who, where from, what. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "report/series.h"

struct group {
	uint64_t key;
	int call_id; /* of its first call; -1: none */
	uint32_t name, stack, path; /* numbers of the ledger's; 0: none */
	uint32_t process;           /* the first one's index */
	uint64_t length;            /* of its first call */
	uint64_t prot, flags;       /* likewise */
	uint64_t calls, failed;
	uint64_t mapped;            /* bytes, as the next ones: in all, */
	uint64_t live, peak;        /* not unmapped, and the most of it, */
	uint64_t churn;             /* unmapped again soon */
	uint64_t peak_at, first, last; /* ns */
	struct series series;       /* of live */
};

/* {0} is empty; freed with groups_free. Pointers hold until the next groups_of. */
struct groups {
	struct group *v;
	size_t n, size;
	uint32_t *slots; /* index + 1 */
	size_t slots_n;
};

/* groups_of - the index of the group of that key, made where there is none. */
uint32_t groups_of(struct groups *g, uint64_t key);

/* groups_find - the group of that key, or NULL. */
struct group *groups_find(const struct groups *g, uint64_t key);

/* groups_change - its live bytes change at `now`, by pieces that came `age` ns before. */
void groups_change(struct group *group, int64_t bytes, uint64_t age, uint64_t now);

/* groups_sort - the indices of all, the most of what lies at `offset` in struct group first; freed by the caller. */
uint32_t *groups_sort(const struct groups *g, size_t offset);

void groups_free(struct groups *g);
