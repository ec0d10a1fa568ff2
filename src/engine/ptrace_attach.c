/*
 * Attaching to what runs: all threads are seized and asked to stop. While they do, their address space is
 * being gathered: whoever has stopped is held, until all that use it are and its maps can be read at one
 * moment. Calls that are seen from then on are exactly those after it.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/ptrace_tracer.h"
#include "engine/refusal.h"
#include "engine/targets.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/sig.h"

/*
 * Whose tasks don't stop any more for so long is read all the same: they are in uninterruptible sleep, and
 * the others can't be held for them.
 */
#define PATIENCE (100 * NSEC_PER_MSEC)

/* Who can't stop is looked at one by one when there are no more than so many left. */
#define FEW 16

/* No filter is ever in the way here, and whoever has one of its own keeps it: no TRACESECCOMP. */
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |   \
	    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXIT)

/* ---- seizing ---- */

static void drain(void *tracer)
{
	tracer_drain(tracer);
}

/*
 * While a thread of the target is in execve(2), the kernel keeps PTRACE_SEIZE waiting; and execve waits for
 * its siblings to end and be reaped, which can be ours already. No signal ends that wait, so the tick reaps,
 * and lets go who has stopped on its way out.
 */
static int seize(struct tracer *t, pid_t tid)
{
	sig_on_tick(drain, t);
	long r = ptrace(PTRACE_SEIZE, tid, 0, (long)OPTIONS);
	int error = errno;
	sig_on_tick(NULL, NULL);
	return r < 0 ? -error : 0;
}

/* A gathering space that `tid` uses, or NULL. */
static struct space *find_space(struct tracer *t, pid_t tid)
{
	uint64_t asked = 0;
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (!task->space || !task->space->gathering || task->space->id == asked)
			continue;
		asked = task->space->id; /* tasks of a space mostly stand together */
		if (proc_shares_space(task->tid, tid) == 1)
			return task->space;
	}
	return NULL;
}

static struct task *add(struct tracer *t, pid_t pid, pid_t tid, struct process *process)
{
	struct space *space = process ? NULL : find_space(t, tid);
	struct task *task = tasks_add(&t->tasks, tid);
	task_join(task, process, pid);
	for (struct task *other = task->next; process && other && !space; other = other->next) {
		if (other->process == process)
			space = other->space;
	}
	task_use(&t->tasks, task, space);
	task->space->gathering = t->gathering = true;
	task->announced = task->every_call = true;
	task->process->leaderless &= tid != pid;
	proc_comm(tid, task->comm); /* it may end before there is another moment to ask */
	if (process)
		return task;
	task->process->attached = task->process->untold = true;
	task->process->nspid = proc_nspid(tid);
	return task;
}

static struct process *find_process(struct tracer *t, pid_t pid)
{
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (task->process && task->process->pid == pid)
			return task->process;
	}
	return NULL;
}

/* A thread can't be seized though others of its process are: whose is it? */
static void note_missing(struct tracer *t, pid_t pid, pid_t tid)
{
	struct proc_state state;
	char comm[16] = "?";
	if (proc_state(tid, &state) < 0 || state.tracer == 0 || state.tracer == getpid())
		return;
	proc_comm(state.tracer, comm);
	if (!(t->gaps & GAP_ATTACH))
		log_error("thread %d of %d isn't traced, as %s (%d) does that already", tid, pid, comm,
		    state.tracer);
	t->gaps |= GAP_ATTACH;
}

/*
 * Whether the task of that leader has gone: a thread that isn't ours has executed a new image, and with it
 * taken the leader's id. The old leader ends without a word (ptrace(2), "execve(2) under ptrace").
 */
static bool is_taken_over(pid_t leader)
{
	struct proc_state state;
	return proc_state(leader, &state) == 0 && state.letter != 'Z' && state.tracer != getpid();
}

/* All that were known of a process which has become another by execve(2) have died in it. */
static void forget(struct tracer *t, const struct process *process)
{
	uint64_t now = clock_mono();
	for (struct task *task = t->tasks.first, *next; task; task = next) {
		next = task->next;
		if (task->process != process)
			continue;
		calls_cut(t, task, now);
		tracer_unwait(t, task->tid);
		tasks_remove(&t->tasks, task);
	}
}

