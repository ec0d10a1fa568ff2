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
	return running && running + taken <= t->processors + t->colocate.crowd;
}

/* Who computes is stopped at times, too, and then doesn't show: so it must have been so a few times in turn. */
#define QUIET 4

/* Whether nobody but who has stopped and the tracer runs, or wants to. */
static bool is_alone(struct tracer *t)
{
	uint64_t age = t->near ? ALONE_AGE : t->quiet ? 0 : CROWD_AGE;
	bool others = t->waited_at < t->waited_n || tracer_load(t, age) != 1;
	t->quiet = others ? 0 : t->quiet < QUIET ? t->quiet + 1 : t->quiet;
	return t->quiet == QUIET;
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
	if (now < t->quiet_released + HELD_AGE)
		return;
	t->quiet_released = now;
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
	affinity_release(0, &t->affinity);
	t->together = t->near = false;
	sig_tick_fast(false);
}

void together_end(struct tracer *t)
{
	colocate_part(&t->colocate);
	if (t->together)
		give_back(t);
}

/* Where whoever has no room beside stays together, it will be found not to be better. */
static int choose_processor(struct tracer *t, const struct task *task)
{
	int other = t->beside && has_room(t, 2) ? affinity_other(task->tid, t->affinity.cpu) : -1;
	return other < 0 ? t->affinity.cpu : other;
}

/* The tracer must stay where it is, too. */
static bool begin(struct tracer *t, const struct task *task)
{
	if (!has_room(t, 1) || affinity_hold(0, affinity_meet(task->tid), &t->usual, &t->affinity) < 0)
		return false;
	t->usual = t->affinity; /* the command has the same, unless it has chosen one itself */
	t->together = true;
	t->processor = choose_processor(t, task);
	sig_tick_fast(true); /* whoever stops no more is to be let go all the same */
	return true;
}

static void hold(struct tracer *t, struct task *task)
{
	struct affinity affinity;
	const struct affinity *like = t->chosen ? NULL : &t->usual;
	if (affinity_hold(task->tid, t->processor, like, &affinity) < 0) {
		task->lent = AFFINITY_KEPT;
		return;
	}
	if (!task->affinity)
		task->affinity = mem_alloc(sizeof(*task->affinity));
	*task->affinity = affinity;
	tasks_lend(&t->tasks, task);
}

/* Whether those who are held are so in another way, or not to be at all. */
static bool is_over(const struct tracer *t, enum colocate_way way)
{
	return way == COLOCATE_APART || (way == COLOCATE_NEAR && !t->near) || (way == COLOCATE_BESIDE) != t->beside;
}

/* Go that way. Who is near is held only where it's about to go into a call, or on with a new image. */
static void go(struct tracer *t, struct task *task, enum colocate_way way, bool enters)
{
	bool near = way == COLOCATE_NEAR;
	if (task->lent == AFFINITY_RETURNED)
		task->lent = AFFINITY_OWN; /* it's in no call that makes a child */
	if (t->together && is_over(t, way))
		give_back(t);
	t->beside = way == COLOCATE_BESIDE;
	if (way == COLOCATE_APART || (near && !enters) || task->lent != AFFINITY_OWN) {
		t->near = t->together && near;
		return;
	}
	if (t->together || begin(t, task)) {
		t->near = near;
		hold(t, task);
	} else {
		colocate_part(&t->colocate);
	}
}

bool together_beside(const struct tracer *t)
{
	return t->together && t->processor != t->affinity.cpu;
}

void together_stop(struct tracer *t, struct task *task, uint64_t ip, uint64_t now)
{
	if (!t->colocates || !t->started)
		return;
	if (task->call)
		task->loads = loader_goes_on(task->space->loader, ip, &task->call->raw);
	task->last_stop = now;
	release_quiet(t, now);
	bool alone = !t->colocate.held && is_alone(t);
	go(t, task, colocate_stop(&t->colocate, &task->window, alone, now), task->call != NULL);
}

void together_image(const struct tracer *t, struct task *task, struct str maps)
{
	struct __ptrace_syscall_info info;
	if (t->colocates && ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) > 0)
		task->space->loader = loader_find(maps, info.instruction_pointer);
}

void together_exec(struct tracer *t, struct task *task, uint64_t now)
{
	if (task->lent == AFFINITY_RETURNED) /* it had another id by then, if it's the only one left of a process */
		affinity_release(task->tid, task->affinity);
	task->loads = false; /* whatever the image before was about */
	if (t->colocates && t->started)
		go(t, task, colocate_exec(&t->colocate, &task->window, is_alone(t), now), true);
}

void together_resumed(struct tracer *t, struct task *task)
{
	if (t->near && task->lent == AFFINITY_LENT && !task->call && !task->loads)
		release(t, task);
}

void together_tick(struct tracer *t)
{
	if (t->together && colocate_tick(&t->colocate, clock_mono()) == COLOCATE_APART)
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
