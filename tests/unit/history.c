/* src/report/history.c: a bounded memory of deeds */
#include "report/history.h"

#include <sys/mman.h>

#include "decode/syscalls.h"
#include "unit.h"

#define PAGE 4096UL
#define MOST 100

static struct event call(int id, uint64_t at)
{
	struct event ev;
	event_init(&ev, EVENT_CALL);
	ev.call_id = id;
	EVENT_SET(&ev, pid, 5);
	EVENT_SET(&ev, tid, 5);
	EVENT_SET(&ev, comm, STR("x"));
	EVENT_SET(&ev, elapsed, at);
	EVENT_SET(&ev, addr, at);
	EVENT_SET(&ev, length, PAGE);
	EVENT_SET(&ev, prot, (struct names){.bits = PROT_READ});
	EVENT_SET(&ev, flags, (struct names){.bits = MAP_PRIVATE | MAP_ANONYMOUS});
	EVENT_SET(&ev, ret, (struct ret){id == SYS_ID_mmap ? RET_HEX : RET_INT, id == SYS_ID_mmap ? at : 0});
	return ev;
}

static void take(struct history *h, struct model *m, struct event ev)
{
	struct change change;
	model_apply(m, &ev, &change);
	history_note(h, m, &ev, &change);
}

static struct model *begin(void)
{
	struct model *m = model_new();
	struct change change;
	struct event ev = call(-1, 0);
	ev.type = EVENT_EXEC;
	EVENT_SET(&ev, maps, (struct map_list){0});
	model_apply(m, &ev, &change);
	return m;
}

START_TEST(the_newest_stay)
{
	struct history h = {.most = MOST};
	struct model *m = begin();
	for (uint64_t i = 1; i <= 3 * MOST; i++)
		take(&h, m, call(SYS_ID_mmap, i * PAGE));
	uint64_t space = model_space(m, 5)->id;
	ck_assert_uint_eq(h.n, MOST);
	ck_assert_ptr_null(history_last(&h, space, 2 * MOST * PAGE));
	for (uint64_t i = 2 * MOST + 1; i <= 3 * MOST; i++)
		ck_assert_uint_eq(history_last(&h, space, i * PAGE)->elapsed, i * PAGE);
	take(&h, m, call(SYS_ID_munmap, 3 * MOST * PAGE));
	ck_assert_uint_eq(history_last(&h, space, 3 * MOST * PAGE)->kind, DEED_UNMAPPED);
	ck_assert_ptr_null(history_last(&h, space + 1, 3 * MOST * PAGE));
	history_free(&h);
	model_free(m);
}
END_TEST

/* Each deed by another stack, as code that is made at run time has them. */
START_TEST(stacks_are_bounded)
{
	struct history h = {.most = MOST};
	struct model *m = begin();
	for (uint64_t i = 1; i <= 50000; i++) {
		struct frame frame = {.ip = i};
		struct event ev = call(SYS_ID_mmap, (i % 1000 + 1) * PAGE);
		EVENT_SET(&ev, stack, (struct frame_list){&frame, 1});
		take(&h, m, ev);
		ck_assert_uint_le(h.stacks.n, 20000);
	}
	const struct deed *last = history_last(&h, model_space(m, 5)->id, (50000 % 1000 + 1) * PAGE);
	ck_assert_uint_eq(history_stack(&h, last->stack).v[0].ip, 50000);
	history_free(&h);
	model_free(m);
}
END_TEST

TEST_SUITE(history)
{
	TEST(the_newest_stay);
	TEST(stacks_are_bounded);
}
