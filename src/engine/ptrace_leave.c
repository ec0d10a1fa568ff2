/* The end of tracing: letting all go alive, or killing them. */
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "engine/ptrace_tracer.h"
#include "util/child.h"
#include "util/clock.h"
#include "util/sig.h"

/* How long memtrace waits for killed or interrupted tasks before it leaves them to the kernel. */
#define PATIENCE (10 * NSEC_PER_SEC)

void leave_signal(struct tracer *t, int signal)
{
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (!task->process || task->tid == task->process->pid)
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

void leave_task(struct tracer *t, struct task *task, int signal)
{
	uint64_t now = clock_mono();
	ptrace(PTRACE_DETACH, task->tid, 0, (long)signal);
	calls_abandoned(t, task, now);
	if (is_last(t, task)) {
		t->gaps |= GAP_UNTRACED_CHILD;
		record_point(t, record_new(t, RAW_DETACH, task), task, now);
	}
	tasks_remove(&t->tasks, task);
}

void leave_release(struct tracer *t)
{
	uint64_t end = clock_mono() + PATIENCE;
	t->releasing = true;
	sig_tick(true); /* so that no wait lasts longer than a tick */
	/* All first, then each as it stops: a vfork parent can't stop before its child goes on. */
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (task->announced)
			ptrace(PTRACE_INTERRUPT, task->tid, 0, 0);
	}
	while (t->tasks.count && clock_mono() < end) {
		if (tracer_step(t) == -ECHILD)
			break;
	}
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
			kill(tid, SIGKILL); /* one born meanwhile, too */
		else if (task)
			tasks_remove(&t->tasks, task);
		else
			child_reaped(tid, status);
	}
}
