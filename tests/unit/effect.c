/* src/decode/effect.c */
#include "decode/effect.h"

#include <errno.h>
#include <linux/mman.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "unit.h"

#define ARGS(...) ((const uint64_t[6]){__VA_ARGS__})
#define NONE      ((struct span){0, 0})

static void assert_span(struct span got, uint64_t start, uint64_t end)
{
	if (start == end)
		ck_assert_uint_eq(got.start, got.end);
	else
		ck_assert_msg(got.start == start && got.end == end, "[%llx, %llx)",
		    (unsigned long long)got.start, (unsigned long long)got.end);
}

static void assert_gone(
    int id, const uint64_t args[6], uint64_t brk, struct span first, struct span second)
{
	struct span gone[EFFECT_SPANS] = {{1, 2}, {3, 4}};
	effect_gone(&syscalls[id], args, brk, gone);
	assert_span(gone[0], first.start, first.end);
	assert_span(gone[1], second.start, second.end);
}

static void assert_named(int id, const uint64_t args[6], uint64_t start, uint64_t end)
{
	assert_span(effect_named(&syscalls[id], args), start, end);
}

static void assert_got(
    int id, const uint64_t args[6], int64_t result, uint64_t brk, uint64_t start, uint64_t end)
{
	assert_span(effect_got(&syscalls[id], args, result, brk), start, end);
}

START_TEST(overlaps)
{
	struct span a = {0x1000, 0x3000};
	ck_assert(span_overlaps(a, a));
	ck_assert(span_overlaps(a, (struct span){0x2fff, 0x4000}));
	ck_assert(span_overlaps(a, (struct span){0, 0x1001}));
	ck_assert(span_overlaps(a, (struct span){0, UINT64_MAX}));
	ck_assert(span_overlaps((struct span){0x2000, 0x2001}, a));
	ck_assert(!span_overlaps(a, (struct span){0x3000, 0x4000}));
	ck_assert(!span_overlaps(a, (struct span){0, 0x1000}));
	ck_assert(!span_overlaps(a, NONE));
	ck_assert(!span_overlaps(NONE, NONE));
}
END_TEST

START_TEST(an_empty_span_overlaps_nothing)
{
	struct span a = {0x1000, 0x3000}, empty = {0x2000, 0x2000};
	ck_assert(!span_overlaps(a, empty));
	ck_assert(!span_overlaps(empty, a));
}
END_TEST

START_TEST(mmap_gone)
{
	assert_gone(
	    SYS_ID_mmap, ARGS(0x1000, 0x2000, 3, MAP_PRIVATE | MAP_ANONYMOUS), 0, NONE, NONE);
	assert_gone(SYS_ID_mmap, ARGS(0x1000, 0x2000, 3, MAP_PRIVATE | MAP_FIXED), 0,
	    (struct span){0x1000, 0x3000}, NONE);
	assert_gone(
	    SYS_ID_mmap, ARGS(0x1000, 0x2000, 3, MAP_PRIVATE | MAP_FIXED_NOREPLACE), 0, NONE, NONE);
	/* The fourth argument of others isn't flags. */
	assert_gone(SYS_ID_map_shadow_stack, ARGS(0x1000, 0x2000, 1, MAP_FIXED), 0, NONE, NONE);
}
END_TEST

START_TEST(munmap_gone)
{
	assert_gone(SYS_ID_munmap, ARGS(0x1000, 0x2000), 0, (struct span){0x1000, 0x3000}, NONE);
	assert_gone(
	    SYS_ID_munmap, ARGS(0x1000, UINT64_MAX), 0, (struct span){0x1000, UINT64_MAX}, NONE);
	assert_gone(SYS_ID_munmap, ARGS(UINT64_MAX - 0xfff, 0x1000), 0,
	    (struct span){UINT64_MAX - 0xfff, UINT64_MAX}, NONE);
	assert_gone(SYS_ID_munmap, ARGS(0x1000, 0), 0, NONE, NONE);
}
END_TEST

