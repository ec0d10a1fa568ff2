/* Waiting for stops: by looking for them as long as that pays, else asleep. */
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

#include "engine/ptrace_tracer.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/sig.h"

/* Look for a stop for a while. Returns whose it is, 0 if there is none yet, or -1 with errno set. */
static pid_t look_for_stop(struct tracer *t, int *ret_status)
{
	uint64_t began = clock_mono();
	pid_t tid = 0;
	while (tid == 0 && clock_mono() - began < SPIN_LONGEST)
		tid = wait4(-1, ret_status, __WALL | WNOHANG, NULL);
	spin_ended(&t->spin, tid != 0);
	return tid;
}

/* To ask takes as long as a stop. */
#define LOAD_AGE (20 * NSEC_PER_MSEC)

unsigned tracer_load(struct tracer *t)
{
	uint64_t now = clock_mono();
	if (now - t->load_asked >= LOAD_AGE) {
		t->running = proc_running(&t->loadavg);
		t->load_asked = now;
	}
	return t->running;
}

static bool looks(struct tracer *t)
{
	if (t->single || t->together)
		return false; /* who is to stop couldn't run */
	if (spin_asks(&t->spin))
		spin_load(&t->spin, tracer_load(t));
	return spin_wanted(&t->spin, t->processors);
}

/* Where there was but one stop at a time for so long, more aren't looked for each time, */
#define ALONE 8

/* and where a look costs much, as among so many tracees, more seldom. */
#define ALONE_AMONG_MANY 64
#define MANY             32

static bool looks_for_more(const struct tracer *t)
{
	unsigned each = t->tasks.count < MANY ? ALONE : ALONE_AMONG_MANY;
	return t->tasks.count > 1 && (t->alone < ALONE || t->alone % each == 0);
}

/*
 * wait4(2) for anyone looks through all tracees, twice where it sleeps in between: with many that does nothing but
 * that. Whoever makes one stop after the other on our processor is given it, and asked for alone.
 */
static pid_t look_for_same(pid_t tid, int *ret_status)
{
	sched_yield();
	tid = wait4(tid, ret_status, __WALL | WNOHANG, NULL);
	return tid > 0 ? tid : 0; /* it may be gone */
}

static bool looks_for_same(const struct tracer *t, bool more)
{
	return t->together && t->colocate.crowd <= 1 && t->tasks.count >= MANY && !more;
}

int tracer_wait(struct tracer *t)
{
	bool more = looks_for_more(t);
	pid_t before = t->waited[0].tid;
	t->waited_n = t->waited_at = 0;
	if (t->orphans || t->gathering)
		sig_tick(true); /* they may have to be looked after though nothing stops */
	do {
		struct waited *w = &t->waited[t->waited_n];
		w->tid = 0;
		if (!t->waited_n && looks(t))
			w->tid = look_for_stop(t, &w->status);
		else if (!t->waited_n && before > 0 && looks_for_same(t, more))
			w->tid = look_for_same(before, &w->status);
		if (w->tid == 0)
			w->tid = wait4(-1, &w->status, __WALL | (t->waited_n ? WNOHANG : 0), NULL);
		int error = errno;
		if (w->tid < 0 && t->waited_n == 0)
			return -error;
		if (w->tid <= 0)
			break;
		w->when = clock_mono();
		t->waited_n++;
	} while (t->waited_n < WAITED_MAX && more);
	t->alone = t->waited_n > 1 ? 0 : t->alone + 1;
	return 0;
}

static void unwait(struct waited *waited, size_t n, pid_t tid)
{
	for (size_t i = 0; i < n; i++) {
		if (waited[i].tid == tid)
			waited[i].status = 0; /* as if it had ended */
	}
}

void tracer_unwait(struct tracer *t, pid_t tid)
{
	unwait(t->waited, t->waited_n, tid);
	unwait(t->early, t->early_n, tid);
}

/*
 * If that stop was on the way out, let the task go. Returns whether that's all; else, as nobody has told of the
 * task yet, it's still to be looked at.
 */
static bool let_end(struct tracer *t, const struct waited *w)
{
	struct task *task = tasks_find(&t->tasks, w->tid);
	bool known = task && task->announced;
	if (stop_classify(w->status).kind != STOP_EXIT)
		return false;
	if (known)
		exit_foreseen(t, task);
	ptrace(PTRACE_CONT, w->tid, 0, 0);
	return known;
}

void tracer_drain(struct tracer *t)
{
	struct waited w;
	while ((w.tid = wait4(-1, &w.status, __WALL | WNOHANG, NULL)) > 0) {
		w.when = clock_mono();
		if (!let_end(t, &w))
			*MEM_PUSH(t->early, t->early_n, t->early_size) = w;
	}
}
