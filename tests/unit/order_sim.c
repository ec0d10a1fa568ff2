/*
 * src/engine/order.c on made-up programs: threads that map, unmap and remap over a small address
 * space, whose kernel gives away what is free from the top down, at once. Each call has a moment of
 * entry, one at which the kernel does it and one at which its end is seen, with moments of other
 * threads in between. The order gets what a tracer would see; what it tells is replayed.
 */
#include <errno.h>
#include <sys/mman.h>

#include "engine/order.h"
#include "unit.h"

#define BASE        0x7f0000000000ULL
#define PAGE        0x1000ULL
#define PAGES       48
#define LENGTH_MAX  6
#define THREADS_MAX 8
#define SPACES_MAX  2
#define RANGES_MAX  64
#define CALLS_MAX   400

enum op {
	OP_MMAP,
	OP_MUNMAP,
	OP_MREMAP,
	OP_FIXED,
	OP_ONTO,
	OP_SHMAT,
	OP_SHMDT,
	OP_RESTART,
	OP_POINT
};

struct range {
	unsigned start, n; /* pages; n == 0: none */
	bool shm;
};

struct record {
	struct order_item item; /* first */
	enum op op;
	unsigned thread, space, turn;
	bool told;
	uint64_t args[6];
	int64_t result;
	struct range freed[2], made; /* what the kernel did */
};

struct space_model {
	bool used[PAGES];
	struct range known[RANGES_MAX]; /* returned to the program, and in no call */
	unsigned known_n;
};

struct thread {
	unsigned space, turns, slowness;
	struct record *call;
	bool done; /* by the kernel */
	struct range own, onto;
};

struct sim {
	uint64_t random, clock;
	bool with_shm, with_order;
	unsigned threads_n, spaces_n;
	struct thread threads[THREADS_MAX];
	struct space_model spaces[SPACES_MAX];
	struct order order;
	unsigned begun_n, ended_n, told_n, running;
	struct record records[CALLS_MAX];
	struct record *told[CALLS_MAX];
};

static struct sim sim; /* large, and each test has a process of its own or starts it anew */

static unsigned below(unsigned n)
{
	return unit_below(&sim.random, n);
}

static uint64_t address(unsigned page)
{
	return BASE + page * PAGE;
}

/* ---- the kernel ---- */

static void mark(struct space_model *s, struct range r, bool used)
{
	for (unsigned i = r.start; i < r.start + r.n; i++)
		s->used[i] = used;
}

static bool all_are(const struct space_model *s, struct range r, bool used)
{
	for (unsigned i = r.start; i < r.start + r.n; i++) {
		if (i >= PAGES || s->used[i] != used)
			return false;
	}
	return true;
}

/* The highest `n` free pages, as the kernel looks for them. */
static bool find_free(const struct space_model *s, unsigned n, struct range *ret)
{
	for (unsigned start = PAGES - n + 1; start-- > 0;) {
		*ret = (struct range){start, n, false};
		if (all_are(s, *ret, false))
			return true;
	}
	return false;
}

static void do_map(struct space_model *s, struct record *r)
{
	if (!find_free(s, (unsigned)(r->args[1] / PAGE), &r->made)) {
		r->made.n = 0;
		r->result = -ENOMEM;
		return;
	}
	r->result = (int64_t)address(r->made.start);
}

static void do_remap(struct space_model *s, struct record *r, struct range old)
{
	unsigned n = (unsigned)(r->args[2] / PAGE);
	struct range more = {old.start + old.n, n > old.n ? n - old.n : 0, false};
	r->result = (int64_t)address(old.start);
	if (n <= old.n) {
		r->freed[0] = (struct range){old.start + n, old.n - n, false};
	} else if (all_are(s, more, false)) {
		r->made = more;
	} else if (find_free(s, n, &r->made)) {
		r->freed[0] = old;
		r->result = (int64_t)address(r->made.start);
	} else {
		r->made.n = 0;
		r->result = -ENOMEM;
	}
}