START_TEST(mremap_gone)
{
	struct span old = {0x10000, 0x12000}, onto = {0x50000, 0x54000};
	uint64_t flags = MREMAP_MAYMOVE;
	assert_gone(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x4000, flags, 0x50000), 0, old, NONE);
	assert_gone(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x4000, flags | MREMAP_FIXED, 0x50000), 0,
	    old, onto);
	assert_gone(SYS_ID_mremap, ARGS(0x10000, UINT64_MAX, UINT64_MAX, 3, 0x50000), 0,
	    (struct span){0x10000, 0x10000}, (struct span){0x50000, UINT64_MAX}); /* none: it is rounded to 0 */
}
END_TEST

START_TEST(brk_gone)
{
	assert_gone(SYS_ID_brk, ARGS(0), 0x9000, NONE, NONE);
	assert_gone(SYS_ID_brk, ARGS(0), 0, NONE, NONE);
	assert_gone(SYS_ID_brk, ARGS(0xa000), 0x9000, NONE, NONE);
	assert_gone(SYS_ID_brk, ARGS(0x9000), 0x9000, NONE, NONE);
	assert_gone(SYS_ID_brk, ARGS(0x8000), 0x9000, (struct span){0x8000, 0x9000}, NONE);
	/* Where it was isn't known: it may be a long way down. */
	assert_gone(SYS_ID_brk, ARGS(0x8000), 0, (struct span){0x8000, UINT64_MAX}, NONE);
}
END_TEST

START_TEST(shm_gone)
{
	struct span gone[EFFECT_SPANS];
	effect_gone(&syscalls[SYS_ID_shmdt], ARGS(0x7000), 0, gone);
	ck_assert_uint_eq(gone[0].start, 0x7000);
	ck_assert_uint_eq(gone[0].end, UINT64_MAX);
	assert_gone(SYS_ID_shmat, ARGS(5, 0x7000, 0), 0, NONE, NONE);
}
END_TEST

START_TEST(shmat_remap_gone)
{
	struct span gone[EFFECT_SPANS];
	effect_gone(&syscalls[SYS_ID_shmat], ARGS(5, 0x7000, SHM_REMAP), 0, gone);
	struct span page = {0x7000, 0x8000};
	ck_assert(span_overlaps(gone[0], page) || span_overlaps(gone[1], page));
}
END_TEST

START_TEST(others_gone)
{
	static const int ids[] = {SYS_ID_mprotect, SYS_ID_pkey_mprotect, SYS_ID_remap_file_pages};
	for (size_t i = 0; i < countof(ids); i++) {
		assert_gone(ids[i], ARGS(0x1000, 0x2000, 7, 0x10, 0, 0), 0x9000, NONE, NONE);
		assert_got(ids[i], ARGS(0x1000, 0x2000, 7, 0x10, 0, 0), 0, 0x9000, 0, 0);
	}
}
END_TEST

START_TEST(named)
{
	assert_named(SYS_ID_mmap, ARGS(0x7000, 0x2000, 3, MAP_FIXED), 0x7000, 0x9000);
	assert_named(SYS_ID_mmap, ARGS(0x7000, 0x2000, 3, 0), 0, 0);
	assert_named(SYS_ID_mprotect, ARGS(0x7000, 0x2000, 3), 0x7000, 0x9000);
	assert_named(SYS_ID_pkey_mprotect, ARGS(0x7000, 0x2000, 3, 1), 0x7000, 0x9000);
	assert_named(SYS_ID_remap_file_pages, ARGS(0x7000, 0x2000), 0x7000, 0x9000);
	assert_named(SYS_ID_munmap, ARGS(0x7000, 0x2000), 0, 0);
	assert_named(SYS_ID_mremap, ARGS(0x7000, 0x2000, 0x3000, MREMAP_MAYMOVE, 0x20000), 0, 0);
	assert_named(SYS_ID_mremap, ARGS(0x7000, 0x2000, 0x3000, MREMAP_MAYMOVE | MREMAP_FIXED, 0x20000),
	    0x20000, 0x23000);
	assert_named(SYS_ID_shmat, ARGS(5, 0x7000, SHM_REMAP), 0x7000, UINT64_MAX);
	assert_named(SYS_ID_shmat, ARGS(5, 0, 0), 0, 0);
	assert_named(SYS_ID_madvise, ARGS(0x7000, 0x2000, 10), 0, 0);
	ck_assert(span_overlaps(effect_named(&syscalls[SYS_ID_brk], ARGS(0x7000)),
	    effect_named(&syscalls[SYS_ID_brk], ARGS(0))));
}
END_TEST