/*
 * Seize those threads of process `pid` that aren't ours yet. Returns how many there were, with those that
 * ended before they could be: they may have made others. Or a negative errno: why none could be seized.
 */
static int seize_threads(struct tracer *t, pid_t pid, bool interrupt)
{
	_cleanup_(buf_free) struct buf tids = {0};
	struct process *process = find_process(t, pid);
	bool leaderless = false;
	int n = 0, ended_n = 0, r = proc_tids(pid, &tids);
	for (size_t at = 0; at < tids.len; at += sizeof(pid_t)) {
		pid_t tid;
		memcpy(&tid, tids.data + at, sizeof(tid));
		bool known = tasks_find(&t->tasks, tid) != NULL;
		if (known && (tid != pid || !is_taken_over(tid)))
			continue;
		int error = seize(t, tid);
		if (error < 0) {
			bool ended = proc_is_zombie(tid);
			leaderless |= tid == pid && ended;
			r = ended ? r : error;
			ended_n += error == -ESRCH;
			if (!ended && process)
				note_missing(t, pid, tid);
			continue;
		}
		if (known)
			forget(t, process);
		process = add(t, pid, tid, known ? NULL : process)->process;
		if (interrupt)
			ptrace(PTRACE_INTERRUPT, tid, 0, 0);
		n++;
	}
	if (process)
		process->leaderless |= leaderless;
	return process ? n + ended_n : r < 0 ? r : -ESRCH;
}

/*
 * All threads: those that are born meanwhile by ours are, too. A leader that just ended, since another
 * thread takes its place by execve(2), refuses as if it were forbidden: so that's asked again. Returns 0 or
 * a negative errno.
 */
static int seize_process(struct tracer *t, pid_t pid)
{
	int n, tries = 10;
	while ((n = seize_threads(t, pid, false)) > 0 || (n == -EPERM && --tries))
		;
	return n;
}

/* ---- targets ---- */

/* How often a target is tried that seems to have ended and hasn't. */
#define TRIES 100

/* Whether the process of that pidfd has ended, within so many milliseconds. */
static bool has_ended(int pidfd, int within)
{
	struct pollfd fd = {pidfd, POLLIN, 0};
	return pidfd >= 0 && poll(&fd, 1, within) == 1;
}

/* What was seized is another process, which has got the id since: it's let go as it stops. */
static void leave_out(struct tracer *t, struct process *process)
{
	process->left_out = true;
	process->attached = process->untold = false;
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (task->process != process)
			continue;
		task->space->gathering = false;
		ptrace(PTRACE_INTERRUPT, task->tid, 0, 0);
	}
}

static int try_target(struct tracer *t, pid_t pid, struct err *err)
{
	int r = refusal_find(pid, err);
	if (r < 0)
		return r;
	r = seize_process(t, pid);
	return r < 0 ? refusal_explain(pid, -r, err) : 0;
}

/* A process is without a thread that can be seized for a moment while one that doesn't lead calls execve(2). */
static int attach_target(struct tracer *t, pid_t pid, struct err *err)
{
	struct proc_state state;
	if (proc_state(pid, &state) == 0)
		pid = state.tgid; /* any thread's id names its process */
	if (find_process(t, pid))
		return 0;
	/* From here on the id can't become another process's unnoticed. */
	_cleanup_(cleanup_close) int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int r = try_target(t, pid, err);
	for (unsigned i = 0; i < TRIES && r == -ESRCH && pidfd >= 0 && !has_ended(pidfd, 2); i++)
		r = try_target(t, pid, err);
	struct process *process = r == 0 ? find_process(t, pid) : NULL;
	if (!process || !has_ended(pidfd, 0))
		return r;
	leave_out(t, process);
	return refusal_explain(pid, ESRCH, err);
}

/*
 * Whoever else uses a target's address space changes it as well: it's traced like a target. Returns whether
 * there was any.
 */