static void kernel(struct thread *t)
{
	struct space_model *s = &sim.spaces[t->space];
	struct record *r = t->call;
	switch (r->op) {
	case OP_MMAP:
	case OP_SHMAT: do_map(s, r); break;
	case OP_MUNMAP:
	case OP_SHMDT: r->freed[0] = t->own; break;
	case OP_MREMAP: do_remap(s, r, t->own); break;
	case OP_FIXED:
		r->freed[0] = r->made = t->own;
		r->result = (int64_t)r->args[0];
		break;
	case OP_ONTO:
		r->freed[0] = t->own;
		r->freed[1] = r->made = t->onto;
		r->result = (int64_t)r->args[4];
		break;
	case OP_RESTART:
	case OP_POINT: break;
	}
	mark(s, r->freed[0], false);
	mark(s, r->freed[1], false);
	mark(s, r->made, true);
	t->done = true;
}

/* ---- the program ---- */

static void give(struct space_model *s, struct range r)
{
	if (r.n)
		s->known[s->known_n++] = r;
	unit_check(s->known_n < RANGES_MAX, "too many ranges");
}

static bool claim(struct space_model *s, bool shm, struct range *ret)
{
	unsigned first = s->known_n ? below(s->known_n) : 0;
	for (unsigned i = 0; i < s->known_n; i++) {
		struct range *r = &s->known[(first + i) % s->known_n];
		if (r->shm != shm)
			continue;
		*ret = *r;
		*r = s->known[--s->known_n];
		return true;
	}
	return false;
}

/* Unmap a part; the rest stays known. */
static void split(struct space_model *s, struct range *r)
{
	unsigned from = below(r->n), n = 1 + below(r->n - from);
	give(s, (struct range){r->start, from, false});
	give(s, (struct range){r->start + from + n, r->n - from - n, false});
	*r = (struct range){r->start + from, n, false};
}

static void set_args(struct record *r, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	const uint64_t args[6] = {a, b, c, d, e, 0};
	memcpy(r->args, args, sizeof(args));
}

static enum op choose(const struct space_model *s)
{
	static const enum op plain[] = {OP_MMAP, OP_MMAP, OP_MMAP, OP_MUNMAP, OP_MUNMAP, OP_MUNMAP,
	    OP_MREMAP, OP_MREMAP, OP_FIXED, OP_ONTO, OP_RESTART};
	if (sim.with_shm && below(4) == 0)
		return below(2) && s->known_n < RANGES_MAX / 2 ? OP_SHMAT : OP_SHMDT;
	enum op op = plain[below(countof(plain))];
	return op == OP_MMAP && s->known_n >= RANGES_MAX / 2 ? OP_MUNMAP : op;
}

/* What the call acts on, and its registers. Without anything to act on it becomes an mmap. */
static void prepare(struct thread *t, struct record *r)
{
	struct space_model *s = &sim.spaces[t->space];
	uint64_t size = (1 + below(LENGTH_MAX)) * PAGE;
	bool has = r->op == OP_MMAP || r->op == OP_SHMAT || claim(s, r->op == OP_SHMDT, &t->own);
	if (has && r->op == OP_ONTO && !claim(s, false, &t->onto))
		r->op = OP_MREMAP;
	if (has && r->op == OP_MUNMAP && below(2))
		split(s, &t->own);
	if (!has)
		r->op = OP_MMAP;
	uint64_t own = address(t->own.start), own_size = t->own.n * PAGE;
	switch (r->op) {
	case OP_MMAP: set_args(r, 0, size, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1ULL); break;
	case OP_FIXED:
		set_args(r, own, own_size, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1ULL);
		break;
	case OP_MREMAP: set_args(r, own, own_size, size, MREMAP_MAYMOVE, 0); break;
	case OP_ONTO:
		set_args(r, own, own_size, t->onto.n * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		    address(t->onto.start));
		break;
	case OP_SHMAT: set_args(r, 1, size, 0, 0, 0); break; /* the size is the segment's */
	default: set_args(r, own, own_size, 0, 0, 0); break;
	}
}

