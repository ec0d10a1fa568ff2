/*
 * The perf engine: nobody is stopped. The kernel writes records of what tasks did into rings, one a processor, and
 * they are read from there some time later, in the order of their times.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/perf_tracer.h"
#include "engine/proc.h"
#include "engine/records.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/sig.h"

/* The caller gets a turn at least this often, even if nothing worth a record happens. */
#define TURN (100 * NSEC_PER_MSEC)

/* How long a record waits in a ring that doesn't fill, milliseconds. */
#define PAUSE 50

/* From the time of a record to when it's in the ring takes no longer, but for who is interrupted just there. */
#define SETTLED (2 * NSEC_PER_MSEC)

/* So many records are looked at before it's seen to what they came to. */
#define BATCH 256

/* Above so many processors or descriptors, one event a processor for all tasks costs less than one for each. */
#define PROCESSORS_MAX  8
#define DESCRIPTORS_MAX 256

/* Processes whose ends may have been lost are looked after this often. */
#define SWEEP_EVERY (2 * NSEC_PER_SEC)

/* ---- the loop ---- */

/* Look at some records of which all older ones are there. Returns whether there were any. */
static bool feed(struct tracer *t)
{
	struct perf_ring *ring;
	struct perf_record record;
	struct str bytes;
	unsigned n = 0;
	while (n < BATCH && perf_events_first(&t->events, t->bound, &bytes, &ring)) {
		/* What is made of it can move the queue. */
		t->bytes.len = 0;
		buf_str(&t->bytes, bytes);
		perf_ring_pop(ring);
		if (perf_record_parse(&t->events.layout, t->bytes.data, t->bytes.len, &record))
			watch_record(t, &record);
		else
			t->lost++;
		t->fed = record.time > t->fed ? record.time : t->fed;
		n++;
	}
	if (n < BATCH)
		t->fed = t->bound;
	if (n)
		perf_events_relieve(&t->events);
	return n;
}

/* Whether a task ended without a word that came through, or its whole process did. */
static bool is_gone(const struct task *task)
{
	return syscall(SYS_tgkill, task->process->pid, task->tid, 0) < 0 && errno == ESRCH;
}

static void sweep_task(struct tracer *t, struct task *task, uint64_t now)
{
	struct process *process = task->process;
	if (!is_gone(task))
		return;
	if (process->tasks > 1)
		watch_remove(t, task);
	else if (!process->gone)
		process->gone = now; /* what it did before may still be on its way */
	else if (t->bound > process->gone)
		watch_end(t, task, process->gone);
}

/*
 * Records of ends may be among those that were lost, and who leaves a control group ends elsewhere: look who is still
 * there.
 */
static void sweep(struct tracer *t, uint64_t now)
{
	if (now - t->swept < SWEEP_EVERY)
		return;
	t->swept = now;
	for (struct task *task = t->tasks.first, *next; task; task = next) {
		next = task->next;
		if (task->process->pid != t->root)
			sweep_task(t, task, now);
	}
}

/* The command's end is told when all that it did before is, and it's known how it ended. */
static void reap(struct tracer *t)
{
	int status;
	if (!t->root || t->reaped || waitpid(t->root, &status, WNOHANG | __WALL) != t->root)
		return;
	if (!WIFSTOPPED(status)) { /* as it does who wants to be traced by us: ptrace(2), PTRACE_TRACEME */
		t->reaped = true;
		t->status = status;
		t->ended = clock_mono();
	}
}

/* It's told once nothing of it can come any more. */
static void end_root(struct tracer *t)
{
	if (!t->root || !t->reaped || (!t->last_seen && t->bound < t->ended))
		return;
	struct process *process = watch_process(t, t->root);
	struct task *task = t->tasks.first;
	while (process && task->process != process)
		task = task->next;
	if (!process) /* it was never seen to run */
		task = watch_add(t, t->root, t->root, NULL);
	watch_end(t, task, t->last_seen ? t->last_seen : t->ended);
}