START_TEST(mmap_got)
{
	assert_got(SYS_ID_mmap, ARGS(0, 0x3000, 3, 0x22), 0x7f0000000000, 0, 0x7f0000000000,
	    0x7f0000003000);
	assert_got(SYS_ID_mmap, ARGS(0, 0x3000, 3, 0x22), -ENOMEM, 0, 0, 0);
	assert_got(SYS_ID_mmap, ARGS(0, 0x3000, 3, 0x22), -4095, 0, 0, 0);
	assert_got(SYS_ID_map_shadow_stack, ARGS(0, 0x2000, 0), 0x5000, 0, 0x5000, 0x7000);
	assert_got(SYS_ID_mmap, ARGS(0, UINT64_MAX), 0x1000, 0, 0x1000, UINT64_MAX);
}
END_TEST

START_TEST(mremap_got)
{
	assert_got(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x5000, 1), 0x40000, 0, 0x40000, 0x45000);
	assert_got(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x5000, 1), 0x10000, 0, 0x12000, 0x15000);
	assert_got(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x2000, 1), 0x10000, 0, 0, 0);
	assert_got(SYS_ID_mremap, ARGS(0x10000, 0x5000, 0x2000, 0), 0x10000, 0, 0, 0);
	assert_got(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x2000, 5), 0x60000, 0, 0x60000, 0x62000);
	assert_got(SYS_ID_mremap, ARGS(0x10000, 0x2000, 0x5000, 0), -ENOMEM, 0, 0, 0);
}
END_TEST

START_TEST(brk_got)
{
	assert_got(SYS_ID_brk, ARGS(0xa000), 0xa000, 0x9000, 0x9000, 0xa000);
	assert_got(SYS_ID_brk, ARGS(0x8000), 0x8000, 0x9000, 0, 0);
	assert_got(SYS_ID_brk, ARGS(0xa000), 0x9000, 0x9000, 0, 0);
	assert_got(SYS_ID_brk, ARGS(0), 0x9000, 0x9000, 0, 0);
	assert_got(SYS_ID_brk, ARGS(0), 0x9000, 0, 0, 0);
}
END_TEST

START_TEST(nothing_got)
{
	assert_got(SYS_ID_munmap, ARGS(0x1000, 0x2000), 0, 0, 0, 0);
	assert_got(SYS_ID_shmdt, ARGS(0x1000), 0, 0, 0, 0);
	assert_got(SYS_ID_shmat, ARGS(1, 0, 0), -EACCES, 0, 0, 0);
	struct span got = effect_got(&syscalls[SYS_ID_shmat], ARGS(1, 0, 0), 0x7000, 0);
	ck_assert(got.start == 0x7000 && got.end > got.start);
}
END_TEST

START_TEST(failed)
{
	const struct syscall *map = &syscalls[SYS_ID_mmap];
	ck_assert(effect_failed(map, -1));
	ck_assert(effect_failed(map, -ENOMEM));
	ck_assert(effect_failed(map, -4095));
	ck_assert(!effect_failed(map, -4096));
	ck_assert(!effect_failed(map, INT64_MIN));
	ck_assert(!effect_failed(map, 0));
	ck_assert(!effect_failed(map, 0x7f0000000000));
	ck_assert(effect_failed(&syscalls[SYS_ID_munmap], -EINVAL));
	ck_assert(!effect_failed(&syscalls[SYS_ID_brk], -1));
	ck_assert(!effect_failed(&syscalls[SYS_ID_brk], -ENOMEM));
}
END_TEST