static const struct syscall *call_of(const struct record *r)
{
	static const int ids[] = {[OP_MMAP] = SYS_ID_mmap,
	    [OP_MUNMAP] = SYS_ID_munmap,
	    [OP_MREMAP] = SYS_ID_mremap,
	    [OP_FIXED] = SYS_ID_mmap,
	    [OP_ONTO] = SYS_ID_mremap,
	    [OP_SHMAT] = SYS_ID_shmat,
	    [OP_SHMDT] = SYS_ID_shmdt,
	    [OP_RESTART] = SYS_ID_munmap};
	return &syscalls[ids[r->op]];
}

/* ---- the tracer ---- */

static void tell(struct record *r)
{
	unit_check(!r->told, "an item came out twice");
	r->told = true;
	sim.told[sim.told_n++] = r;
}

static void drain(void)
{
	for (struct order_item *item; (item = order_next(&sim.order));)
		tell((struct record *)item);
	if (sim.with_order && !sim.running)
		unit_check(sim.told_n == sim.ended_n, "something waits, though nothing runs");
}

static struct record *new_record(struct thread *t, enum op op)
{
	struct record *r = &sim.records[sim.begun_n++];
	*r = (struct record){.op = op, .space = t->space, .thread = (unsigned)(t - sim.threads)};
	r->item.space = t->space + 1;
	r->turn = t->turns++;
	return r;
}

static void begin(struct thread *t)
{
	struct record *r = new_record(t, choose(&sim.spaces[t->space]));
	t->own.n = t->onto.n = 0;
	prepare(t, r);
	t->call = r;
	t->done = false;
	r->item.entered = ++sim.clock;
	effect_gone(call_of(r), r->args, 0, r->item.gone);
	r->item.named = effect_named(call_of(r), r->args);
	sim.running++;
	if (sim.with_order)
		order_enter(&sim.order, &r->item);
}

static void point(struct thread *t)
{
	struct record *r = new_record(t, OP_POINT);
	r->item.entered = r->item.left = ++sim.clock;
	sim.ended_n++;
	if (sim.with_order)
		order_point(&sim.order, &r->item);
	else
		tell(r);
}

/* What the program has after the call. */
static void take_result(struct thread *t, const struct record *r)
{
	struct space_model *s = &sim.spaces[t->space];
	if (r->op == OP_RESTART || r->result < 0)
		give(s, t->own);
	else if (r->op == OP_MREMAP)
		give(s, (struct range){(unsigned)(((uint64_t)r->result - BASE) / PAGE),
		            (unsigned)(r->args[2] / PAGE), false});
	else
		give(s, (struct range){r->made.start, r->made.n, r->op == OP_SHMAT});
}

static void end(struct thread *t)
{
	struct record *r = t->call;
	t->call = NULL;
	sim.running--;
	take_result(t, r);
	if (r->op == OP_RESTART) {
		if (sim.with_order)
			order_forget(&sim.order, &r->item);
		return;
	}
	r->item.left = ++sim.clock;
	r->item.got = effect_got(call_of(r), r->args, r->result, 0);
	if (r->op == OP_SHMAT && r->made.n)
		r->item.got.end = r->item.got.start + r->made.n * PAGE;
	sim.ended_n++;
	if (sim.with_order)
		order_leave(&sim.order, &r->item);
	else
		tell(r);
}

static void step(struct thread *t)
{
	if (t->call && t->done) {
		if (below(t->slowness) == 0)
			end(t);
	} else if (t->call) {
		if (below(3) == 0)
			kernel(t);
	} else if (sim.begun_n < CALLS_MAX) {
		if (below(40) == 0)
			point(t);
		else
			begin(t);
	}
	drain();
}