/* Whether no more is to be waited for. */
static bool is_final(const struct tracer *t)
{
	return t->cut || t->released;
}

/* Empty the rings: what is older than a moment is complete now. */
static void collect(struct tracer *t)
{
	uint64_t now = clock_mono();
	reap(t);
	perf_events_drain(&t->events);
	t->bound = is_final(t) ? UINT64_MAX : now - SETTLED;
	sweep(t, now);
}

/* Wait until a ring fills, or for a moment: a short one if what is there only has to settle. Returns 0 or -EINTR. */
static int wait_for_records(struct tracer *t)
{
	unsigned n = t->events.rings_n;
	struct timespec settled = {0, (long)SETTLED};
	if (perf_events_waiting(&t->events))
		return nanosleep(&settled, NULL) < 0 ? -errno : 0;
	for (unsigned i = 0; i < n; i++)
		t->polled[i] = (struct pollfd){t->events.leaders[i], POLLIN, 0};
	return poll(t->polled, n, PAUSE) < 0 ? -errno : 0;
}

/* Whether all has come of those who were to be watched: what others do may never end. */
static bool is_vacant(struct tracer *t)
{
	if (t->scope == PERF_WHOLE || t->tasks.count || t->root) {
		t->vacant = 0;
		return false;
	}
	if (!t->vacant)
		t->vacant = clock_mono();
	return t->fed > t->vacant || !perf_events_waiting(&t->events);
}

static bool is_over(struct tracer *t)
{
	if (t->leaving || t->order.first)
		return false;
	if (is_final(t))
		return t->bound == UINT64_MAX && !perf_events_waiting(&t->events);
	return is_vacant(t);
}

/* What is left when nothing more comes is all that there was room for. */
static void tell_rest(struct tracer *t)
{
	uint64_t lost = perf_events_lost(&t->events);
	struct perf_record record = {.kind = PERF_LOST, .time = clock_mono(), .count = lost - t->lost};
	if (lost > t->lost)
		watch_record(t, &record);
}

/* Returns an engine_outcome if there is one yet, else -EAGAIN. */
static int step(struct tracer *t)
{
	struct perf_ring *ring;
	struct str bytes;
	struct perf_item *item = perf_order_next(&t->order, t->fed);
	struct record *record = (struct record *)item;
	if (item && item->pending) { /* its call takes long, and is told when it ends */
		record->owner->perf->reserved = NULL;
		watch_free(t, record);
		return -EAGAIN;
	}
	t->out = record;
	if (record)
		return ENGINE_RECORD;
	if (feed(t))
		return -EAGAIN;
	watch_left(t, t->bound);
	end_root(t);
	if (t->order.first && t->fed == UINT64_MAX)
		return -EAGAIN;
	if (is_over(t)) {
		if (t->told_rest)
			return ENGINE_DONE;
		t->told_rest = true;
		t->bound = t->fed = UINT64_MAX;
		tell_rest(t);
		return -EAGAIN;
	}
	collect(t);
	if (is_final(t) || perf_events_first(&t->events, t->bound, &bytes, &ring))
		return -EAGAIN;
	return wait_for_records(t) < 0 ? ENGINE_QUIET : -EAGAIN;
}

static int perf_next(struct tracer *t, const struct raw **ret, struct err *err)
{
	uint64_t began = 0;
	(void)err;
	if (t->out)
		watch_free(t, steal(&t->out));
	for (;;) {
		int r = step(t);
		if (r == ENGINE_QUIET)
			launch_follow_stop(t->root);
		if (r == ENGINE_RECORD)
			*ret = &t->out->raw;
		if (r != -EAGAIN)
			return r;
		/* The common case costs no look at the clock. */
		uint64_t now = clock_mono();
		began = began ? began : now;
		if (now - began > TURN)
			return ENGINE_QUIET;
	}
}

/* ---- the rest of the interface ---- */

static pid_t perf_root(const struct tracer *t)
{
	return t->launch.pid;
}

