/*
 * mdwe: what MemoryDenyWriteExecute= of systemd and PR_SET_MDWE(2const) would refuse: memory that is writable and
 * executable, and making memory executable that wasn't (include/linux/mman.h, map_deny_write_exec).
 */
#include <sys/mman.h>

#include "audit/say.h"
#include "decode/syscalls.h"

#define SHM_EXEC_FLAG   0100000
#define SHM_RDONLY_FLAG 010000

static void refuse(const struct moment *m, const char *what)
{
	struct buf *words = say_begin(m);
	buf_fmt(words, " would be refused under MDWE: %s", what);
	say_call(m);
	audit_find(m, STR(""), 0);
}

static bool gains_exec(const struct moment *m)
{
	struct span at = {m->ev->addr, m->ev->addr + m->ev->length};
	for (const struct range *r = space_next(m->space, at.start); r && r->start < at.end;
	     r = space_next(m->space, r->end)) {
		if (!(r->is & RANGE_EXEC))
			return true;
	}
	return false;
}

static void before(const struct moment *m)
{
	uint64_t prot = event_has(m->ev, F_prot) ? m->ev->prot.bits : 0;
	bool both = prot & PROT_WRITE && prot & PROT_EXEC;
	switch (m->ev->call_id) {
	case SYS_ID_mmap:
		if (both)
			refuse(m, "it maps memory writable and executable");
		break;
	case SYS_ID_mprotect:
	case SYS_ID_pkey_mprotect:
		if (both)
			refuse(m, "it makes memory writable and executable");
		else if (prot & PROT_EXEC && gains_exec(m))
			refuse(m, "it makes memory executable that wasn't");
		break;
	case SYS_ID_shmat:
		if (m->ev->flags.bits & SHM_EXEC_FLAG && !(m->ev->flags.bits & SHM_RDONLY_FLAG))
			refuse(m, "it maps memory writable and executable");
		break;
	default: break;
	}
}

const struct rule rule_mdwe = {
    .name = "mdwe", .what = "what MemoryDenyWriteExecute= and PR_SET_MDWE refuse", .before = before};
