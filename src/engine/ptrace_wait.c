/* Waiting for stops: by looking for them as long as that pays, else asleep. */
#include <errno.h>
#include <sched.h>
#include <sys/wait.h>

#include "engine/ptrace_tracer.h"
#include "util/clock.h"
#include "util/mem.h"
#include "util/sig.h"

static void stopped(struct tracer *t, pid_t tid, int status)
{
	t->wait.stopped = clock_mono();
	t->wait.v[t->wait.n++] = (struct waited){tid, status, t->wait.stopped};
}

/* Take a stop if there is one by now. Whatever is wrong, who waits for it will hear of it. */
static void look_for_stop(struct tracer *t)
{
	int status;
	pid_t tid = wait4(-1, &status, __WALL | WNOHANG, NULL);
	if (tid > 0)
		stopped(t, tid, status);
}

static void look_for_a_while(struct tracer *t, struct spin *spin, uint64_t longest, void (*look)(struct tracer *))
{
	uint64_t began = clock_mono();
	while (!t->wait.n && clock_mono() - began < longest)
		look(t);
	spin_ended(spin, t->wait.n > 0);
}

/* To ask takes as long as a stop. */
#define LOAD_AGE (20 * NSEC_PER_MSEC)

unsigned tracer_load(struct tracer *t, uint64_t age)
{
	uint64_t now = clock_mono();
	if (now - t->load.asked >= age) {
		t->load.tasks = proc_running(&t->load.file);
		t->load.asked = now;
	}
	return t->load.tasks;
}

/* Whether others than us may want this processor, now that who was traced on it has stopped. */
static bool is_wanted_by_others(struct tracer *t, uint64_t age)
{
	unsigned running = tracer_load(t, age);
	return !running || running > (t->single ? 1 : t->processors);
}

/* How often those who run here are let go first, before waiting asleep. */
#define TURNS 2

/*
 * Let who is to stop have its turn on this processor, which it may have had already when it was woken: so neither side
 * is put to sleep and woken. But sched_yield(2) gives our turn to anyone, and the scheduler doesn't give it back: where
 * that is known to take long it isn't done again until nobody else is there.
 */
static void take_turns(struct tracer *t, void (*look)(struct tracer *))
{
	uint64_t before = t->wait.stopped; /* what was done since takes little of it */
	look(t);
	for (unsigned i = 0; !t->wait.n && i < TURNS; i++) {
		sched_yield();
		look(t);
	}
	spin_ended(&t->wait.turns, t->wait.n > 0);
	if ((t->wait.n ? t->wait.stopped : clock_mono()) - before > SPIN_LONGEST)
		t->wait.crowded = is_wanted_by_others(t, 0);
}

/*
 * Where many run here there is no telling who is next; and who is near would, after we gave our turn, go on as soon as
 * it's woken, and not be let go before it runs.
 */
static bool takes_turns(struct tracer *t)
{
	bool here = t->single || (t->tasks.lent && t->together.way != COLOCATE_NEAR && !together_beside(t));
	if (!here || t->together.policy.crowd > 1)
		return false;
	return !t->wait.crowded && spin_wanted(&t->wait.turns, t->processors);
}

/* What says whether to look for a stop for a while, and learns from it; NULL: it's not to be done. */
static struct spin *looks(struct tracer *t)
{
	if (together_beside(t))
		return &t->wait.turns; /* there was room for that */
	if (t->single || t->together.way)
		return NULL; /* who is to stop couldn't run */
	if (spin_asks(&t->wait.spin))
		spin_load(&t->wait.spin, tracer_load(t, LOAD_AGE));
	return spin_wanted(&t->wait.spin, t->processors) ? &t->wait.spin : NULL;
}

/* Where there was but one stop at a time for so long, more aren't looked for each time. */
#define ALONE 8

static bool looks_for_more(const struct tracer *t)
{
	return t->tasks.count > 1 && (t->wait.alone < ALONE || t->wait.alone % ALONE == 0);
}

