/* vma-headroom: a process comes near to the most ranges that it may have (proc_sys_vm(5), max_map_count). */
#include "audit/say.h"

static void call(const struct moment *m)
{
	uint64_t ranges = m->space->now[METRIC_VMAS], most = m->audit->max_map_count;
	if (!most || ranges * 100 <= most * m->use->limit || !m->process || m->process->near_limit)
		return;
	unsigned share;
	m->process->near_limit = true; /* looked into once */
	uint64_t by = say_most(m, &share);
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
