/* src/audit/written.c: what one mapping writes and another executes */
#include "audit/written.h"

#include "unit.h"

#define PAGE 4096UL

static bool note(struct written *w, uint64_t inode, uint64_t page, uint64_t pages, unsigned is)
{
	struct range r = {.start = 0x100000,
	    .end = 0x100000 + pages * PAGE,
	    .offset = page * PAGE,
	    .dev = 1,
	    .inode = inode,
	    .is = is | RANGE_OBJECT};
	return written_note(w, &r);
}

#define RWS (RANGE_READ | RANGE_WRITE | RANGE_SHARED)
#define RXS (RANGE_READ | RANGE_EXEC | RANGE_SHARED)

START_TEST(the_same_part)
{
	struct written *w = written_new();
	ck_assert(!note(w, 7, 0, 4, RWS));
	ck_assert(!note(w, 8, 0, 4, RXS)); /* another */
	ck_assert(!note(w, 7, 4, 4, RXS)); /* another part */
	ck_assert(note(w, 7, 3, 1, RXS));
	ck_assert(!note(w, 7, 3, 1, RXS)); /* which is known now */
	ck_assert(note(w, 7, 7, 1, RWS));  /* and the other way round */
	written_free(w);
}
END_TEST

/* Each of many objects is found at once: a program may map them without end. */
START_TEST(many)
{
	struct written *w = written_new();
	for (uint64_t i = 1; i <= 200000; i++)
		ck_assert(!note(w, i, 0, 1, RWS));
	ck_assert(note(w, 777, 0, 1, RXS));
	written_free(w);
}
END_TEST

START_TEST(private_pages_are_their_own)
{
	struct written *w = written_new();
	ck_assert(!note(w, 7, 0, 4, RANGE_READ | RANGE_WRITE));
	ck_assert(!note(w, 7, 0, 4, RANGE_READ | RANGE_EXEC));
	ck_assert(note(w, 7, 0, 1, RWS)); /* which the private one shows until it writes there itself */
	written_free(w);
}
END_TEST

TEST_SUITE(written)
{
	TEST(the_same_part);
	TEST(many);
	TEST(private_pages_are_their_own);
}
