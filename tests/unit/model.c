/* src/model/model.c: who has which space, and what processes are told to have had */
#include "model/model.h"

#include <sys/mman.h>

#include "decode/syscalls.h"
#include "unit.h"

#define PAGE 4096UL

static struct event task_event(enum event_type type, int64_t pid)
{
	struct event ev;
	event_init(&ev, type);
	EVENT_SET(&ev, pid, pid);
	EVENT_SET(&ev, tid, pid);
	return ev;
}

static void apply(struct model *m, const struct event *ev)
{
	struct change change;
	model_apply(m, ev, &change);
	ck_assert(!change.has_usage);
}

/* An image of so many pages, that of process `of` where that isn't 0. */
static void load_image(struct model *m, enum event_type type, int64_t pid, uint64_t pages, int64_t of)
{
	struct map map = {.start = 0x400000,
	    .end = 0x400000 + pages * PAGE,
	    .dev = 1,
	    .inode = 7,
	    .path = STR("/bin/x"),
	    .perms = "r-xp"};
	struct event ev = task_event(type, pid);
	EVENT_SET(&ev, maps, (struct map_list){&map, 1});
	if (of)
		EVENT_SET(&ev, shares_with, of);
	apply(m, &ev);
}

static void execute(struct model *m, int64_t pid, uint64_t pages)
{
	load_image(m, EVENT_EXEC, pid, pages, 0);
}

static void map_pages(struct model *m, int64_t pid, uint64_t at, uint64_t pages)
{
	struct event ev = task_event(EVENT_CALL, pid);
	ev.call_id = SYS_ID_mmap;
	EVENT_SET(&ev, length, pages * PAGE);
	EVENT_SET(&ev, prot, (struct names){.bits = PROT_READ | PROT_WRITE});
	EVENT_SET(&ev, flags, (struct names){.bits = MAP_PRIVATE | MAP_ANONYMOUS});
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, at});
	apply(m, &ev);
}