static bool seize_sharers(struct tracer *t)
{
	_cleanup_(buf_free) struct buf pids = {0};
	bool found = false;
	proc_pids(&pids);
	for (size_t at = 0; at < pids.len; at += sizeof(pid_t)) {
		pid_t pid;
		memcpy(&pid, pids.data + at, sizeof(pid));
		if (pid == getpid() || tasks_find(&t->tasks, pid) || !find_space(t, pid))
			continue;
		found |= seize_process(t, pid) == 0 && tasks_find(&t->tasks, pid);
	}
	return found;
}

static void interrupt_all(struct tracer *t)
{
	uint64_t now = clock_mono();
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (!task->space->gathering)
			continue;
		ptrace(PTRACE_INTERRUPT, task->tid, 0, 0);
		task->space->moved = now;
	}
}

int attach_targets(struct tracer *t, struct err *err)
{
	sig_tick_fast(true);
	int r = targets_each(t->setup, attach_target, t, err);
	if (r < 0)
		return r;
	while (seize_sharers(t))
		;
	interrupt_all(t);
	t->started = !t->setup->argv;
	return 0;
}

/* ---- telling ---- */

/* A leader that has ended before its threads never stops. */
static bool is_ended_leader(const struct task *task)
{
	return task->tid == task->process->pid && !task->held && proc_is_zombie(task->tid);
}

/* A task to read the process by: its leader, unless that has ended. */
static struct task *find_reader(struct tracer *t, struct task *any)
{
	struct task *leader = tasks_find(&t->tasks, any->process->pid);
	return leader && (leader->held || !proc_is_zombie(leader->tid)) ? leader : any;
}

/* A process with an address space of which this one's attach has to say that it's the same; 0: none. */
static pid_t find_sharer(const struct tracer *t, const struct task *task)
{
	for (const struct task *other = t->tasks.first; other; other = other->next) {
		if (other->space == task->space && other->process != task->process && !other->process->untold)
			return other->process->pid;
	}
	return 0;
}

static void tell(struct tracer *t, struct task *any, uint64_t now)
{
	struct task *task = find_reader(t, any);
	task->process->untold = false;
	if (task->held)
		tracer_try(t, task->tid);
	task->comm_stale = true;
	calls_refresh(task, now);
	struct record *record = record_new(t, RAW_ATTACH, task);
	struct raw *raw = &record->raw;
	proc_exe(task->tid, &raw->path);
	if (t->setup->argv_wanted)
		proc_cmdline(task->tid, &raw->argv);
	proc_maps(task->tid, &raw->maps);
	raw->brk = proc_brk(task->tid, buf_view(&raw->maps));
	raw->shares_with = find_sharer(t, task);
	for (const struct task *other = t->tasks.first; other; other = other->next) {
		if (other->process == task->process && !is_ended_leader(other))
			buf_add(&raw->tids, &other->tid, sizeof(other->tid));
	}
	record_point(t, record, task, now);
}

void attach_tell_late(struct tracer *t, struct task *task, uint64_t now)
{
	const struct legacy *legacy = task->process->legacy;
	struct record *record = record_new(t, RAW_ATTACH, task);
	record->raw.shares_with = 0;
	if (legacy) /* as it was at last: nothing that it did before was told */
		buf_add(&record->raw.maps, legacy->maps.data, legacy->maps.len);
	task->process->untold = false;
	record_point(t, record, task, now);
}

/* All have stopped, or never will: read, then let them go on. */
static void finish(struct tracer *t, struct space *space)
{
	uint64_t now = clock_mono();
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (task->space == space && task->process->untold)
			tell(t, task, now);
	}
	space->gathering = false;
	for (struct task *task = t->tasks.first, *next; task; task = next) {
		next = task->next;
		enum held how = task->held;
		if (task->space != space || !how)
			continue;
		task->held = HELD_NOT;
		space->held--;
		if (leave_is_due(t, task)) {
			leave_task(t, task);
			next = t->tasks.first; /* an ended leader may have gone with it */
		} else if (how == HELD_LISTEN)
			tracer_listen(t, task, task->held_signal);
		else
			tracer_resume(t, task, task->held_signal);
	}
}

