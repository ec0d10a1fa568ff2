#include "model/apply.h"

#include <linux/mman.h>
#include <stdio.h>
#include <sys/mman.h>

#include "decode/syscalls.h"
#include "model/truth.h"

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

/* [start, start + length) in whole units. */
static struct span span_of(uint64_t start, uint64_t length, uint64_t unit)
{
	return (struct span){start, start + round_up(length, unit)};
}

static struct range describe(const struct apply *a)
{
	const struct event *ev = a->ev;
	struct range r = {.born = a->by, .changed = a->by};
	if (!event_has(ev, F_inode) || !(ev->inode || ev->dev))
		return r;
	r.dev = ev->dev;
	r.inode = ev->inode;
	r.is = event_has(ev, F_path) ? truth_kind(ev->path) : RANGE_FILE;
	r.is |= event_has(ev, F_deleted) && ev->deleted && r.is & RANGE_FILE ? RANGE_DELETED : 0;
	r.name = event_has(ev, F_path) ? intern_add(a->names, ev->path) : 0;
	return r;
}

/*
 * Where there's a hole in what a caller named and something above it grows by itself, it may have grown into that,
 * and a part of it is then cut off or changed.
 */
static void suspect_growth(struct apply *a, struct span at)
{
	const struct range *r = space_next(a->space, at.start);
	for (uint64_t p = at.start; r && p < at.end; r = space_next(a->space, p)) {
		a->unsure |= r->start > p && r->is & RANGE_GROWS;
		p = r->end;
	}
}

static void put(struct apply *a, struct span at, const struct range *r)
{
	a->touched[0] = at;
	space_put(a->space, at.start, at.end, r);
}

static void cut(struct apply *a, struct span at)
{
	a->touched[0] = at;
	space_cut(a->space, at.start, at.end);
}

/*
 * What a range is for, where the way it's mapped tells: pthread_create(3) asks for MAP_STACK; glibc's malloc for
 * heaps of HEAP_MAX_SIZE, or twice that to cut an aligned one out of it (malloc/arena.c, new_heap).
 */
#define HEAP_MAX_SIZE (64UL << 20)

static unsigned purpose_of(const struct event *ev)
{
	uint64_t flags = ev->flags.bits;
	if (!(flags & MAP_ANONYMOUS) || flags & MAP_SHARED)
		return 0;
	if (flags & MAP_STACK)
		return RANGE_THREAD_STACK;
	bool heap = ev->length == HEAP_MAX_SIZE || ev->length == 2 * HEAP_MAX_SIZE;
	return heap && flags & MAP_NORESERVE && !ev->prot.bits ? RANGE_ARENA : 0;
}

static void apply_mmap(struct apply *a)
{
	const struct event *ev = a->ev;
	uint64_t flags = ev->flags.bits, unit = a->page;
	struct range r = describe(a);
	if (r.inode || r.dev)
		r.offset = event_has(ev, F_offset) ? ev->offset : 0;
	r.is |= access_of(ev->prot.bits);
	if (flags & MAP_SHARED) /* the lowest bit of MAP_SHARED_VALIDATE, too */
		r.is |= RANGE_SHARED;
	if (event_has(ev, F_path))
		truth_settle(&r, ev->path);
	if (flags & MAP_ANONYMOUS && flags & (MAP_SHARED | MAP_HUGETLB)) {
		r.is |= RANGE_OBJECT;
		r.dev = DEV_UNNAMED;
		r.inode = a->by;
	}
	r.is |= purpose_of(ev) | (flags & MAP_GROWSDOWN ? RANGE_GROWS : 0);
	if (r.is & RANGE_WRITE)
		r.is |= RANGE_WRITTEN | (flags & MAP_NORESERVE ? RANGE_NORESERVE : 0);
	if (flags & MAP_HUGETLB) {
		unsigned shift = flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
		unit = shift ? 1UL << shift : HUGE_DEFAULT;
	}
	struct span at = span_of(ev->ret.value, ev->length, unit);
	if (flags & MAP_FIXED)
		suspect_growth(a, at);
	put(a, at, &r);
}

static void apply_brk(struct apply *a)
{
	uint64_t now = a->ev->ret.value, before = a->space->brk;
	struct range heap = {.born = a->by, .changed = a->by,
	    .is = RANGE_READ | RANGE_WRITE | RANGE_WRITTEN | RANGE_HEAP,
	    .name = intern_add(a->names, STR("[heap]"))};
	a->space->brk = now;
	if (!before) {
		a->unsure |= now == a->ev->addr; /* it may have grown, from where isn't known */
		return;
	}
	uint64_t end = round_up(now, a->page), old = round_up(before, a->page);
	if (end > old)
		put(a, (struct span){old, end}, &heap);
	else if (end < old)
		cut(a, (struct span){end, old});
}