/* Sleep until there is a stop. Returns 0 or a negative errno: wait4(2). */
static int await_stop(struct tracer *t)
{
	int status;
	pid_t tid = wait4(-1, &status, __WALL, NULL);
	if (tid < 0)
		return -errno;
	stopped(t, tid, status);
	return 0;
}

static int wait_among_few(struct tracer *t)
{
	bool more = looks_for_more(t);
	struct spin *spin = NULL;
	if (takes_turns(t))
		take_turns(t, look_for_stop);
	else if ((spin = looks(t)))
		look_for_a_while(t, spin, SPIN_LONGEST, look_for_stop);
	int r = t->wait.n ? 0 : await_stop(t);
	if (r < 0)
		return r;
	for (unsigned had = 0; more && had < t->wait.n && t->wait.n < WAITED_MAX;) {
		had = t->wait.n;
		look_for_stop(t);
	}
	t->wait.alone = t->wait.n > 1 ? 0 : t->wait.alone + 1;
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
	for (unsigned i = 0; i < RECENT && t->wait.n < most; i++) {
		pid_t *recent = &t->wait.many.recent[i];
		pid_t tid = *recent ? wait4(*recent, &status, __WALL | WNOHANG, NULL) : 0;
		if (tid > 0) {
			remember(&t->wait.many, tid); /* those behind it keep their places */
			stopped(t, tid, status);
		}
		if (tid < 0)
			*recent = 0; /* it has ended, or another id since */
	}
}

/* Whether there was a stop, and so may be more. */
static bool ask_anyone(struct tracer *t)
{
	struct among_many *m = &t->wait.many;
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
	return clock_mono() - t->wait.many.asked >= t->wait.many.took * share;
}

static void look_for_recent(struct tracer *t)
{
	ask_recent(t, 1);
}

/* There is nothing else to do: half of the time may go into looks through all. */
static void look_for_any(struct tracer *t)
{
	ask_recent(t, 1);
	if (!t->wait.n && may_ask_anyone(t, 1))
		ask_anyone(t);
}

static void look_among_many(struct tracer *t)
{
	struct spin *spin = NULL;
	if (takes_turns(t))
		take_turns(t, look_for_recent);
	else if ((spin = looks(t)))
		look_for_a_while(t, spin, SPIN_LONGEST, look_for_any);
	else if (!t->together.way && spin_wanted(&t->wait.many.by_name, t->processors))
		look_for_a_while(t, &t->wait.many.by_name, t->wait.many.took, look_for_any); /* as long as one before sleep */
}

static int wait_among_many(struct tracer *t)
{
	/* All that there are: wait4 gives the youngest first, and others would wait for ever. */
	if (may_ask_anyone(t, SHARE)) {
		ask_recent(t, RECENT);
		while (t->wait.n < WAITED_MAX && ask_anyone(t))
			;
	}
	if (!t->wait.n)
		look_among_many(t);
	if (t->wait.n)
		return 0;
	uint64_t began = clock_mono();
	int r = await_stop(t);
	if (r < 0)
		return r;
	remember(&t->wait.many, t->wait.v[0].tid);
	if (t->wait.v[0].when - began > t->wait.many.took * SHARE)
		t->wait.many.asked = t->wait.v[0].when; /* it slept: nobody else had stopped */
	return 0;
}

int tracer_wait(struct tracer *t)
{
	t->wait.n = t->wait.at = 0;
	if (t->orphans || t->gathering)
		sig_tick(true); /* they may have to be looked after though nothing stops */
	int r = t->tasks.count < MANY ? wait_among_few(t) : wait_among_many(t);
	t->wait.crowded = t->wait.crowded && is_wanted_by_others(t, LOAD_AGE);
	return r;
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
	unwait(t->wait.v, t->wait.n, tid);
	unwait(t->wait.early, t->wait.early_n, tid);
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
			*MEM_PUSH(t->wait.early, t->wait.early_n, t->wait.early_size) = w;
	}
}