static void unmap_pages(struct model *m, int64_t pid, uint64_t at, uint64_t pages)
{
	struct event ev = task_event(EVENT_CALL, pid);
	ev.call_id = SYS_ID_munmap;
	EVENT_SET(&ev, addr, at);
	EVENT_SET(&ev, length, pages * PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	apply(m, &ev);
}

static void fork_task(struct model *m, int64_t pid, int64_t child, bool thread, bool shares)
{
	struct event ev = task_event(EVENT_FORK, pid);
	EVENT_SET(&ev, child, child);
	EVENT_SET(&ev, thread, thread);
	EVENT_SET(&ev, shares_vm, shares);
	apply(m, &ev);
}

/* The level of that name, in pages, at the end of a process or of all. */
static void assert_level(const struct change *change, const char *name, uint64_t last, uint64_t peak)
{
	for (size_t i = 0; i < change->usage.n; i++) {
		const struct level *level = &change->usage.v[i];
		if (!str_is(level->name, name))
			continue;
		ck_assert_uint_eq(level->last, last);
		ck_assert_uint_eq(level->peak, peak);
		return;
	}
	ck_abort_msg("no %s", name);
}

static struct change end_of(struct model *m, enum event_type type, int64_t pid)
{
	struct change change;
	struct event ev = task_event(type, pid);
	model_apply(m, &ev, &change);
	ck_assert(change.has_usage);
	return change;
}

START_TEST(peaks_span_images)
{
	struct model *m = model_new();
	execute(m, 5, 2);
	map_pages(m, 5, 0x10000, 8);
	execute(m, 5, 3);
	map_pages(m, 5, 0x10000, 1);
	struct change change = end_of(m, EVENT_EXIT, 5);
	assert_level(&change, "mapped", 4 * PAGE, 10 * PAGE);
	assert_level(&change, "committed", PAGE, 8 * PAGE);
	assert_level(&change, "exec", 3 * PAGE, 3 * PAGE);
	assert_level(&change, "calls.mmap", 2, 2);
	ck_assert_ptr_nonnull(model_space(m, 5)); /* until something else happens */
	map_pages(m, 5, 0x10000, 1);
	ck_assert_ptr_null(model_space(m, 5));
	model_free(m);
}
END_TEST

/* A run's pages are as its start says. */
START_TEST(pages_of_64_kib)
{
	struct change change;
	struct model *m = model_new();
	struct event start;
	event_init(&start, EVENT_START);
	EVENT_SET(&start, page_size, 65536);
	model_apply(m, &start, &change);
	execute(m, 5, 16);
	map_pages(m, 5, 0x100000, 1);
	change = end_of(m, EVENT_EXIT, 5);
	assert_level(&change, "committed", 65536, 65536);
	model_free(m);
}
END_TEST

START_TEST(forks_copy)
{
	struct model *m = model_new();
	execute(m, 5, 2);
	map_pages(m, 5, 0x10000, 8);
	fork_task(m, 5, 6, false, false);
	unmap_pages(m, 6, 0x10000, 8);
	map_pages(m, 5, 0x90000, 1);
	struct change child = end_of(m, EVENT_EXIT, 6);
	assert_level(&child, "mapped", 2 * PAGE, 10 * PAGE);
	struct change parent = end_of(m, EVENT_EXIT, 5);
	assert_level(&parent, "mapped", 11 * PAGE, 11 * PAGE);
	struct change all = end_of(m, EVENT_END, 0);
	assert_level(&all, "tree.mapped", 0, 20 * PAGE);
	assert_level(&all, "tree.calls.mmap", 2, 2);
	assert_level(&all, "tree.calls.munmap", 1, 1);
	model_free(m);
}
END_TEST

static void map_shared(struct model *m, int64_t pid, uint64_t at, uint64_t pages)
{
	struct event ev = task_event(EVENT_CALL, pid);
	ev.call_id = SYS_ID_mmap;
	EVENT_SET(&ev, length, pages * PAGE);
	EVENT_SET(&ev, prot, (struct names){.bits = PROT_READ | PROT_WRITE});
	EVENT_SET(&ev, flags, (struct names){.bits = MAP_SHARED | MAP_ANONYMOUS});
	EVENT_SET(&ev, ret, (struct ret){RET_HEX, at});
	apply(m, &ev);
}

static void advise(struct model *m, int64_t pid, uint64_t at, uint64_t pages, const char *advice)
{
	struct event ev = task_event(EVENT_CALL, pid);
	ev.call_id = SYS_ID_madvise;
	EVENT_SET(&ev, addr, at);
	EVENT_SET(&ev, length, pages * PAGE);
	EVENT_SET(&ev, advice, str_of(advice));
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	apply(m, &ev);
}

/* What is shared counts once in the tree, for as much of it as anyone has. */
START_TEST(shared_memory_is_had_once)
{
	struct model *m = model_new();
	execute(m, 5, 1);
	map_shared(m, 5, 0x100000, 8);
	fork_task(m, 5, 6, false, false);
	fork_task(m, 5, 7, false, false);
	unmap_pages(m, 7, 0x100000, 4);
	uint64_t now[METRICS], peak[METRICS];
	model_tree(m, now, peak);
	ck_assert_uint_eq(now[METRIC_SHARED], 8 * PAGE);
	ck_assert_uint_eq(now[METRIC_COMMITTED], 8 * PAGE);
	ck_assert_uint_eq(now[METRIC_MAPPED], (3 + 8) * PAGE);
	end_of(m, EVENT_EXIT, 5);
	end_of(m, EVENT_EXIT, 6);
	map_pages(m, 7, 0x10000, 1);
	model_tree(m, now, peak);
	ck_assert_uint_eq(now[METRIC_SHARED], 4 * PAGE);
	ck_assert_uint_eq(peak[METRIC_SHARED], 8 * PAGE);
	ck_assert_uint_eq(now[METRIC_MAPPED], (1 + 4 + 1) * PAGE);
	model_free(m);
}
END_TEST

/* madvise(2), MADV_DONTFORK. */
START_TEST(children_do_not_get_all)
{
	struct model *m = model_new();
	execute(m, 5, 1);
	map_pages(m, 5, 0x10000, 8);
	advise(m, 5, 0x12000, 2, "MADV_DONTFORK");
	fork_task(m, 5, 6, false, false);
	ck_assert_uint_eq(model_space(m, 6)->now[METRIC_MAPPED], 7 * PAGE);
	ck_assert_ptr_null(space_at(model_space(m, 6), 0x12000));
	advise(m, 5, 0x12000, 2, "MADV_DOFORK");
	fork_task(m, 5, 7, false, false);
	ck_assert_uint_eq(model_space(m, 7)->now[METRIC_MAPPED], 9 * PAGE);
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_VMAS], 2);
	unmap_pages(m, 5, 0x13000, 1);
	struct event ev = task_event(EVENT_CALL, 5);
	ev.call_id = SYS_ID_madvise;
	EVENT_SET(&ev, addr, 0x12000);
	EVENT_SET(&ev, length, 3 * PAGE);
	EVENT_SET(&ev, advice, STR("MADV_DONTFORK"));
	EVENT_SET(&ev, ret, (struct ret){RET_INT, (uint64_t)-1});
	EVENT_SET(&ev, error, STR("ENOMEM")); /* over the hole, and it goes on */
	apply(m, &ev);
	fork_task(m, 5, 8, false, false);
	ck_assert_uint_eq(model_space(m, 8)->now[METRIC_MAPPED], 6 * PAGE);
	model_free(m);
}
END_TEST

