/*
 * Those who make stops are held on the tracer's processor, or all on another (colocate.h says when), and get their own
 * back when that is over, or before they could see it: at a call that asks for it, and before a child of theirs runs.
 *
 * Who is but near is held from the entry of a call until it has been woken at the exit: it's where it was woken then,
 * and may go anywhere, before its program runs. Where its loader makes the call, and will make others, that is after
 * the last of them.
 */
#include <stdlib.h>
#include <sys/ptrace.h>

#include "engine/loader.h"
#include "engine/ptrace_tracer.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/sig.h"

/* How long it's good what was found out about others that want to run, ns. */
#define ROOM_AGE  (20 * NSEC_PER_MSEC)
#define ALONE_AGE (5 * NSEC_PER_MSEC)
#define CROWD_AGE (2 * NSEC_PER_MSEC)

/*
 * Whether all others that want to run have a processor left beside the `taken` ones. Those who make the stops don't
 * count, nor does the tracer: they take turns.
 */
static bool has_room(struct tracer *t, unsigned taken)
{
	unsigned running = tracer_load(t, ROOM_AGE);
	return running && running + taken <= t->processors + t->together.policy.crowd;
}

/* Who computes is stopped at times, too, and then doesn't show: so it must have been so a few times in turn. */
#define QUIET 4

/* Whether nobody but who has stopped and the tracer runs, or wants to. */
static bool is_alone(struct tracer *t)
{
	struct together *g = &t->together;
	uint64_t age = g->way == COLOCATE_NEAR ? ALONE_AGE : g->quiet ? 0 : CROWD_AGE;
	bool others = t->wait.at < t->wait.n || tracer_load(t, age) != 1;
	g->quiet = others ? 0 : g->quiet < QUIET ? g->quiet + 1 : g->quiet;
	return g->quiet == QUIET;
}

/* Let it go: it may have run before, and a child that it's about to have may still get our processor. */
static void release(struct tracer *t, struct task *task)
{
	affinity_release(task->tid, task->affinity);
	tasks_settle(&t->tasks, task);
	task->lent = AFFINITY_RETURNED;
}

/* Whoever of many stops no more gets its own back so long after its last stop, ns, though the others go on. */
#define HELD_AGE (10 * NSEC_PER_MSEC)

static void release_quiet(struct tracer *t, uint64_t now)
{
	if (now < t->together.quiet_released + HELD_AGE)
		return;
	t->together.quiet_released = now;
	for (struct task *task = t->tasks.lent, *next; task; task = next) {
		next = task->lent_next;
		if (now > task->last_stop + HELD_AGE)
			release(t, task);
	}
}

static void give_back(struct tracer *t)
{
	while (t->tasks.lent)
		release(t, t->tasks.lent);
	affinity_release(0, &t->together.affinity);
	t->together.way = COLOCATE_APART;
	sig_tick_fast(false);
}

void together_end(struct tracer *t)
{
	colocate_part(&t->together.policy);
	if (t->together.way)
		give_back(t);
}

/* Where whoever has no room beside stays together, it will be found not to be better. */
static int choose_processor(struct tracer *t, const struct task *task, enum colocate_way way)
{
	int own = t->together.affinity.cpu;
	int other = way == COLOCATE_BESIDE && has_room(t, 2) ? affinity_other(task->tid, own) : -1;
	return other < 0 ? own : other;
}

/* The tracer must stay where it is, too. */
static bool begin(struct tracer *t, const struct task *task, enum colocate_way way)
{
	struct together *g = &t->together;
	if (!has_room(t, 1) || affinity_hold(0, affinity_meet(task->tid), &g->usual, &g->affinity) < 0)
		return false;
	g->usual = g->affinity; /* the command has the same, unless it has chosen one itself */
	g->processor = choose_processor(t, task, way);
	sig_tick_fast(true); /* whoever stops no more is to be let go all the same */
	return true;
}

static void hold(struct tracer *t, struct task *task)
{
	struct affinity affinity;
	const struct affinity *like = t->together.chosen ? NULL : &t->together.usual;
	if (affinity_hold(task->tid, t->together.processor, like, &affinity) < 0) {
		task->lent = AFFINITY_KEPT;
		return;
	}
	if (!task->affinity)
		task->affinity = mem_alloc(sizeof(*task->affinity));
	*task->affinity = affinity;
	tasks_lend(&t->tasks, task);
}

/* Whether those who are held must be let go first. */
static bool is_over(enum colocate_way held, enum colocate_way way)
{
	if (way == COLOCATE_TOGETHER && held == COLOCATE_NEAR)
		return false; /* they are where they are to stay */
	return held && held != way;
}

/* Go that way. Who is near is held only where it's about to go into a call, or on with a new image. */
static void go(struct tracer *t, struct task *task, enum colocate_way way, bool enters)
{
	struct together *g = &t->together;
	if (task->lent == AFFINITY_RETURNED)
		task->lent = AFFINITY_OWN; /* it's in no call that makes a child */
	if (is_over(g->way, way))
		give_back(t);
	bool holds = way && task->lent == AFFINITY_OWN && (enters || way != COLOCATE_NEAR);
	if (holds && !g->way && !begin(t, task, way)) {
		colocate_part(&g->policy);
		return;
	}
	if (holds || g->way)
		g->way = way;
	if (holds)
		hold(t, task);
}

bool together_beside(const struct tracer *t)
{
	return t->together.way && t->together.processor != t->together.affinity.cpu;
}

void together_stop(struct tracer *t, struct task *task, uint64_t ip, uint64_t now)
{
	if (!t->together.may || !t->started)
		return;
	if (task->call)
		task->loads = loader_goes_on(task->space->loader, ip, &task->call->raw);
	task->last_stop = now;
	release_quiet(t, now);
	bool alone = !t->together.policy.held && is_alone(t);
	go(t, task, colocate_stop(&t->together.policy, &task->window, alone, now), task->call != NULL);
}

void together_image(const struct tracer *t, struct task *task, struct str maps)
{
	struct __ptrace_syscall_info info;
	if (t->together.may && ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) > 0)
		task->space->loader = loader_find(maps, info.instruction_pointer);
}

void together_exec(struct tracer *t, struct task *task, uint64_t now)
{
	if (task->lent == AFFINITY_RETURNED) /* it had another id by then, if it's the only one left of a process */
		affinity_release(task->tid, task->affinity);
	task->loads = false; /* whatever the image before was about */
	if (t->together.may && t->started)
		go(t, task, colocate_exec(&t->together.policy, &task->window, is_alone(t), now), true);
}

void together_resumed(struct tracer *t, struct task *task)
{
	if (t->together.way == COLOCATE_NEAR && task->lent == AFFINITY_LENT && !task->call && !task->loads)
		release(t, task);
}

void together_tick(struct tracer *t)
{
	if (t->together.way && colocate_tick(&t->together.policy, clock_mono()) == COLOCATE_APART)
		give_back(t);
}

void together_birth(const struct task *parent, struct task *child)
{
	if (parent->lent != AFFINITY_LENT && parent->lent != AFFINITY_RETURNED)
		return;
	child->affinity = mem_alloc(sizeof(*child->affinity));
	*child->affinity = *parent->affinity;
	child->lent = AFFINITY_INHERITED;
}

void together_begin(struct task *task)
{
	if (task->lent != AFFINITY_INHERITED)
		return;
	affinity_release(task->tid, task->affinity);
	task->lent = AFFINITY_OWN;
}