static unsigned perf_gaps(const struct tracer *t)
{
	return t->gaps | (t->unseen ? GAP_UNTRACED_CHILD : 0);
}

static uint64_t perf_lost(const struct tracer *t)
{
	return t->lost;
}

static bool leads(const struct task *task)
{
	return task->tid == task->process->pid && !task->process->left_out;
}

static unsigned perf_living(const struct tracer *t, unsigned most, struct buf *names)
{
	unsigned n = 0;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (!leads(task))
			continue;
		if (n < most)
			buf_fmt(names, "%s%.15s (%d)", n ? ", " : "", task->comm, task->tid);
		n++;
	}
	return n;
}

static void perf_signal(struct tracer *t, int signal)
{
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (leads(task) && !task->process->attached)
			kill(task->tid, signal);
	}
}

/* What is in the order goes, but for how the command ended. */
static void drop_records(struct tracer *t, bool all)
{
	for (struct perf_item *item = t->order.first, *next; item; item = next) {
		struct record *record = (struct record *)item;
		next = item->next;
		if (!all && watch_is_end(t, record))
			continue;
		if (record->owner)
			record->owner->perf->reserved = NULL;
		perf_order_remove(&t->order, item);
		watch_free(t, record);
	}
}

static void perf_mute(struct tracer *t)
{
	t->muted = true;
	drop_records(t, false);
}

static void perf_cut(struct tracer *t)
{
	t->cut = true;
	perf_events_stop(&t->events);
}

static bool perf_can_detach(const struct tracer *t)
{
	(void)t;
	return true; /* nobody is held */
}

static void perf_release(struct tracer *t)
{
	if (t->released)
		return;
	watch_leave(t, false);
	t->released = true;
	perf_events_stop(&t->events);
}

static void perf_release_targets(struct tracer *t)
{
	watch_leave(t, true);
}

static void perf_close(struct tracer *t)
{
	if (!t)
		return;
	drop_records(t, true);
	perf_events_free(&t->events);
	for (struct record *record; (record = t->leaving);) {
		t->leaving = record->next;
		watch_free(t, record);
	}
	if (t->out)
		watch_free(t, t->out);
	while (t->tasks.first)
		watch_remove(t, t->tasks.first);
	tasks_free(&t->tasks);
	for (struct record *record; (record = t->free);) {
		t->free = record->next;
		raw_free(&record->raw);
		free(record);
	}
	buf_free(&t->vsyscall);
	buf_free(&t->bytes);
	free(t->polled);
	free(t);
}

/* ---- the start ---- */

/* The page of old system calls isn't a mapping to the kernel: ours is where everybody's is. */
static void read_vsyscall(struct tracer *t)
{
	_cleanup_(buf_free) struct buf maps = {0};
	if (proc_maps(getpid(), &maps) < 0)
		return;
	const char *name = memmem(maps.data, maps.len, "[vsyscall]", 10);
	const char *start = name ? memrchr(maps.data, '\n', (size_t)(name - maps.data)) : NULL;
	if (start)
		buf_add(&t->vsyscall, start + 1, (size_t)(name + 11 - (start + 1)));
}

static bool is_wide(const struct tracer *t)
{
	size_t tasks = t->setup->argv ? 1 : 0;
	for (size_t i = 0; i < t->setup->targets_n; i++) {
		_cleanup_(buf_free) struct buf tids = {0};
		proc_tids(t->setup->targets[i], &tids);
		tasks += tids.len / sizeof(pid_t);
	}
	return t->events.processors_n > PROCESSORS_MAX || tasks * perf_events_cost(&t->events) > DESCRIPTORS_MAX;
}

