/*
 * src/engine/perf_order.c on made-up programs: threads that map and unmap over a small address space, whose kernel
 * gives away what is free from the top down, at once. When a mapping was made is known, but ends of calls are seen
 * later, by random delays; what the order tells is replayed.
 */
#include "engine/perf_order.h"
#include "unit.h"

#define BEGIN       UINT64_C(10000000000)
#define NONE        ((struct span){0, 0})
#define PAGES       40
#define LENGTH_MAX  5
#define THREADS_MAX 8
#define SPACES_MAX  2
#define OWN_MAX     8
#define CALLS_MAX   3000

struct call {
	struct perf_item item; /* first */
	unsigned space, thread, turn;
	bool maps, told, late; /* late: it was given back before its call ended */
};

struct thread {
	uint64_t next; /* when it goes on, ns */
	uint64_t left; /* its last call ended then */
	unsigned space, turns;
	struct call *call;
	bool changed;
	struct span own[OWN_MAX]; /* pages; nobody else unmaps them */
	unsigned own_n;
};

static struct perf_order o; /* large, as the next: both are reset by each test */

static struct {
	uint64_t random, now;
	bool with_order;
	struct thread threads[THREADS_MAX];
	unsigned threads_n, begun, told, removed, conflicts;
	bool used[SPACES_MAX][PAGES], live[SPACES_MAX][PAGES]; /* by the kernel; by what was told */
	unsigned turns[THREADS_MAX];
	struct call calls[CALLS_MAX];
} sim;

static unsigned below(unsigned n)
{
	return unit_below(&sim.random, n);
}

static bool all_are(const bool *pages, struct span s, bool used)
{
	bool all = s.end <= PAGES;
	for (uint64_t i = s.start; i < s.end && all; i++)
		all = pages[i] == used;
	return all;
}

static void mark(bool *pages, struct span s, bool used)
{
	for (uint64_t i = s.start; i < s.end; i++)
		pages[i] = used;
}

/* From the top down, as the kernel looks. */
static bool find_free(const bool *pages, unsigned n, struct span *ret)
{
	bool found = false;
	for (unsigned start = PAGES - n + 1; start-- > 0 && !found;) {
		*ret = (struct span){start, start + n};
		found = all_are(pages, *ret, false);
	}
	return found;
}

/* What was told is done again: what is unmapped must be there, and what is mapped must be free. */
static void tell(struct call *call)
{
	bool *live = sim.live[call->space];
	unit_check(!call->told, "an item came out twice");
	call->told = true;
	sim.told++;
	sim.conflicts += !all_are(live, call->item.gone[0], true);
	mark(live, call->item.gone[0], false);
	sim.conflicts += !all_are(live, call->item.got, false);
	mark(live, call->item.got, true);
	if (!sim.with_order)
		return;
	unit_check(!sim.conflicts, "item %u comes out over what is live", sim.told);
	unit_check(sim.turns[call->thread] <= call->turn, "a thread's calls changed places");
	sim.turns[call->thread] = call->turn + 1;
}

static void drain(uint64_t now)
{
	for (struct perf_item *item; (item = perf_order_next(&o, now));) {
		uint64_t wait = item->pending ? PERF_ORDER_PATIENCE : PERF_ORDER_HOLD;
		unit_check(item->time + wait <= now, "an item didn't wait");
		if (item->pending)
			((struct call *)item)->late = true;
		else
			tell((struct call *)item);
	}
}

/* Take a range, or its first part, from those that the thread has. */
static struct span take_own(struct thread *t)
{
	struct span *own = &t->own[below(t->own_n)], taken = *own;
	if (taken.end - taken.start > 1 && below(3) == 0)
		own->start = taken.end = taken.start + 1;
	else
		*own = t->own[--t->own_n];
	return taken;
}

static void begin(struct thread *t)
{
	struct call *call = t->call = &sim.calls[sim.begun++];
	bool maps = t->own_n == 0 || (t->own_n < OWN_MAX && below(2));
	*call =
	    (struct call){.space = t->space, .thread = (unsigned)(t - sim.threads), .maps = maps};
	call->turn = t->turns++;
	call->item = (struct perf_item){
	    .space = t->space + 1, .tid = (pid_t)call->thread + 1, .shared = true};
	if (!maps)
		call->item.gone[0] = take_own(t);
	t->changed = false;
	t->next = sim.now + below(1000);
}