static void apply_mremap(struct apply *a)
{
	const struct event *ev = a->ev;
	struct address_space *s = a->space;
	uint64_t length = round_up(ev->length, a->page), size = round_up(ev->new_length, a->page);
	uint64_t from = ev->addr, to = ev->ret.value;
	const struct range *source = space_at(s, from);
	if (!source)
		return;
	a->touched[0] = (struct span){to, to + (size > length ? size : length)};
	if (ev->flags.bits & MREMAP_FIXED)
		suspect_growth(a, (struct span){to, to + size});
	if (to != from)
		a->touched[1] = (struct span){from, from + length};
	if (!length) { /* another mapping of the same: mremap(2), "old_size is zero" */
		struct range copy = *source;
		copy.offset += copy.inode ? from - copy.start : 0;
		space_put(s, to, to + size, &copy);
	} else if (to != from) {
		space_move(s, from, length, to, size, ev->flags.bits & MREMAP_DONTUNMAP);
	} else if (size < length) {
		space_cut(s, from + size, from + length);
	} else if (size > length) {
		const struct range *last = space_at(s, from + length - 1);
		if (!last) /* the kernel grows no hole; what a damaged trace says does nothing */
			return;
		struct range more = *last;
		more.offset += more.inode ? from + length - more.start : 0;
		space_put(s, from + length, from + size, &more);
	}
}

static void apply_shmat(struct apply *a)
{
	const struct event *ev = a->ev;
	struct range r = describe(a);
	if (!event_has(ev, F_length))
		return;
	r.is = RANGE_SHARED | RANGE_OBJECT | RANGE_SYSV | RANGE_READ;
	r.is |= ev->flags.bits & 010000 ? 0 : RANGE_WRITE | RANGE_WRITTEN;  /* SHM_RDONLY */
	r.is |= ev->flags.bits & 0100000 ? RANGE_EXEC : 0;                  /* SHM_EXEC */
	r.segment = ev->length / a->page < UINT32_MAX ? (uint32_t)(ev->length / a->page) : 0;
	put(a, span_of(ev->ret.value, ev->length, 1), &r);
}

/* Whether `r` is a piece of an attachment at `base`, by what of the segment it shows; of `its`, if known. */
static bool is_attached(const struct range *r, uint64_t base, const struct range *its)
{
	return r->is & RANGE_SYSV && r->start - base == r->offset &&
	       (!its->end || (r->inode == its->inode && r->born == its->born));
}

/* Where a piece ends for the kernel, to which neighbours with the same protection are one. */
static uint64_t end_of_piece(struct address_space *s, const struct range *piece, uint64_t base)
{
	uint64_t end = piece->end;
	for (const struct range *r; (r = space_at(s, end)); end = r->end) {
		if (!is_attached(r, base, piece) || (r->is ^ piece->is) & RANGE_ACCESS)
			break;
	}
	return end;
}

/*
 * All that is left of an attachment, wherever it was cut: ipc/shm.c, ksys_shmdt. Its first piece tells which one
 * it is, as pieces of others, even of the same segment, can lie as if they were its own. Others are looked for
 * as far as the segment is long, which moved pieces may go beyond.
 */
static void apply_shmdt(struct apply *a)
{
	struct address_space *s = a->space;
	struct range its = {0};
	uint64_t base = a->ev->addr, end;
	for (const struct range *r = space_next(s, base); r; r = space_next(s, end)) {
		end = r->end;
		if (!is_attached(r, base, &its))
			continue;
		end = end_of_piece(s, r, base);
		if (its.end && its.segment && end - base > its.segment * a->page)
			return;
		its = its.end ? its : *r;
		if (a->touched[0].start == a->touched[0].end)
			a->touched[0].start = r->start;
		a->touched[0].end = end;
		space_cut(s, r->start, end);
	}
}

/* The ring of io_setup(2), which isn't inherited: fs/aio.c, aio_setup_ring. */
static void apply_io_setup(struct apply *a)
{
	struct range r = describe(a);
	r.is |= RANGE_SHARED | RANGE_READ | RANGE_WRITE | RANGE_WRITTEN | RANGE_UNFORKED;
	if (event_has(a->ev, F_length))
		put(a, span_of(a->ev->addr, a->ev->length, a->page), &r);
}

static void apply_io_destroy(struct apply *a)
{
	const struct range *r = space_at(a->space, a->ev->addr);
	if (r)
		cut(a, (struct span){r->start, r->end});
}