/* Wait until the command's image is replaced or it gave up. */
static int await_exec(struct tracer *t, struct err *err)
{
	struct pollfd end = {t->launch.status, POLLIN, 0};
	struct proc_state state;
	bool no_new_privs;
	int signal;
	while (poll(&end, 1, -1) < 0 && errno == EINTR) {
		if (sig_stops(&signal))
			kill(t->root, SIGKILL);
		launch_follow_stop(t->root);
	}
	int r = launch_result(&t->launch, t->setup->argv[0], &no_new_privs, err);
	if (r == 0 && proc_state(t->root, &state) == 0 && state.forked)
		return err_set(err, -ESRCH, "%s was killed before it ran", t->setup->argv[0]);
	return r;
}

static int open_events(struct tracer *t, struct err *err)
{
	const struct engine_setup *setup = t->setup;
	int r = 0;
	if (!setup->argv && !setup->targets_n)
		t->scope = PERF_WHOLE;
	else if (is_wide(t))
		t->scope = PERF_KNOWN;
	if (t->scope != PERF_TREE)
		r = perf_events_add(&t->events, (struct perf_subject){-1, setup->cgroup}, err);
	else if (t->root)
		r = perf_events_add(&t->events, (struct perf_subject){t->root, -1}, err);
	if (r == -ESRCH && setup->argv)
		return err_set(err, r, "%s was killed before it ran", setup->argv[0]);
	if (r == 0 && setup->targets_n)
		r = watch_targets(t, err);
	return r;
}

static int launch(struct tracer *t, struct err *err)
{
	const struct engine_setup *setup = t->setup;
	struct launch_spec spec = {
	    .argv = setup->argv,
	    .envp = setup->envp,
	    .user = setup->user,
	    .stdout_to_stderr = setup->stdout_to_stderr,
	    .hold = true,
	};
	int r = launch_start(&spec, &t->launch, err);
	if (r < 0)
		return r;
	t->root = t->launch.pid;
	watch_add(t, t->root, t->root, NULL)->process->since = UINT64_MAX;
	return 0;
}

/* The command is made first, so that it inherits nothing of what events need, and waits. */
static int start(struct tracer *t, struct err *err)
{
	const struct engine_setup *setup = t->setup;
	struct perf_wish wish = {.calls = setup->calls,
	    .buffer = setup->buffer,
	    .argv = setup->argv_wanted,
	    .stacks = setup->stacks,
	    .on_exec = setup->argv && !setup->targets_n};
	int r = perf_events_init(&t->events, &wish, err);
	t->polled = mem_alloc((2 * t->events.processors_n + 1) * sizeof(*t->polled));
	if (r == 0 && setup->argv)
		r = launch(t, err);
	if (r == 0)
		r = open_events(t, err);
	if (r == 0)
		perf_events_start(&t->events);
	if (r < 0 || !setup->argv)
		return r;
	launch_go(&t->launch);
	return await_exec(t, err);
}

/* A command that doesn't get to run. */
static void give_up(struct tracer *t)
{
	if (!t->root)
		return;
	kill(t->root, SIGKILL);
	waitpid(t->root, NULL, __WALL);
	if (t->launch.go >= 0)
		close(t->launch.go);
	if (t->launch.status >= 0)
		close(t->launch.status);
}

static int perf_open(const struct engine_setup *setup, struct tracer **ret, struct err *err)
{
	struct tracer *t = mem_alloc(sizeof(*t));
	t->setup = setup;
	sig_on_child();
	read_vsyscall(t);
	int r = start(t, err);
	if (r < 0) {
		give_up(t);
		perf_close(t);
		return r;
	}
	*ret = t;
	return 0;
}

const struct engine engine_perf = {
    .name = "perf",
    .capabilities = ENGINE_LAUNCH | ENGINE_RESULTS | ENGINE_ATTACH | ENGINE_STACKS | ENGINE_WHOLE |
                    ENGINE_LIGHT,
    .open = perf_open,
    .next = perf_next,
    .root = perf_root,
    .gaps = perf_gaps,
    .lost = perf_lost,
    .living = perf_living,
    .signal = perf_signal,
    .mute = perf_mute,
    .cut = perf_cut,
    .can_detach = perf_can_detach,
    .release = perf_release,
    .release_targets = perf_release_targets,
    .close = perf_close,
};
