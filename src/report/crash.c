#include "report/crash.h"

#include <signal.h>

#include "util/clock.h"

/* What a null pointer with an offset reaches: the kernel maps nothing so low (vm.mmap_min_addr). */
#define NULL_PAGE 65536

/* So far from the stack pointer a fault is one of the stack. */
#define NEAR_STACK (1U << 20)

static void put_bytes(struct buf *out, uint64_t bytes)
{
	buf_fmt(out, bytes == 1 ? "%llu byte" : "%llu bytes", (unsigned long long)bytes);
}

/* "3.2 ms earlier" */
static void put_ago(struct buf *out, uint64_t then, uint64_t now)
{
	uint64_t ago = now > then ? now - then : 0;
	if (ago < NSEC_PER_MSEC)
		buf_fmt(out, "%.1f us earlier", (double)ago / 1e3);
	else if (ago < NSEC_PER_SEC)
		buf_fmt(out, "%.1f ms earlier", (double)ago / 1e6);
	else
		buf_fmt(out, "%.1f s earlier", (double)ago / 1e9);
}

static void put_deed(
    const struct history *h, const struct deed *deed, const struct fault *fault, struct buf *out)
{
	if (!deed)
		return;
	buf_str(out, STR("; "));
	history_put(h, deed, out);
	buf_str(out, STR(", "));
	put_ago(out, deed->elapsed, fault->elapsed);
}

/* What was tried: the signal doesn't say, but what is allowed and where the code is do. */
static const char *access_of(const struct fault *fault, const struct range *r)
{
	if (fault->address == fault->ip)
		return "a jump";
	if (r && r->is & RANGE_READ && !(r->is & RANGE_WRITE))
		return "a write";
	return "an access";
}

static bool is_near(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) < NEAR_STACK;
}

/* The stack that the address is below of, if it's that of the thread. */
static const struct range *stack_above(struct address_space *space, const struct fault *fault)
{
	const struct range *r = space_next(space, fault->address);
	if (r && r->start <= fault->address && !(r->is & RANGE_ACCESS))
		r = space_next(space, r->end); /* a guard */
	if (!r || !is_near(fault->address, fault->sp) || !is_near(r->start, fault->sp))
		return NULL;
	return r->is & (RANGE_STACK | RANGE_GROWS | RANGE_THREAD_STACK) ? r : NULL;
}

static void put_range(const struct model *model, const struct range *r, struct buf *out)
{
	struct str name = model_name(model, r);
	buf_fmt(out, "%c%c%c%c memory", r->is & RANGE_READ ? 'r' : '-', r->is & RANGE_WRITE ? 'w' : '-',
	    r->is & RANGE_EXEC ? 'x' : '-', r->is & RANGE_SHARED ? 's' : 'p');
	if (name.len)
		buf_fmt(out, " of %.*s", (int)name.len, name.s);
}

static void put_unmapped(const struct history *h, const struct address_space *space,
    const struct fault *fault, struct buf *out)
{
	const struct deed *deed = history_last(h, space->id, fault->address);
	if (fault->address < NULL_PAGE)
		buf_fmt(out, "a null pointer%s", fault->address ? " and an offset" : "");
	else if (deed && (deed->kind == DEED_UNMAPPED || deed->kind == DEED_MOVED_AWAY))
		put_deed(h, deed, fault, out);
	else if (h->n == h->most) /* what is forgotten can't be ruled out */
		buf_str(out, STR("nothing is mapped there"));
	else
		buf_str(out, STR("nothing was ever mapped there"));
}

static void put_mapped(const struct model *model, const struct history *h,
    const struct address_space *space, const struct range *r, const struct fault *fault, struct buf *out)
{
	buf_str(out, STR("it is "));
	put_range(model, r, out);
	if (fault->signal == SIGBUS)
		buf_str(out, STR(", beyond the end of the file or of what the device holds"));
	put_deed(h, history_last(h, space->id, fault->address), fault, out);
}

static void put_where(const struct model *model, const struct history *h, struct address_space *space,
    const struct fault *fault, struct buf *out)
{
	const struct range *r = space_at(space, fault->address);
	const struct range *stack = stack_above(space, fault);
	if (stack && fault->address < stack->start) {
		buf_str(out, STR("stack overflow, "));
		put_bytes(out, stack->start - fault->address);
		buf_fmt(out, " below the stack of tid %lld", (long long)fault->tid);
		if (r)
			buf_str(out, STR(", in its guard page"));
		return;
	}
	size_t from = out->len;
	if (r)
		put_mapped(model, h, space, r, fault, out);
	else
		put_unmapped(h, space, fault, out);
	if (out->len > from + 2 && memcmp(out->data + from, "; ", 2) == 0) { /* nothing stands before it */
		memmove(out->data + from, out->data + from + 2, out->len - from - 2);
		out->len -= 2;
	}
}

void crash_explain(
    const struct model *model, const struct history *history, const struct event *ev, struct buf *out)
{
	const struct fault *fault = &ev->fault;
	struct address_space *space = model_space(model, ev->pid);
	const struct range *r = space ? space_at(space, fault->address) : NULL;
	bool general = fault->signal == SIGSEGV && fault->code != SEGV_MAPERR && fault->code != SEGV_ACCERR &&
	               fault->address == 0; /* SI_KERNEL: a non-canonical address, which isn't told */
	bool unaligned = fault->signal == SIGBUS && fault->code == BUS_ADRALN && fault->address == 0;
	if (general || unaligned) { /* the signal has no address */
		buf_fmt(out, "tid %lld died of %s", (long long)fault->tid,
		    general ? "SIGSEGV for an address that no memory can have, or an instruction that only the "
		              "kernel may use"
		            : "SIGBUS for an access that isn't aligned");
		return;
	}
	buf_fmt(out, "tid %lld died of %s for %s %s 0x%llx: ", (long long)fault->tid,
	    fault->signal == SIGBUS ? "SIGBUS" : "SIGSEGV", access_of(fault, r),
	    fault->address == fault->ip ? "to" : "at", (unsigned long long)fault->address);
	if (space)
		put_where(model, history, space, fault, out);
	else
		buf_str(out, STR("its address space isn't known"));
}
