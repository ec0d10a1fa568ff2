/*
 * Those who make stops all the time are held on the tracer's processor (colocate.h says when), and get their own back
 * when that is over, or before they could see it: at a call that asks for it, and before a child of theirs runs.
 */
#include <stdlib.h>

#include "engine/ptrace_tracer.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/sig.h"

/*
 * Whether all others that want to run have a processor left. Those who make the stops don't count, nor does the
 * tracer: they take turns.
 */
static bool has_room(struct tracer *t)
{
	unsigned running = tracer_load(t);
	return running && running < t->processors + t->colocate.crowd;
}

static void give_back(struct tracer *t)
{
	for (struct task *task; (task = t->tasks.lent);) {
		affinity_release(task->tid, task->affinity);
		tasks_settle(&t->tasks, task);
		task->lent = AFFINITY_RETURNED; /* a child that it's about to have may still get ours */
	}
	affinity_release(0, &t->affinity);
	t->together = false;
	sig_tick_fast(false);
}

void together_end(struct tracer *t)
{
	colocate_part(&t->colocate);
	if (t->together)
		give_back(t);
}

/* The tracer must stay where it is, too. */
static bool begin(struct tracer *t, const struct task *task)
{
	if (!has_room(t) || affinity_hold(0, affinity_meet(task->tid), &t->usual, &t->affinity) < 0)
		return false;
	t->usual = t->affinity; /* the command has the same, unless it has chosen one itself */
	t->together = true;
	sig_tick_fast(true); /* whoever stops no more is to be let go all the same */
	return true;
}

static void hold(struct tracer *t, struct task *task)
{
	struct affinity affinity;
	const struct affinity *like = t->chosen ? NULL : &t->usual;
	if (affinity_hold(task->tid, t->affinity.cpu, like, &affinity) < 0) {
		task->lent = AFFINITY_KEPT;
		return;
	}
	if (!task->affinity)
		task->affinity = mem_alloc(sizeof(*task->affinity));
	*task->affinity = affinity;
	tasks_lend(&t->tasks, task);
}

void together_stop(struct tracer *t, struct task *task, uint64_t now)
{
	if (!t->colocates || !t->started)
		return;
	if (task->lent == AFFINITY_RETURNED)
		task->lent = AFFINITY_OWN; /* it was in no call that makes a child */
	if (!colocate_stop(&t->colocate, &task->window, now)) {
		if (t->together)
			give_back(t);
		return;
	}
	if (task->lent != AFFINITY_OWN)
		return;
	if (t->together || begin(t, task))
		hold(t, task);
	else
		colocate_part(&t->colocate);
}

void together_tick(struct tracer *t)
{
	if (t->together && !colocate_tick(&t->colocate, clock_mono()))
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
