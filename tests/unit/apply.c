/* src/model/apply.c: what calls do to a space, where mremap(2) and shmat(2) meet */
#include "model/apply.h"

#include <sys/shm.h>

#include "decode/syscalls.h"
#include "unit.h"

#define PAGE 4096UL

static void apply(struct address_space *s, const struct event *ev, uint64_t by)
{
	struct intern names = {0};
	struct apply a = {.space = s, .ev = ev, .page = PAGE, .by = by, .names = &names};
	apply_call(&a);
	intern_free(&names);
}

static void attach(struct address_space *s, uint64_t at, uint64_t pages, uint64_t by)
{
	struct event ev;
	event_init(&ev, EVENT_CALL);
	ev.call_id = SYS_ID_shmat;
	EVENT_SET(&ev, flags, (struct names){.bits = SHM_REMAP});
	EVENT_SET(&ev, path, STR("/SYSV00000000"));
	EVENT_SET(&ev, dev, 1);
	EVENT_SET(&ev, inode, 7);
	EVENT_SET(&ev, length, pages * PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, at * PAGE});
	apply(s, &ev, by);
}

static void detach(struct address_space *s, uint64_t at)
{
	struct event ev;
	event_init(&ev, EVENT_CALL);
	ev.call_id = SYS_ID_shmdt;
	EVENT_SET(&ev, addr, at * PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	apply(s, &ev, 100);
}

static bool has(struct address_space *s, uint64_t page)
{
	return space_at(s, page * PAGE);
}

START_TEST(detaching_takes_all_pieces)
{
	struct address_space *s = space_new();
	attach(s, 16, 8, 1);
	space_protect(s, 18 * PAGE, 19 * PAGE, RANGE_READ, 2);
	space_cut(s, 20 * PAGE, 21 * PAGE);
	space_cut(s, 16 * PAGE, 17 * PAGE);
	detach(s, 16);
	ck_assert_uint_eq(s->n, 0);
	space_free(s);
}
END_TEST

/* Pages 4 and 5 of another attachment of the same segment, where those of the first were. */
START_TEST(detaching_leaves_other_attachments)
{
	struct address_space *s = space_new();
	attach(s, 16, 8, 1);
	attach(s, 32, 8, 2);
	space_move(s, 36 * PAGE, 2 * PAGE, 20 * PAGE, 2 * PAGE, false);
	detach(s, 16);
	ck_assert(!has(s, 19) && has(s, 20) && has(s, 21) && !has(s, 22));
	ck_assert(has(s, 32));
	space_free(s);
}
END_TEST

START_TEST(detaching_knows_what_was_attached)
{
	struct address_space *s = space_new();
	struct range memory = {.is = RANGE_OBJECT | RANGE_SHARED, .dev = 1, .inode = 8};
	attach(s, 16, 8, 1);
	space_put(s, 16 * PAGE, 18 * PAGE, &memory); /* begins at its offset 0, too */
	detach(s, 16);
	ck_assert(has(s, 16) && has(s, 17) && !has(s, 18));
	detach(s, 16);
	ck_assert(has(s, 16));
	space_free(s);
}
END_TEST

/* A copy that was made longer than the segment, and then cut in two. */
START_TEST(detaching_looks_as_far_as_the_segment_is_long)
{
	struct address_space *s = space_new();
	struct range other = {.is = RANGE_READ};
	attach(s, 16, 8, 1);
	struct range grown = *space_at(s, 16 * PAGE);
	space_put(s, 40 * PAGE, 60 * PAGE, &grown);
	space_put(s, 45 * PAGE, 46 * PAGE, &other);
	detach(s, 40);
	ck_assert(!has(s, 40) && !has(s, 44) && has(s, 45) && has(s, 46));
	ck_assert(has(s, 16));
	space_free(s);
}
END_TEST

/* What no kernel does, and a damaged trace can say: growing behind where nothing is. */
START_TEST(nothing_grows_from_a_hole)
{
	struct address_space *s = space_new();
	struct event ev;
	attach(s, 16, 2, 1);
	event_init(&ev, EVENT_CALL);
	ev.call_id = SYS_ID_mremap;
	EVENT_SET(&ev, addr, 16 * PAGE);
	EVENT_SET(&ev, length, 4 * PAGE);
	EVENT_SET(&ev, new_length, 6 * PAGE);
	EVENT_SET(&ev, flags, (struct names){.bits = 0});
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, 16 * PAGE});
	apply(s, &ev, 2);
	ck_assert(has(s, 17) && !has(s, 18) && !has(s, 20));
	space_free(s);
}
END_TEST

TEST_SUITE(apply)
{
	TEST(nothing_grows_from_a_hole);
	TEST(detaching_takes_all_pieces);
	TEST(detaching_leaves_other_attachments);
	TEST(detaching_knows_what_was_attached);
	TEST(detaching_looks_as_far_as_the_segment_is_long);
}