/* ---- gathering ---- */

/*
 * A task that waits in vfork(2) can't stop before its child, which runs in its place, is done: where that
 * one is held, both are.
 */
static bool waits_for_child(struct tracer *t, const struct task *task)
{
	struct proc_state state;
	if (proc_state(task->tid, &state) < 0 || state.letter != 'D')
		return false;
	for (const struct task *child = t->tasks.first; child; child = child->next) {
		if (child->space == task->space && child->held && child->process != task->process &&
		    proc_state(child->tid, &state) == 0 && state.ppid == task->process->pid)
			return true;
	}
	return false;
}

static bool all_stopped(struct tracer *t, const struct space *space)
{
	if (space->held == space->tasks)
		return true;
	if (space->held == 0 || space->tasks - space->held > FEW)
		return false;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (task->space == space && !task->held && !task->exiting && !waits_for_child(t, task) &&
		    !is_ended_leader(task))
			return false;
	}
	return true;
}

/*
 * The list of threads isn't read at one moment while they come and go; but now only those that were missed
 * can still change it. Returns whether there were any.
 */
static bool seize_missed(struct tracer *t, const struct space *space)
{
	pid_t asked = 0;
	bool found = false;
	for (const struct task *task = t->tasks.first; task && !found; task = task->next) {
		if (task->space != space || task->process->pid == asked)
			continue;
		asked = task->process->pid;
		found = seize_threads(t, asked, true) > 0;
	}
	return found;
}

static struct space *find_gathering(const struct tracer *t, uint64_t id)
{
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (task->space && task->space->gathering && task->space->id == id)
			return task->space;
	}
	return NULL;
}

/* The id of the next gathering space above `id`, or 0. */
static uint64_t next_gathering(const struct tracer *t, uint64_t id)
{
	uint64_t next = 0;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		const struct space *space = task->space;
		if (space && space->gathering && space->id > id && (!next || space->id < next))
			next = space->id;
	}
	return next;
}

static void check(struct tracer *t, struct space *space, const struct task *any)
{
	if (all_stopped(t, space) && (leave_is_due(t, any) || !seize_missed(t, space)))
		finish(t, space);
}

/*
 * One of the space may be in execve(2), and wait there for those of its process to end; so these aren't held on
 * their way out, unless nobody is left to wait.
 */
static bool must_go(const struct tracer *t, const struct task *task)
{
	if (!task->exiting)
		return false;
	for (const struct task *other = t->tasks.first; other; other = other->next) {
		if (other->space == task->space && other != task && !other->held && !other->exiting)
			return true;
	}
	return false;
}

bool attach_hold(struct tracer *t, struct task *task, enum held how, int signal)
{
	struct space *space = task->space;
	if (!space || !space->gathering)
		return false;
	/* SIGKILL ends a stop that was held already. */
	space->held -= task->held != HELD_NOT;
	task->held = HELD_NOT;
	if (must_go(t, task))
		return false;
	task->held = how;
	task->held_signal = signal;
	space->held++;
	space->moved = clock_mono();
	check(t, space, task);
	return true;
}

/* Who doesn't stop isn't waited for. Tasks of the space may be gone afterwards, and it with them. */
static void gather_on(struct tracer *t, struct space *space, const struct task *any, uint64_t now)
{
	bool leaves = leave_is_due(t, any);
	uint64_t id = space->id;
	check(t, space, any);
	space = find_gathering(t, id);
	if (!space || !space->held || now <= space->moved + PATIENCE)
		return;
	t->gaps |= leaves ? 0 : GAP_ATTACH;
	finish(t, space);
}

void attach_sweep(struct tracer *t, uint64_t now)
{
	for (uint64_t id = 0; (id = next_gathering(t, id));) {
		struct space *space = find_gathering(t, id);
		const struct task *any = t->tasks.first;
		while (any->space != space)
			any = any->next;
		gather_on(t, space, any, now);
	}
	t->gathering = next_gathering(t, 0);
	if (!t->gathering)
		sig_tick_fast(false);
}
