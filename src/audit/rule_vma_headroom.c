/* vma-headroom: a process comes near to the most ranges that it may have (proc_sys_vm(5), max_map_count). */
#include <stdlib.h>

#include "audit/say.h"
#include "util/mem.h"

/* The group whose calls last changed most of the ranges; *ret_share: how many of a hundred. */
static uint64_t find_most(const struct moment *m, unsigned *ret_share)
{
	const struct ledger *l = m->audit->ledger;
	uint64_t *of = mem_alloc((l->groups.n + 1) * sizeof(*of)), all = 0, most = 0, by = 0;
	for (struct range *r = space_next(m->space, 0); r; r = space_next(m->space, r->end)) {
		const struct maker *maker = r->changed < l->makers_n ? &l->makers[r->changed] : NULL;
		all++;
		if (maker && maker->group && ++of[maker->group] > most) {
			most = of[maker->group];
			by = r->changed;
		}
	}
	free(of);
	*ret_share = all ? (unsigned)(most * 100 / all) : 0;
	return by;
}

static void call(const struct moment *m)
{
	uint64_t ranges = m->space->now[METRIC_VMAS], most = m->audit->max_map_count;
	if (!most || ranges * 100 <= most * m->use->limit || !m->process || m->process->near_limit)
		return;
	unsigned share;
	m->process->near_limit = true; /* looked into once */
	uint64_t by = find_most(m, &share);
	buf_fmt(say_begin(m), " has %llu of %llu ranges (vm.max_map_count), over %llu %%; %u %% of them were cut or made",
	    (unsigned long long)ranges, (unsigned long long)most, (unsigned long long)m->use->limit, share);
	say_maker(m, by);
	audit_find_at(m, by, STR(""), ranges * 100 / most);
}

const struct rule rule_vma_headroom = {.name = "vma-headroom",
    .what = "nearly as many ranges as vm.max_map_count allows",
    .limit = LIMIT_PERCENT,
    .limit_key = "over",
    .limit_default = 80,
    .call = call};