/* What an event changed, and of whose. */
START_TEST(pieces_tell_of_whom)
{
	struct model *m = model_new();
	struct change change;
	model_watch(m);
	execute(m, 5, 1);
	map_pages(m, 5, 0x10000, 8); /* event 2 */
	map_pages(m, 5, 0x20000, 8);
	struct event ev = task_event(EVENT_CALL, 5);
	ev.call_id = SYS_ID_munmap;
	EVENT_SET(&ev, addr, 0x12000);
	EVENT_SET(&ev, length, 0x10000);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	model_apply(m, &ev, &change);
	ck_assert_uint_eq(change.pieces_n, 2);
	ck_assert_uint_eq(change.pieces[0].born, 2);
	ck_assert_int_eq(change.pieces[0].bytes, -6 * (int64_t)PAGE);
	ck_assert_uint_eq(change.pieces[1].born, 3);
	ck_assert_int_eq(change.pieces[1].bytes, -2 * (int64_t)PAGE);
	ck_assert_uint_eq(change.touched[0].start, 0x12000);
	ck_assert_uint_eq(change.touched[0].end, 0x22000);
	model_free(m);
}
END_TEST

/* A child of vfork(2) uses its parent's space, and what it does is done there. */
START_TEST(borrowers_share)
{
	struct model *m = model_new();
	execute(m, 5, 2);
	fork_task(m, 5, 50, true, true);
	fork_task(m, 5, 6, false, true);
	map_pages(m, 6, 0x10000, 4);
	ck_assert_ptr_eq(model_space(m, 6), model_space(m, 5));
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_MAPPED], 6 * PAGE);
	execute(m, 6, 1);
	ck_assert_ptr_ne(model_space(m, 6), model_space(m, 5));
	struct change child = end_of(m, EVENT_EXIT, 6);
	assert_level(&child, "mapped", PAGE, 6 * PAGE);
	struct change parent = end_of(m, EVENT_DETACH, 5);
	assert_level(&parent, "mapped", 6 * PAGE, 6 * PAGE);
	model_free(m);
}
END_TEST

