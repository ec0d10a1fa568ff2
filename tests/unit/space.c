/* src/model/space.c: beside a list of single pages, which anyone can follow */
#include "model/space.h"

#include <stdlib.h>

#include "unit.h"

#define PAGE  4096UL
#define PAGES 96U

struct page {
	unsigned is;
	uint64_t inode, offset, born;
	bool mapped;
};

struct pages {
	struct page v[PAGES];
};

static struct range random_kind(uint64_t *random, uint64_t by)
{
	static const unsigned kinds[] = {0, RANGE_FILE, RANGE_OBJECT | RANGE_SHARED, RANGE_FILE | RANGE_SHARED};
	struct range r = {.born = by, .changed = by};
	r.is = kinds[unit_below(random, 4)] | unit_below(random, 8);
	if (r.is & (RANGE_FILE | RANGE_OBJECT)) {
		r.dev = 1;
		r.inode = 1 + unit_below(random, 2);
		r.offset = unit_below(random, 4) * PAGE;
	}
	r.is |= r.is & RANGE_WRITE ? RANGE_WRITTEN : 0;
	if (!r.inode && r.is & RANGE_WRITE && unit_below(random, 4) == 0)
		r.is |= RANGE_NORESERVE;
	return r;
}

static void put(struct pages *p, unsigned from, unsigned to, const struct range *like)
{
	for (unsigned i = from; i < to; i++)
		p->v[i] = (struct page){like->is, like->inode,
		    like->inode ? like->offset + (i - from) * PAGE : 0, like->born, true};
}

static void protect(struct pages *p, unsigned from, unsigned to, unsigned access)
{
	for (unsigned i = from; i < to; i++) {
		if (!p->v[i].mapped)
			continue;
		p->v[i].is = (p->v[i].is & ~(unsigned)RANGE_ACCESS) | access;
		p->v[i].is |= access & RANGE_WRITE ? RANGE_WRITTEN : 0;
	}
}

static void move(struct pages *p, unsigned from, unsigned n, unsigned to, bool keep)
{
	struct pages before = *p;
	for (unsigned i = 0; i < n && !keep; i++)
		p->v[from + i].mapped = false;
	for (unsigned i = 0; i < n; i++) {
		if (before.v[from + i].mapped)
			p->v[to + i] = before.v[from + i];
	}
}

/* Whether the kernel has two neighbouring pages in one range. */
static bool joined(const struct page *a, const struct page *b)
{
	const unsigned same = ~(unsigned)RANGE_WRITTEN;
	return a->mapped && b->mapped && !((a->is ^ b->is) & same) && a->inode == b->inode &&
	       (!a->inode || a->offset + PAGE == b->offset);
}

static void assert_same(struct address_space *s, const struct pages *p)
{
	uint64_t want[METRICS] = {0};
	for (unsigned i = 0; i < PAGES; i++) {
		const struct page *page = &p->v[i];
		const struct range *r = space_at(s, i * PAGE);
		ck_assert_int_eq(r != NULL, page->mapped);
		if (!r)
			continue;
		ck_assert_uint_eq(r->is, page->is);
		ck_assert_uint_eq(r->inode, page->inode);
		ck_assert_uint_eq(r->born, page->born);
		if (r->inode)
			ck_assert_uint_eq(r->offset + (i * PAGE - r->start), page->offset);
		bool shared = page->is & RANGE_SHARED, written = page->is & RANGE_WRITTEN;
		bool kept = page->is & RANGE_NORESERVE;
		want[METRIC_MAPPED] += PAGE;
		want[METRIC_COMMITTED] += (shared ? page->is & RANGE_OBJECT : written && !kept) ? PAGE : 0;
		want[METRIC_RESERVED] +=
		    !shared && (kept || !(page->is & (RANGE_ACCESS | RANGE_WRITTEN | RANGE_FILE))) ? PAGE : 0;
		want[METRIC_FILE] += page->is & RANGE_FILE ? PAGE : 0;
		want[METRIC_SHARED] += shared ? PAGE : 0;
		want[METRIC_EXEC] += page->is & RANGE_EXEC ? PAGE : 0;
		want[METRIC_VMAS] += !i || !joined(&p->v[i - 1], page);
	}
	for (unsigned i = 0; i < METRICS; i++)
		unit_check(s->now[i] == want[i], "metric %u is %llu, not %llu", i,
		    (unsigned long long)s->now[i], (unsigned long long)want[i]);
}

static void change(struct address_space *s, struct pages *p, uint64_t *random, uint64_t by)
{
	unsigned from = unit_below(random, PAGES), n = 1 + unit_below(random, PAGES - from);
	struct range kind = random_kind(random, by);
	if (unit_below(random, 3))
		n = n > 6 ? 1 + n % 6 : n;
	switch (unit_below(random, 5)) {
	case 0:
	case 1:
		space_put(s, from * PAGE, (from + n) * PAGE, &kind);
		put(p, from, from + n, &kind);
		break;
	case 2:
		space_cut(s, from * PAGE, (from + n) * PAGE);
		for (unsigned i = from; i < from + n; i++)
			p->v[i].mapped = false;
		break;
	case 3:
		space_protect(s, from * PAGE, (from + n) * PAGE, kind.is & RANGE_ACCESS, by);
		protect(p, from, from + n, kind.is & RANGE_ACCESS);
		break;
	default: {
		unsigned to = unit_below(random, PAGES - n + 1);
		bool keep = unit_below(random, 4) == 0;
		if (to < from + n && from < to + n)
			break; /* mremap(2) takes none that overlap */
		if (!p->v[from].mapped)
			break; /* holes come later or not at all, likewise */
		space_move(s, from * PAGE, n * PAGE, to * PAGE, n * PAGE, keep);
		move(p, from, n, to, keep);
	}
	}
}