static void simulate(uint64_t seed, bool with_shm, bool with_order)
{
	memset(&sim, 0, sizeof(sim));
	sim.random = seed * 0x9e3779b97f4a7c15ULL | 1;
	sim.with_shm = with_shm;
	sim.with_order = with_order;
	sim.threads_n = 2 + below(THREADS_MAX - 1);
	sim.spaces_n = 1 + below(SPACES_MAX);
	for (unsigned i = 0; i < sim.threads_n; i++) {
		sim.threads[i].space = i % sim.spaces_n;
		sim.threads[i].slowness = 1 + below(30);
	}
	while (sim.begun_n < CALLS_MAX || sim.running)
		step(&sim.threads[below(sim.threads_n)]);
}

/* ---- what came out ---- */

/* Make the changes in the order told. Returns how often something was mapped over a live range. */
static unsigned replay(struct space_model *spaces)
{
	unsigned conflicts = 0;
	memset(spaces, 0, SPACES_MAX * sizeof(*spaces));
	for (unsigned i = 0; i < sim.told_n; i++) {
		const struct record *r = sim.told[i];
		struct space_model *s = &spaces[r->space];
		for (unsigned k = 0; k < 2; k++) {
			conflicts += !all_are(s, r->freed[k], true);
			mark(s, r->freed[k], false);
		}
		conflicts += !all_are(s, r->made, false);
		mark(s, r->made, true);
	}
	return conflicts;
}

static void assert_replay(void)
{
	struct space_model spaces[SPACES_MAX];
	ck_assert_uint_eq(replay(spaces), 0);
	for (unsigned i = 0; i < SPACES_MAX; i++)
		ck_assert_mem_eq(spaces[i].used, sim.spaces[i].used, sizeof(spaces[i].used));
}

static void assert_all_told_once(void)
{
	unsigned expected = 0;
	for (unsigned i = 0; i < sim.begun_n; i++) {
		unit_check(sim.records[i].told == (sim.records[i].op != OP_RESTART), "item %u", i);
		expected += sim.records[i].op != OP_RESTART;
	}
	ck_assert_uint_eq(sim.told_n, expected);
}

/* Whatever ended before another began is told before it; of one thread, so is all. */
static void assert_precedence(void)
{
	uint64_t last_entered = 0;
	unsigned turns[THREADS_MAX] = {0};
	for (unsigned i = 0; i < sim.told_n; i++) {
		const struct record *r = sim.told[i];
		unit_check(last_entered <= r->item.left, "told after what began later: %u", i);
		if (r->item.entered > last_entered)
			last_entered = r->item.entered;
		unit_check(r->turn >= turns[r->thread], "a thread's calls changed places: %u", i);
		turns[r->thread] = r->turn + 1;
	}
}

/* Threads that keep to what is theirs don't contest anything. */
static void assert_no_contest(void)
{
	for (unsigned i = 0; i < sim.told_n; i++)
		unit_check(!sim.told[i]->item.contested, "contested: %u", i);
}

static void assert_run(uint64_t seed, bool with_shm)
{
	simulate(seed, with_shm, true);
	assert_all_told_once();
	if (!with_shm) /* those calls don't say how much they are about */
		assert_no_contest();
	assert_precedence();
	assert_replay();
}

START_TEST(a_possible_order)
{
	assert_run((uint64_t)_i + 1, false);
}
END_TEST

START_TEST(a_possible_order_with_shared_memory)
{
	assert_run((uint64_t)_i + 1001, true);
}
END_TEST

/* The same programs told as their calls' ends are seen: that wouldn't do. */
START_TEST(reap_order_has_conflicts)
{
	unsigned conflicts = 0, runs = 0;
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct space_model spaces[SPACES_MAX];
		simulate(seed, false, false);
		assert_all_told_once();
		unsigned n = replay(spaces);
		conflicts += n;
		runs += n > 0;
	}
	ck_assert_uint_gt(conflicts, 1000);
	ck_assert_uint_gt(runs, 150);
}
END_TEST

TEST_SUITE(order_sim)
{
	TEST_LOOP(a_possible_order, 200);
	TEST_LOOP(a_possible_order_with_shared_memory, 200);
	TEST(reap_order_has_conflicts);
}