/* Two that were attached to and have one space. */
START_TEST(attached_share)
{
	struct model *m = model_new();
	load_image(m, EVENT_ATTACH, 5, 2, 0);
	load_image(m, EVENT_ATTACH, 6, 2, 5);
	load_image(m, EVENT_ATTACH, 7, 2, 0);
	map_pages(m, 6, 0x10000, 4);
	ck_assert_ptr_eq(model_space(m, 6), model_space(m, 5));
	ck_assert(model_shares(m, 5) && !model_shares(m, 7));
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_MAPPED], 6 * PAGE);
	uint64_t now[METRICS], peak[METRICS];
	model_tree(m, now, peak);
	ck_assert_uint_eq(now[METRIC_MAPPED], 8 * PAGE);
	struct change change = end_of(m, EVENT_DETACH, 5);
	assert_level(&change, "mapped", 6 * PAGE, 6 * PAGE);
	load_image(m, EVENT_ATTACH, 6, 3, 6); /* itself: as it was */
	ck_assert_uint_eq(model_space(m, 6)->now[METRIC_MAPPED], 6 * PAGE);
	model_free(m);
}
END_TEST

/* A process can be told of with maps that show what it is only then told to have done. */
START_TEST(maps_can_be_later)
{
	struct model *m = model_new();
	struct event ev = task_event(EVENT_ATTACH, 5);
	struct map map = {.start = 0x400000, .end = 0x400000 + 4 * PAGE, .perms = "rw-p"};
	struct change change;
	EVENT_SET(&ev, elapsed, 100);
	EVENT_SET(&ev, maps, (struct map_list){&map, 1});
	apply(m, &ev);
	ev = task_event(EVENT_CALL, 5);
	ev.call_id = SYS_ID_munmap;
	EVENT_SET(&ev, addr, 0x400000);
	EVENT_SET(&ev, length, 2 * PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	EVENT_SET(&ev, elapsed, 99);
	apply(m, &ev);
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_MAPPED], 4 * PAGE);
	EVENT_SET(&ev, elapsed, 100);
	apply(m, &ev);
	change = end_of(m, EVENT_EXIT, 5);
	assert_level(&change, "mapped", 2 * PAGE, 4 * PAGE);
	for (size_t i = 0; i < change.usage.n; i++) {
		if (str_is(change.usage.v[i].name, "calls.munmap"))
			ck_assert_uint_eq(change.usage.v[i].last, 2);
	}
	model_free(m);
}
END_TEST

/* One that only executes something is told of that alone. */
START_TEST(borrowers_own_nothing)
{
	struct model *m = model_new();
	execute(m, 5, 100);
	fork_task(m, 5, 6, false, true);
	map_pages(m, 5, 0x10000, 4);
	execute(m, 6, 1);
	struct change child = end_of(m, EVENT_EXIT, 6);
	assert_level(&child, "mapped", PAGE, PAGE);
	fork_task(m, 5, 7, false, true);
	child = end_of(m, EVENT_EXIT, 7);
	assert_level(&child, "mapped", 0, 0);
	model_free(m);
}
END_TEST

START_TEST(who_is_unknown_is_left_out)
{
	struct change change;
	struct model *m = model_new();
	map_pages(m, 5, 0x10000, 1);
	fork_task(m, 5, 6, false, false);
	struct event ev = task_event(EVENT_EXIT, 6);
	model_apply(m, &ev, &change);
	ck_assert(!change.has_usage);
	model_free(m);
	model_free(NULL);
}
END_TEST

/* In a damaged trace. */
START_TEST(nobody_is_a_child_of_its_own)
{
	struct model *m = model_new();
	execute(m, 5, 2);
	fork_task(m, 5, 5, false, false);
	fork_task(m, 5, 5, false, true);
	struct change change = end_of(m, EVENT_EXIT, 5);
	assert_level(&change, "mapped", 2 * PAGE, 2 * PAGE);
	model_free(m);
}
END_TEST

