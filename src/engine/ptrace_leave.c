/* The end of tracing: letting all go alive, or killing them. */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "engine/ptrace_tracer.h"
#include "util/child.h"
#include "util/clock.h"
#include "util/sig.h"

/* How long memtrace waits for killed tasks before it leaves them to the kernel, */
#define PATIENCE (10 * NSEC_PER_SEC)

/* and for those that are to stop: who doesn't is in the kernel, in uninterruptible sleep. */
#define PATIENCE_RELEASE (2 * NSEC_PER_SEC)

void leave_signal(struct tracer *t, int signal)
{
	for (struct task *task = t->tasks.first; task; task = task->next) {
		/* Of whom an orphan is nobody knows yet: with targets it may be theirs. */
		bool ours = task->process ? task->tid == task->process->pid && !task->process->attached
		                          : !t->setup->targets_n;
		if (ours)
			kill(task->tid, signal);
	}
}

/*
 * Whether `task` is the last of its process that lives. A leader that ended before its threads stays
 * a zombie, which never stops: it's forgotten here.
 */
static bool is_last(struct tracer *t, const struct task *task)
{
	struct task *leader = tasks_find(&t->tasks, task->process->pid);
	if (task->process->tasks == 2 && leader && leader != task && proc_is_zombie(leader->tid))
		tasks_remove(&t->tasks, leader);
	return task->process->tasks == 1;
}

void leave_process(struct tracer *t, struct task *task, uint64_t now)
{
	if (task->process->untold)
		attach_tell_late(t, task, now);
	if (!task->process->attached)
		t->gaps |= GAP_UNTRACED_CHILD;
	struct record *record = record_new(t, RAW_DETACH, task);
	record->raw.max_rss = proc_max_rss(task->tid);
	record_point(t, record, task, now);
}

void leave_task(struct tracer *t, struct task *task)
{
	uint64_t now = clock_mono();
	ptrace(PTRACE_DETACH, task->tid, 0, 0);
	calls_abandoned(t, task, now);
	if (is_last(t, task))
		leave_process(t, task, now);
	tasks_remove(&t->tasks, task);
}

bool leave_is_due(const struct tracer *t, const struct task *task)
{
	return t->releasing || (t->releasing_targets && task->process && task->process->attached);
}

/*
 * All first; then those of each space together, when all have stopped, as an attach gathers them: or what the
 * last ones do would be told without what the first ones do meanwhile. Other stops may come before the one
 * asked for, and are served as ever: let go from those, a task would come out of its call as if there were a
 * signal.
 */
static void interrupt_all(struct tracer *t)
{
	uint64_t now = clock_mono();
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (!task->announced || !leave_is_due(t, task))
			continue;
		task->space->gathering = t->gathering = true;
		task->space->moved = now;
		ptrace(PTRACE_INTERRUPT, task->tid, 0, 0);
	}
	sig_tick_fast(true);
}

/*
 * The kernel lets go whoever doesn't stop when we end; and if one stops before that, look_at does.
 */
static void give_up(struct tracer *t)
{
	for (struct task *task = t->tasks.first; task;) {
		bool due = leave_is_due(t, task);
		if (due && task->announced)
			leave_task(t, task);
		else if (due)
			tasks_remove(&t->tasks, task);
		task = due ? t->tasks.first : task->next;
	}
}

/* How long nobody may stop until those in uninterruptible sleep are left to the kernel. */
#define PATIENCE_SLEEP (100 * NSEC_PER_MSEC)

static unsigned count_left(const struct tracer *t, bool *ret_sleep_deeply)
{
	struct proc_state state;
	unsigned n = 0;
	*ret_sleep_deeply = true;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (!leave_is_due(t, task))
			continue;
		n++;
		*ret_sleep_deeply &=
		    n <= 16 && (proc_state(task->tid, &state) < 0 || state.letter == 'D');
	}
	return n;
}

/* Serve stops until all are let go, or won't be. */
static void await_stops(struct tracer *t, uint64_t end)
{
	bool deeply;
	uint64_t now = clock_mono(), moved = now, looked = 0;
	unsigned all = t->tasks.count;
	while (all && now < end) {
		if (tracer_step(t) == -ECHILD)
			return;
		now = clock_mono();
		if (t->tasks.count != all)
			moved = now;
		all = t->tasks.count;
		if (now - looked < NSEC_PER_MSEC)
			continue;
		looked = now;
		unsigned left = count_left(t, &deeply);
		if (!left || (deeply && now - moved > PATIENCE_SLEEP))
			return; /* deeply: in vfork(2), for one */
	}
}

/* What has stopped since, of those that didn't. */
static void look_after(struct tracer *t)
{
	tracer_drain(t);
	while (t->wait.early_n && tracer_step(t) == 0)
		;
}

static void release(struct tracer *t, bool *which)
{
	uint64_t end = clock_mono() + PATIENCE_RELEASE;
	sig_tick(true); /* so that no wait lasts longer than a tick */
	while (t->gathering && clock_mono() < end) { /* an attach isn't left half done */
		if (tracer_step(t) == -ECHILD)
			break;
	}
	*which = true;
	interrupt_all(t);
	await_stops(t, end);
	give_up(t);
}

void leave_release(struct tracer *t)
{
	if (t->releasing)
		look_after(t);
	else
		release(t, &t->releasing);
}

void leave_release_targets(struct tracer *t)
{
	if (t->releasing || t->releasing_targets)
		look_after(t);
	else
		release(t, &t->releasing_targets);
}

/* One that stops as it ends does so even if killed, and SIGKILL doesn't end that stop: ptrace(2). */
static void kill_stopped(pid_t tid)
{
	kill(tid, SIGKILL);
	ptrace(PTRACE_CONT, tid, 0, 0);
}

void leave_kill(struct tracer *t)
{
	uint64_t end = clock_mono() + PATIENCE;
	sig_tick(true);
	leave_signal(t, SIGKILL);
	while (t->tasks.count && clock_mono() < end) {
		int status;
		pid_t tid = wait4(-1, &status, __WALL, NULL);
		if (tid < 0 && errno == ECHILD)
			return;
		if (tid < 0)
			continue;
		struct task *task = tasks_find(&t->tasks, tid);
		if (WIFSTOPPED(status))
			kill_stopped(tid); /* one born meanwhile, too */
		else if (task)
			tasks_remove(&t->tasks, task);
		else
			child_reaped(tid, status);
	}
}
