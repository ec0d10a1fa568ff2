#include "model/apply.h"

#include <linux/mman.h>
#include <sys/mman.h>

#include "decode/syscalls.h"

/* A page for MAP_HUGETLB where none is named: the usual default. */
#define HUGE_DEFAULT (2UL << 20)

static uint64_t round_up(uint64_t value, uint64_t unit)
{
	return (value + unit - 1) & ~(unit - 1);
}

static unsigned access_of(uint64_t prot)
{
	return (prot & PROT_READ ? RANGE_READ : 0) | (prot & PROT_WRITE ? RANGE_WRITE : 0) |
	       (prot & PROT_EXEC ? RANGE_EXEC : 0);
}

static bool begins(struct str text, struct str with)
{
	return text.len >= with.len && str_eq((struct str){text.s, with.len}, with);
}

/* Whether what is mapped is on no disk: memfd, shm, SysV, shared anonymous memory. */
static bool is_object(struct str path)
{
	return begins(path, STR("/memfd:")) || begins(path, STR("/SYSV")) ||
	       begins(path, STR("/dev/zero")) || begins(path, STR("/dev/shm/")) ||
	       begins(path, STR("anon_inode:"));
}

static struct range describe(const struct event *ev, uint64_t by)
{
	struct range r = {.born = by, .changed = by};
	if (!event_has(ev, F_inode) || !(ev->inode || ev->dev))
		return r;
	r.dev = ev->dev;
	r.inode = ev->inode;
	r.is = event_has(ev, F_path) && is_object(ev->path) ? RANGE_OBJECT : RANGE_FILE;
	return r;
}

static void apply_mmap(struct address_space *s, const struct event *ev, uint64_t page, uint64_t by)
{
	uint64_t flags = ev->flags.bits, unit = page;
	struct range r = describe(ev, by);
	if (r.inode || r.dev)
		r.offset = event_has(ev, F_offset) ? ev->offset : 0;
	r.is |= access_of(ev->prot.bits);
	if (flags & MAP_SHARED) /* the lowest bit of MAP_SHARED_VALIDATE, too */
		r.is |= RANGE_SHARED;
	if (flags & MAP_ANONYMOUS && flags & (MAP_SHARED | MAP_HUGETLB)) {
		r.is |= RANGE_OBJECT;
		r.dev = DEV_UNNAMED;
		r.inode = by;
	}
	if (r.is & RANGE_WRITE)
		r.is |= RANGE_WRITTEN | (flags & MAP_NORESERVE ? RANGE_NORESERVE : 0);
	if (flags & MAP_HUGETLB) {
		unsigned shift = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
		unit = shift ? 1UL << shift : HUGE_DEFAULT;
	}
	space_put(s, ev->ret.value, ev->ret.value + round_up(ev->length, unit), &r);
}

static void apply_brk(struct address_space *s, const struct event *ev, uint64_t page, uint64_t by)
{
	uint64_t now = ev->ret.value, before = s->brk;
	struct range heap = {.born = by, .changed = by,
	    .is = RANGE_READ | RANGE_WRITE | RANGE_WRITTEN | RANGE_HEAP};
	s->brk = now;
	if (!before)
		return;
	uint64_t end = round_up(now, page), old = round_up(before, page);
	if (end > old)
		space_put(s, old, end, &heap);
	else
		space_cut(s, end, old);
}

static void apply_mremap(struct address_space *s, const struct event *ev, uint64_t page)
{
	uint64_t length = round_up(ev->length, page), size = round_up(ev->new_length, page);
	uint64_t from = ev->addr, to = ev->ret.value;
	const struct range *source = space_at(s, from);
	if (!source)
		return;
	if (!length) { /* another mapping of the same: mremap(2), "old_size is zero" */
		struct range copy = *source;
		copy.offset += copy.inode ? from - copy.start : 0;
		space_put(s, to, to + size, &copy);
	} else if (to != from) {
		space_move(s, from, length, to, size, ev->flags.bits & MREMAP_DONTUNMAP);
	} else if (size < length) {
		space_cut(s, from + size, from + length);
	} else if (size > length) {
		struct range more = *space_at(s, from + length - 1);
		more.offset += more.inode ? from + length - more.start : 0;
		space_put(s, from + length, from + size, &more);
	}
}