START_TEST(truth_is_held_against_it)
{
	struct model *m = model_new();
	struct change change;
	execute(m, 5, 2);
	struct map maps[] = {{.start = 0x10000, .end = 0x11000, .perms = "rw-p"},
	    {.start = 0x400000,
	        .end = 0x402000,
	        .dev = 1,
	        .inode = 7,
	        .path = STR("/bin/x"),
	        .perms = "r-xp"}};
	struct event ev = task_event(EVENT_CALL, 5);
	ev.call_id = SYS_ID_munmap;
	EVENT_SET(&ev, addr, 0x90000);
	EVENT_SET(&ev, length, PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	ev.has_truth = true;
	ev.truth = (struct map_list){maps, 2};
	model_apply(m, &ev, &change);
	ck_assert(change.mismatch);
	ck_assert_ptr_nonnull(strstr(change.difference, "10000-11000"));
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_MAPPED], 3 * PAGE);
	model_apply(m, &ev, &change); /* corrected */
	ck_assert(!change.mismatch);
	ev.truth.n = 1;
	ev.doubtful = true;
	model_apply(m, &ev, &change);
	ck_assert(!change.mismatch);
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_MAPPED], PAGE);
	model_free(m);
}
END_TEST

START_TEST(doubt_lasts_until_the_truth)
{
	struct model *m = model_new();
	struct change change;
	execute(m, 5, 2);
	struct map maps[] = {{.start = 0x10000, .end = 0x11000, .perms = "rw-p"}};
	struct event ev = task_event(EVENT_CALL, 5);
	ev.call_id = SYS_ID_munmap;
	EVENT_SET(&ev, addr, 0x90000);
	EVENT_SET(&ev, length, PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	ev.doubtful = true;
	model_apply(m, &ev, &change);
	ev.doubtful = false;
	ev.has_truth = true;
	ev.truth = (struct map_list){maps, 1};
	model_apply(m, &ev, &change); /* a later call's */
	ck_assert(!change.mismatch);
	ck_assert_uint_eq(model_space(m, 5)->now[METRIC_MAPPED], PAGE);
	maps[0].end += PAGE;
	model_apply(m, &ev, &change);
	ck_assert(change.mismatch);
	model_free(m);
}
END_TEST

/* What a stack may have grown into is not known before the kernel says it. */
START_TEST(growth_is_doubtful)
{
	struct model *m = model_new();
	struct change change;
	struct map maps[] = {{.start = 0x10000, .end = 0x11000, .perms = "rw-p"},
	    {.start = 0x80000, .end = 0x90000, .path = STR("[stack]"), .perms = "rw-p"}};
	struct event ev = task_event(EVENT_EXEC, 5);
	EVENT_SET(&ev, maps, (struct map_list){maps, 2});
	apply(m, &ev);
	struct map grown[] = {maps[0], {.start = 0x60000, .end = 0x70000, .perms = "rw-p"}, maps[1]};
	grown[2].start = 0x72000;
	ev = task_event(EVENT_CALL, 5);
	ev.call_id = SYS_ID_munmap;
	EVENT_SET(&ev, addr, 0x70000);
	EVENT_SET(&ev, length, 2 * PAGE);
	EVENT_SET(&ev, ret, (struct ret){RET_INT, 0});
	ev.has_truth = true;
	ev.truth = (struct map_list){grown, 3};
	model_apply(m, &ev, &change);
	ck_assert(!change.mismatch);
	ck_assert_uint_eq(space_at(model_space(m, 5), 0x60000)->end, 0x70000);
	grown[1].start += PAGE;
	ev.addr = 0x10000; /* nothing that grows is above a hole there */
	ev.length = PAGE;
	ev.truth = (struct map_list){grown + 1, 2};
	model_apply(m, &ev, &change);
	ck_assert(change.mismatch);
	model_free(m);
}
END_TEST

TEST_SUITE(model)
{
	TEST(peaks_span_images);
	TEST(pages_of_64_kib);
	TEST(forks_copy);
	TEST(shared_memory_is_had_once);
	TEST(children_do_not_get_all);
	TEST(pieces_tell_of_whom);
	TEST(borrowers_share);
	TEST(attached_share);
	TEST(maps_can_be_later);
	TEST(borrowers_own_nothing);
	TEST(who_is_unknown_is_left_out);
	TEST(nobody_is_a_child_of_its_own);
	TEST(truth_is_held_against_it);
	TEST(doubt_lasts_until_the_truth);
	TEST(growth_is_doubtful);
}
