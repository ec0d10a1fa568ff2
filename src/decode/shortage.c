#include "decode/shortage.h"

#include <errno.h>
#include <sys/mman.h>

#include "decode/syscalls.h"
#include "util/num.h"

/* What there is of addresses for a program: x86-64 and aarch64 with four levels of tables (Documentation/arch). */
#define ADDRESSES (1UL << 47)

/* How many bytes more the call wanted. */
static uint64_t asked_for(const struct raw *raw)
{
	const uint64_t *args = raw->args;
	switch (raw->call_id) {
	case SYS_ID_mmap: return args[1];
	case SYS_ID_mremap: return args[2] > args[1] ? args[2] - args[1] : 0;
	default: return 0;
	}
}

static bool is_data(const struct raw *raw)
{
	const uint64_t *args = raw->args;
	return raw->call_id == SYS_ID_mremap ||
	       (raw->call_id == SYS_ID_mmap && args[2] & PROT_WRITE && args[3] & MAP_PRIVATE);
}

static bool over(
    const char *name, uint64_t used, uint64_t most, uint64_t more, struct buf *out)
{
	if (most == UINT64_MAX || (used + more <= most && used + more >= used))
		return false;
	buf_fmt(out, "over %s: ", name);
	num_put_size(out, used);
	buf_str(out, STR(" of "));
	num_put_size(out, most);
	buf_str(out, STR(", and "));
	num_put_size(out, more);
	buf_str(out, STR(" asked for"));
	return true;
}

/* The checks of mm/mmap.c, do_mmap, and of those that it calls, in their order. */
static void explain_enomem(const struct raw *raw, struct buf *out)
{
	const struct raw_limits *l = &raw->limits;
	uint64_t more = asked_for(raw);
	if (more > ADDRESSES) {
		buf_str(out, STR("more than there are addresses: "));
		num_put_size(out, more);
		return;
	}
	/* What is cut out of the middle of one makes two more; [vsyscall] is shown and doesn't count. */
	if (l->max_map_count && l->ranges + 1 >= l->max_map_count) {
		buf_fmt(out, "%llu of %llu ranges (vm.max_map_count)", (unsigned long long)l->ranges,
		    (unsigned long long)l->max_map_count);
		return;
	}
	if (over("RLIMIT_AS", l->vm_size, l->rlimit_as, more, out) ||
	    (is_data(raw) && over("RLIMIT_DATA", l->vm_data, l->rlimit_data, more, out)))
		return;
	if (l->overcommit == 2 && over("what vm.overcommit_memory=2 commits", l->committed, l->commit_limit, more, out))
		return;
	if (l->overcommit == 0 && is_data(raw) && more > l->total) {
		buf_str(out, STR("more than all memory and swap, "));
		num_put_size(out, l->total);
		buf_str(out, STR(", which vm.overcommit_memory=0 refuses"));
		return;
	}
	over("the cgroup's memory.max", l->cgroup_used, l->cgroup_max, more, out);
}

void shortage_explain(const struct raw *raw, struct buf *out)
{
	const struct raw_limits *l = &raw->limits;
	if (!l->known)
		return;
	if (raw->ret == -EAGAIN)
		over("RLIMIT_MEMLOCK", l->vm_locked, l->rlimit_memlock, asked_for(raw), out);
	if (raw->ret == -ENOMEM)
		explain_enomem(raw, out);
}