/* How long until the end of a call is seen: mostly at once; what is mapped may have to be filled first. */
static unsigned delay(bool maps)
{
	if (maps && below(50) == 0)
		return below(2 * PERF_ORDER_PATIENCE);
	return below(4) ? below(3000) : below(PERF_ORDER_HOLD - 1000);
}

static void change(struct thread *t)
{
	struct call *call = t->call;
	bool *used = sim.used[t->space];
	t->changed = true;
	t->next = sim.now + delay(call->maps);
	mark(used, call->item.gone[0], false);
	if (!call->maps)
		return;
	call->item.time = sim.now;
	if (!find_free(used, 1 + below(LENGTH_MAX), &call->item.got)) {
		call->item.got = NONE;
		return;
	}
	mark(used, call->item.got, true);
	if (sim.with_order)
		perf_order_reserve(&o, &call->item);
}

/* No such call is told of, as if none of those asked for had made the mapping. */
static void drop(struct call *call)
{
	if (sim.with_order && !call->late && call->item.got.end)
		perf_order_remove(&o, &call->item);
	mark(sim.used[call->space], call->item.got, false);
	sim.removed++;
}

static void end(struct thread *t)
{
	struct call *call = t->call;
	t->call = NULL;
	t->next = sim.now + below(4000);
	if (call->maps && (!call->item.got.end || below(50) == 0)) {
		drop(call);
		return;
	}
	call->item.before = t->left;
	t->left = sim.now;
	if (call->maps)
		t->own[t->own_n++] = call->item.got;
	if (!sim.with_order) {
		tell(call);
	} else if (call->maps && !call->late) {
		perf_order_fill(&call->item);
	} else {
		call->item.time = sim.now;
		perf_order_add(&o, &call->item);
	}
}

static void step(struct thread *t)
{
	sim.now = t->next > sim.now ? t->next : sim.now + 1;
	if (!t->call && sim.begun < CALLS_MAX)
		begin(t);
	else if (!t->call)
		t->next = UINT64_MAX;
	else if (!t->changed)
		change(t);
	else
		end(t);
	if (below(3) == 0)
		drain(sim.now);
}

static struct thread *find_next(void)
{
	struct thread *next = &sim.threads[0];
	for (unsigned i = 1; i < sim.threads_n; i++)
		next = sim.threads[i].next < next->next ? &sim.threads[i] : next;
	return next->next == UINT64_MAX ? NULL : next;
}

static void simulate(uint64_t seed, bool with_order)
{
	struct thread *t;
	memset(&o, 0, sizeof(o));
	memset(&sim, 0, sizeof(sim));
	sim.random = seed * 0x9e3779b97f4a7c15ULL | 1;
	sim.now = BEGIN;
	sim.with_order = with_order;
	sim.threads_n = 2 + below(THREADS_MAX - 1);
	unsigned spaces = 1 + below(SPACES_MAX);
	for (unsigned i = 0; i < sim.threads_n; i++)
		sim.threads[i] = (struct thread){.next = BEGIN + below(1000), .space = i % spaces};
	while ((t = find_next()))
		step(t);
	drain(sim.now + PERF_ORDER_PATIENCE);
	ck_assert_uint_eq(sim.told + sim.removed, sim.begun);
}

START_TEST(a_possible_order)
{
	simulate((uint64_t)_i + 1, true);
	ck_assert_mem_eq(sim.live, sim.used, sizeof(sim.live));
}
END_TEST

/* Told as their ends are seen, the same programs have conflicts. */
START_TEST(ends_have_conflicts)
{
	unsigned runs = 0;
	for (uint64_t seed = 1; seed <= 50; seed++) {
		simulate(seed, false);
		runs += sim.conflicts > 10;
	}
	ck_assert_uint_gt(runs, 40);
}
END_TEST

TEST_SUITE(perf_order_sim)
{
	TEST_LOOP(a_possible_order, 200);
	TEST(ends_have_conflicts);
}