static void apply_shmat(struct address_space *s, const struct event *ev, uint64_t by)
{
	struct range r = describe(ev, by);
	if (!event_has(ev, F_length))
		return;
	r.is = RANGE_SHARED | RANGE_OBJECT | RANGE_READ;
	r.is |= ev->flags.bits & 010000 ? 0 : RANGE_WRITE | RANGE_WRITTEN;  /* SHM_RDONLY */
	r.is |= ev->flags.bits & 0100000 ? RANGE_EXEC : 0;                  /* SHM_EXEC */
	space_put(s, ev->ret.value, ev->ret.value + ev->length, &r);
}

/* All that is left of that attachment, wherever it was cut: ipc/shm.c, ksys_shmdt. */
static void apply_shmdt(struct address_space *s, const struct event *ev)
{
	uint64_t base = ev->addr;
	const struct range *first = space_next(s, base);
	while (first && !(first->is & RANGE_OBJECT && first->start - base == first->offset))
		first = space_next(s, first->end);
	if (!first)
		return;
	uint64_t dev = first->dev, inode = first->inode;
	for (struct range *r = space_next(s, base), *next; r; r = next) {
		uint64_t start = r->start, end = r->end;
		bool its = r->dev == dev && r->inode == inode && start - base == r->offset;
		if (its)
			space_cut(s, start, end);
		next = space_next(s, end);
	}
}

static void apply_remap_file_pages(
    struct address_space *s, const struct event *ev, uint64_t page, uint64_t by)
{
	const struct range *r = space_at(s, ev->addr);
	if (!r)
		return;
	struct range other = *r;
	other.offset = ev->offset;
	other.changed = by;
	uint64_t start = ev->addr & ~(page - 1); /* both are rounded down: mm/mmap.c */
	space_put(s, start, start + (ev->length & ~(page - 1)), &other);
}

static void apply_mprotect(
    struct address_space *s, const struct event *ev, uint64_t page, uint64_t by)
{
	uint64_t start = ev->addr, end = ev->addr + round_up(ev->length, page);
	if (ev->prot.bits & PROT_GROWSDOWN) { /* from where the range begins: mprotect(2) */
		const struct range *r = space_at(s, start);
		start = r ? r->start : start;
	}
	space_protect(s, start, end, access_of(ev->prot.bits), by);
}

static void apply_shadow_stack(
    struct address_space *s, const struct event *ev, uint64_t page, uint64_t by)
{
	struct range r = {.born = by, .changed = by, .is = RANGE_READ | RANGE_WRITE | RANGE_WRITTEN};
	space_put(s, ev->ret.value, ev->ret.value + round_up(ev->length, page), &r);
}

void apply_call(struct address_space *s, const struct event *ev, uint64_t page, uint64_t by)
{
	if (event_has(ev, F_error) || ev->ret.kind == RET_NULL)
		return;
	uint64_t length = event_has(ev, F_length) ? round_up(ev->length, page) : 0;
	switch (ev->call_id) {
	case SYS_ID_brk: apply_brk(s, ev, page, by); break;
	case SYS_ID_mmap: apply_mmap(s, ev, page, by); break;
	case SYS_ID_munmap: space_cut(s, ev->addr, ev->addr + length); break;
	case SYS_ID_mprotect:
	case SYS_ID_pkey_mprotect: apply_mprotect(s, ev, page, by); break;
	case SYS_ID_mremap: apply_mremap(s, ev, page); break;
	case SYS_ID_shmat: apply_shmat(s, ev, by); break;
	case SYS_ID_shmdt: apply_shmdt(s, ev); break;
	case SYS_ID_remap_file_pages: apply_remap_file_pages(s, ev, page, by); break;
	case SYS_ID_map_shadow_stack: apply_shadow_stack(s, ev, page, by); break;
	default: break;
	}
}