START_TEST(halves)
{
	const struct syscall *map = &syscalls[SYS_ID_mmap], *protect = &syscalls[SYS_ID_mprotect];
	const struct syscall *remap = &syscalls[SYS_ID_mremap];
	ck_assert(effect_halves(map, ARGS(0x1000, 1, 1, MAP_FIXED), -ENOMEM));
	ck_assert(effect_halves(map, ARGS(0x1000, 1, 1, MAP_FIXED), -EINVAL)); /* a driver's, at last */
	ck_assert(!effect_halves(map, ARGS(0x1000, 1, 1, MAP_FIXED), -EBADF));
	ck_assert(!effect_halves(map, ARGS(0x1000, 1, 1, MAP_FIXED), 0x1000));
	ck_assert(!effect_halves(map, ARGS(0x1000, 1, 1, 0), -ENOMEM));
	ck_assert(effect_halves(remap, ARGS(0x1000, 1, 1, MREMAP_FIXED), -EFAULT));
	ck_assert(effect_halves(remap, ARGS(0x1000, 1, 1, MREMAP_FIXED), -EINVAL));
	ck_assert(!effect_halves(remap, ARGS(0x1000, 1, 1, MREMAP_MAYMOVE), -EFAULT));
	ck_assert(effect_halves(protect, ARGS(0x1000, 0x4000, 1), -ENOMEM));
	ck_assert(effect_halves(&syscalls[SYS_ID_pkey_mprotect], ARGS(0x1000, 0x4000, 1), -EACCES));
	ck_assert(!effect_halves(protect, ARGS(0x1001, 0x4000, 1), -EINVAL));
	ck_assert(!effect_halves(&syscalls[SYS_ID_munmap], ARGS(0x1000, 0x4000), -ENOMEM));
}
END_TEST

START_TEST(file)
{
	int fd = 4711;
	ck_assert(effect_file(&syscalls[SYS_ID_mmap], ARGS(0, 1, 1, MAP_PRIVATE, 7), &fd));
	ck_assert_int_eq(fd, 7);
	ck_assert(effect_file(&syscalls[SYS_ID_mmap], ARGS(0, 1, 1, MAP_SHARED, 0xffffffff), &fd));
	ck_assert_int_eq(fd, -1);
	fd = 4711;
	ck_assert(!effect_file(
	    &syscalls[SYS_ID_mmap], ARGS(0, 1, 1, MAP_PRIVATE | MAP_ANONYMOUS, 7), &fd));
	ck_assert_int_eq(fd, -1);
	fd = 4711;
	ck_assert(effect_file(&syscalls[SYS_ID_shmat], ARGS(1, 0, 0), &fd));
	ck_assert_int_eq(fd, -1);
	ck_assert(!effect_file(&syscalls[SYS_ID_munmap], ARGS(0, 1, 1, MAP_PRIVATE, 7), &fd));
	ck_assert(!effect_file(&syscalls[SYS_ID_mremap], ARGS(0, 1, 1, 1, 7), &fd));
	ck_assert(!effect_file(&syscalls[SYS_ID_map_shadow_stack], ARGS(0, 1, 1, 0, 7), &fd));
}
END_TEST

TEST_SUITE(effect)
{
	TEST(overlaps);
	TEST(an_empty_span_overlaps_nothing);
	TEST(mmap_gone);
	TEST(munmap_gone);
	TEST(mremap_gone);
	TEST(brk_gone);
	TEST(shm_gone);
	TEST(shmat_remap_gone);
	TEST(others_gone);
	TEST(named);
	TEST(mmap_got);
	TEST(mremap_got);
	TEST(brk_got);
	TEST(nothing_got);
	TEST(failed);
	TEST(halves);
	TEST(file);
}