START_TEST(random_changes)
{
	uint64_t random = 88172645463325252ULL + (uint64_t)_i;
	struct address_space *s = space_new();
	struct pages pages = {0};
	for (unsigned i = 0; i < 400; i++) {
		change(s, &pages, &random, i + 1);
		assert_same(s, &pages);
		if (i % 64 == 0) {
			struct address_space *copy = space_copy(s);
			assert_same(copy, &pages);
			space_free(copy);
		}
	}
	space_free(s);
}
END_TEST

START_TEST(moves_grow_and_shrink)
{
	struct address_space *s = space_new();
	struct range heap = {.is = RANGE_READ | RANGE_WRITE | RANGE_WRITTEN, .born = 1};
	space_put(s, 0x10000, 0x14000, &heap);
	space_move(s, 0x10000, 0x4000, 0x40000, 0x8000, false);
	ck_assert_ptr_null(space_at(s, 0x10000));
	ck_assert_uint_eq(space_at(s, 0x40000)->end, 0x48000);
	space_move(s, 0x40000, 0x8000, 0x80000, 0x2000, false);
	ck_assert_uint_eq(s->now[METRIC_MAPPED], 0x2000);
	ck_assert_uint_eq(space_at(s, 0x81fff)->end, 0x82000);
	ck_assert_uint_eq(s->now[METRIC_VMAS], 1);
	space_free(s);
}
END_TEST

/* Linux 6.17 on moves several ranges at once, one by one (mm/mremap.c, remap_move). */
START_TEST(moves_leave_what_holes_fall_on)
{
	struct address_space *s = space_new();
	struct range r = {.is = RANGE_READ, .born = 1};
	space_put(s, 0x10000, 0x12000, &r);
	space_put(s, 0x14000, 0x15000, &r);
	r.is = RANGE_EXEC;
	space_put(s, 0x40000, 0x48000, &r);
	space_move(s, 0x10000, 0x6000, 0x40000, 0x6000, false);
	ck_assert_ptr_null(space_at(s, 0x14000));
	ck_assert_uint_eq(space_at(s, 0x41000)->is, RANGE_READ);
	ck_assert_uint_eq(space_at(s, 0x42000)->is, RANGE_EXEC);
	ck_assert_uint_eq(space_at(s, 0x42000)->end, 0x44000);
	ck_assert_uint_eq(space_at(s, 0x44000)->is, RANGE_READ);
	ck_assert_uint_eq(space_at(s, 0x45000)->is, RANGE_EXEC);
	ck_assert_uint_eq(s->now[METRIC_MAPPED], 0x8000);
	space_free(s);
}
END_TEST

START_TEST(nothing_changes_nothing)
{
	struct address_space *s = space_new();
	struct range r = {.is = RANGE_READ, .born = 1, .changed = 1};
	space_put(s, 0x10000, 0x20000, &r);
	space_protect(s, 0x11000, 0x12000, RANGE_READ, 2);
	ck_assert_uint_eq(s->n, 1); /* not even split */
	space_cut(s, 0x11000, 0x11000);
	space_put(s, 0x11000, 0x11000, &r);
	space_protect(s, 0x30000, 0x40000, RANGE_WRITE, 2);
	ck_assert_uint_eq(s->n, 1);
	ck_assert_uint_eq(space_at(s, 0x11000)->changed, 1);
	space_free(s);
	space_free(NULL);
}
END_TEST

/* As no kernel has, but a trace can tell of; make VARIANT=asan sees what overflows. */
START_TEST(whole_spaces_are_counted)
{
	struct address_space *s = space_new();
	struct pieces pieces = {0};
	struct range r = {.is = RANGE_READ, .born = 1};
	s->pieces = &pieces;
	space_put(s, 0, 0x6000000000000000, &r);
	space_put(s, 0x8000000000000000, 0xe000000000000000, &r);
	ck_assert_uint_eq(pieces.n, 1);
	ck_assert_uint_eq((uint64_t)pieces.v[0].bytes, 0xc000000000000000);
	space_cut(s, 0, UINT64_MAX);
	ck_assert_uint_eq(pieces.n, 0);
	free(pieces.v);
	space_free(s);
}
END_TEST

TEST_SUITE(space)
{
	TEST_LOOP(random_changes, 40);
	TEST(moves_grow_and_shrink);
	TEST(moves_leave_what_holes_fall_on);
	TEST(nothing_changes_nothing);
	TEST(whole_spaces_are_counted);
}
