#include "report/site.h"

#include "decode/syscalls.h"

uint64_t site_mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

uint64_t site_key(const struct event *ev, uint32_t stack, uint64_t path)
{
	uint64_t key = site_mix(1, (uint64_t)ev->call_id);
	if (stack)
		return site_mix(key, stack);
	key = site_mix(key, event_has(ev, F_length) ? ev->length : 0);
	key = site_mix(key, event_has(ev, F_prot) ? ev->prot.bits : 0);
	key = site_mix(key, event_has(ev, F_flags) ? ev->flags.bits : 0);
	return site_mix(key, path);
}

void site_count(struct group *group, const struct event *ev)
{
	if (!group->calls) {
		group->call_id = ev->call_id;
		group->length = event_has(ev, F_length) ? ev->length : 0;
		group->prot = event_has(ev, F_prot) ? ev->prot.bits : 0;
		group->flags = event_has(ev, F_flags) ? ev->flags.bits : 0;
		group->first = ev->elapsed;
	}
	group->calls++;
	group->failed += event_has(ev, F_error);
	group->last = ev->elapsed;
}

static void put_arguments(const struct group *group, struct str path, struct buf *out)
{
	buf_fmt(out, "%s", syscalls[group->call_id].name);
	if (group->length)
		buf_fmt(out, " %llu", (unsigned long long)group->length);
	if (group->call_id == SYS_ID_mmap || group->call_id == SYS_ID_mprotect)
		buf_fmt(out, " %c%c%c", group->prot & 1 ? 'r' : '-', group->prot & 2 ? 'w' : '-',
		    group->prot & 4 ? 'x' : '-');
	if (path.len)
		buf_fmt(out, " %.*s", (int)path.len, path.s);
	else if (group->flags & 0x20000 && group->call_id == SYS_ID_mmap)
		buf_str(out, STR(" thread stack"));
	else if (group->call_id == SYS_ID_mmap)
		buf_str(out, STR(" anonymous"));
}

void site_put(const struct group *group, struct str path, struct frame_list stack, struct buf *out)
{
	const struct frame *site = stacks_site(stack);
	if (site)
		stacks_put_frame(out, site);
	else
		put_arguments(group, path, out);
}
