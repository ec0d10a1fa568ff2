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

unsigned tracer_load(struct tracer *t, uint64_t age)
{
	uint64_t now = clock_mono();
	if (now - t->load_asked >= age) {
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
		spin_load(&t->spin, tracer_load(t, LOAD_AGE));
	return spin_wanted(&t->spin, t->processors);
}

/* Where there was but one stop at a time for so long, more aren't looked for each time. */
#define ALONE 8

static bool looks_for_more(const struct tracer *t)
{
	return t->tasks.count > 1 && (t->alone < ALONE || t->alone % ALONE == 0);
}

static void stopped(struct tracer *t, pid_t tid, int status)
{
	t->waited[t->waited_n++] = (struct waited){tid, status, clock_mono()};
}

static int wait_among_few(struct tracer *t)
{
	bool more = looks_for_more(t);
	int status;
	pid_t tid = looks(t) ? look_for_stop(t, &status) : 0;
	if (tid == 0)
		tid = wait4(-1, &status, __WALL, NULL);
	if (tid < 0)
		return -errno;
	stopped(t, tid, status);
	while (more && t->waited_n < WAITED_MAX && (tid = wait4(-1, &status, __WALL | WNOHANG, NULL)) > 0)
		stopped(t, tid, status);
	t->alone = t->waited_n > 1 ? 0 : t->alone + 1;
	return 0;
}

/*
 * wait4(2) for anyone looks through all tracees, twice where it sleeps in between: among thousands it would do little
 * else. So those who made the last stops are asked for by name, which takes as long among any number. All others are
 * looked for, too, as long as there is any that has stopped, but in vain only in a share of the time: one in
 */
#define SHARE 32

/* A look that takes longer than this for each tracee was interrupted, ns. */
#define ASK_LONGEST 200

/* From how many tracees on. */
#define MANY 32

static void remember(struct among_many *m, pid_t tid)
{
	unsigned i = 0;
	while (i < RECENT - 1 && m->recent[i] != tid)
		i++;
	for (; i > 0; i--)
		m->recent[i] = m->recent[i - 1];
	m->recent[0] = tid;
}

/* Take the stops of so many of those. */
static void ask_recent(struct tracer *t, unsigned most)
{
	int status;
	for (unsigned i = 0; i < RECENT && t->waited_n < most; i++) {
		pid_t *recent = &t->many.recent[i];
		pid_t tid = *recent ? wait4(*recent, &status, __WALL | WNOHANG, NULL) : 0;
		if (tid > 0) {
			remember(&t->many, tid); /* those behind it keep their places */
			stopped(t, tid, status);
		}
		if (tid < 0)
			*recent = 0; /* it has ended, or another id since */
	}
}

/* Whether there was a stop, and so may be more. */
static bool ask_anyone(struct tracer *t)
{
	struct among_many *m = &t->many;
	int status;
	uint64_t began = clock_mono();
	pid_t tid = wait4(-1, &status, __WALL | WNOHANG, NULL);
	if (tid > 0) {
		remember(m, tid);
		stopped(t, tid, status);
		return true;
	}
	m->asked = clock_mono();
	uint64_t took = m->asked - began, most = (uint64_t)t->tasks.count * ASK_LONGEST;
	m->took += (took < most ? took : most) / 4 - m->took / 4;
	return false;
}

static bool may_ask_anyone(const struct tracer *t, unsigned share)
{
	return clock_mono() - t->many.asked >= t->many.took * share;
}

/* There is nothing else to do: half of the time may go into looks through all. */
static void look_for_a_while(struct tracer *t, uint64_t longest)
{
	uint64_t began = clock_mono();
	while (!t->waited_n && clock_mono() - began < longest) {
		ask_recent(t, 1);
		if (!t->waited_n && may_ask_anyone(t, 1))
			ask_anyone(t);
	}
}

static void look_among_many(struct tracer *t)
{
	if (t->together && t->colocate.crowd > 1)
		return; /* there is no telling who has the next turn */
	if (t->together) {
		sched_yield(); /* it's his who made the last stops */
		ask_recent(t, 1);
	} else if (looks(t)) {
		look_for_a_while(t, SPIN_LONGEST);
		spin_ended(&t->spin, t->waited_n > 0);
	} else if (spin_wanted(&t->many.by_name, t->processors)) {
		look_for_a_while(t, t->many.took); /* as long as the look takes that comes before any sleep */
		spin_ended(&t->many.by_name, t->waited_n > 0);
	}
}

static int wait_among_many(struct tracer *t)
{
	/* All that there are: wait4 gives the youngest first, and others would wait for ever. */
	if (may_ask_anyone(t, SHARE)) {
		ask_recent(t, RECENT);
		while (t->waited_n < WAITED_MAX && ask_anyone(t))
			;
	}
	if (!t->waited_n)
		look_among_many(t);
	if (t->waited_n)
		return 0;
	int status;
	uint64_t began = clock_mono();
	pid_t tid = wait4(-1, &status, __WALL, NULL);
	if (tid < 0)
		return -errno;
	remember(&t->many, tid);
	stopped(t, tid, status);
	if (t->waited[0].when - began > t->many.took * SHARE)
		t->many.asked = t->waited[0].when; /* it slept: nobody else had stopped */
	return 0;
}

int tracer_wait(struct tracer *t)
{
	t->waited_n = t->waited_at = 0;
	if (t->orphans || t->gathering)
		sig_tick(true); /* they may have to be looked after though nothing stops */
	return t->tasks.count < MANY ? wait_among_few(t) : wait_among_many(t);
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
