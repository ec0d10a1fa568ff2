/* src/util/arena.c */
#include "util/arena.h"

#include <stdalign.h>
#include <stdint.h>

#include "unit.h"

static void assert_aligned(const void *p)
{
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
}

START_TEST(pieces_stay)
{
	struct arena a = {0};
	unsigned char *pieces[500];
	for (size_t i = 0; i < countof(pieces); i++) {
		pieces[i] = arena_alloc(&a, i);
		assert_aligned(pieces[i]);
		memset(pieces[i], (int)(i & 255), i);
	}
	for (size_t i = 0; i < countof(pieces); i++) {
		for (size_t k = 0; k < i; k++) {
			if (pieces[i][k] != (i & 255))
				ck_abort_msg("piece %zu was written over", i);
		}
	}
	arena_free(&a);
}
END_TEST

START_TEST(large_pieces)
{
	struct arena a = {0};
	for (size_t size = 1; size <= 8 << 20; size *= 2) {
		char *p = arena_alloc(&a, size + 1);
		assert_aligned(p);
		memset(p, 1, size + 1);
	}
	arena_free(&a);
}
END_TEST

START_TEST(reset_and_again)
{
	struct arena a = {0};
	arena_reset(&a);
	for (unsigned round = 0; round < 50; round++) {
		for (unsigned i = 0; i < 100; i++)
			memset(arena_alloc(&a, 1000), 7, 1000);
		arena_reset(&a);
	}
	char *first = arena_alloc(&a, 100);
	arena_reset(&a);
	ck_assert_ptr_eq(arena_alloc(&a, 100), first);
	arena_free(&a);
	arena_free(&a);
	ck_assert_ptr_nonnull(arena_alloc(&a, 1));
	arena_free(&a);
}
END_TEST

TEST_SUITE(arena)
{
	TEST(pieces_stay);
	TEST(large_pieces);
	TEST(reset_and_again);
}