static void apply_remap_file_pages(struct apply *a)
{
	const struct event *ev = a->ev;
	const struct range *r = space_at(a->space, ev->addr);
	if (!r)
		return;
	struct range other = *r;
	other.offset = ev->offset;
	other.changed = a->by;
	uint64_t start = ev->addr & ~(a->page - 1); /* both are rounded down: mm/mmap.c */
	put(a, span_of(start, ev->length & ~(a->page - 1), 1), &other);
}

static void apply_mprotect(struct apply *a)
{
	const struct event *ev = a->ev;
	struct span at = span_of(ev->addr, ev->length, a->page);
	if (ev->prot.bits & PROT_GROWSDOWN) { /* from where the range begins: mprotect(2) */
		const struct range *r = space_at(a->space, at.start);
		at.start = r ? r->start : at.start;
	}
	a->touched[0] = at;
	suspect_growth(a, at);
	space_protect(a->space, at.start, at.end, access_of(ev->prot.bits), a->by);
}

static void apply_munmap(struct apply *a)
{
	struct span at = span_of(a->ev->addr, a->ev->length, a->page);
	suspect_growth(a, at);
	cut(a, at);
}

static void apply_shadow_stack(struct apply *a)
{
	struct range r = {.born = a->by, .changed = a->by,
	    .is = RANGE_READ | RANGE_WRITE | RANGE_WRITTEN};
	put(a, span_of(a->ev->ret.value, a->ev->length, a->page), &r);
}

/* Names stay; what mustn't be inherited is of no concern until a fork. */
static void apply_madvise(struct apply *a)
{
	struct span at = span_of(a->ev->addr, a->ev->length, a->page);
	bool not = str_is(a->ev->advice, "MADV_DONTFORK");
	if (!not && !str_is(a->ev->advice, "MADV_DOFORK"))
		return;
	for (struct range *r = space_next(a->space, at.start); r && r->start < at.end;) {
		uint64_t end = r->end < at.end ? r->end : at.end;
		uint64_t start = r->start > at.start ? r->start : at.start;
		space_mark(a->space, start, end, not ? RANGE_UNFORKED : 0, not ? 0 : RANGE_UNFORKED, r->name);
		r = space_next(a->space, end);
	}
}

/* PR_SET_VMA(2const): without a name, the one it has goes. */
static void apply_prctl(struct apply *a)
{
	struct span at = span_of(a->ev->addr, a->ev->length, a->page);
	char text[128];
	struct str name = event_has(a->ev, F_name) ? a->ev->name : (struct str){0};
	if (!str_is(a->ev->option, "PR_SET_VMA"))
		return;
	int len = snprintf(text, sizeof(text), "[anon:%.*s]", (int)(name.len < 100 ? name.len : 100), name.s);
	space_mark(a->space, at.start, at.end, name.len ? RANGE_NAMED : 0, name.len ? 0 : RANGE_NAMED,
	    name.len ? intern_add(a->names, (struct str){text, (size_t)len}) : 0);
}

/* Those that go on behind a hole, and then tell of it (mm/madvise.c, madvise_walk_vmas). */
static bool is_done(const struct event *ev)
{
	bool walks = ev->call_id == SYS_ID_madvise || ev->call_id == SYS_ID_prctl;
	return !event_has(ev, F_error) || (walks && str_is(ev->error, "ENOMEM"));
}

void apply_call(struct apply *a)
{
	const struct event *ev = a->ev;
	a->touched[0] = a->touched[1] = (struct span){0, 0};
	a->unsure = false;
	if (!is_done(ev) || ev->ret.kind == RET_NULL)
		return;
	switch (ev->call_id) {
	case SYS_ID_brk: apply_brk(a); break;
	case SYS_ID_mmap: apply_mmap(a); break;
	case SYS_ID_munmap: apply_munmap(a); break;
	case SYS_ID_mprotect:
	case SYS_ID_pkey_mprotect: apply_mprotect(a); break;
	case SYS_ID_mremap: apply_mremap(a); break;
	case SYS_ID_shmat: apply_shmat(a); break;
	case SYS_ID_shmdt: apply_shmdt(a); break;
	case SYS_ID_io_setup: apply_io_setup(a); break;
	case SYS_ID_io_destroy: apply_io_destroy(a); break;
	case SYS_ID_madvise: apply_madvise(a); break;
	case SYS_ID_prctl: apply_prctl(a); break;
	case SYS_ID_remap_file_pages: apply_remap_file_pages(a); break;
	case SYS_ID_map_shadow_stack: apply_shadow_stack(a); break;
	default: break;
	}
}
