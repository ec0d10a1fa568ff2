/*
 * Who ran before, and who runs on. Nobody is stopped: the events are there first, and what /proc says is true of one
 * moment if no record of the process falls into the reading.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/perf_tracer.h"
#include "engine/proc.h"
#include "engine/refusal.h"
#include "engine/targets.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"

/*
 * How long a process is read again that goes on changing: so often at once, then after a millisecond each, since who
 * changes its maps in bursts doesn't for a while.
 */
#define TRIES    20
#define PATIENCE (100 * NSEC_PER_MSEC)

/* A call takes no longer, as a rule, ns. */
#define BUSY (20 * NSEC_PER_MSEC)

/* ---- reading ---- */

/* Whether a record of that process is among those from byte `from` of a ring's queue on, and not older than `since`. */
static bool has_record(const struct tracer *t, struct perf_ring *ring, size_t from, pid_t pid, uint64_t since)
{
	struct perf_record record;
	struct str bytes;
	while (perf_ring_at(ring, &from, &bytes)) {
		bool changes = perf_record_parse(&t->events.layout, bytes.s, bytes.len, &record) &&
		               (record.kind == PERF_LEFT || record.kind == PERF_MAP || record.kind == PERF_LOST);
		if (changes && (record.pid == pid || record.kind == PERF_LOST) && record.time >= since)
			return true;
	}
	return false;
}

/* Empty the rings. Returns whether anything that came is of that process. */
static bool changed(struct tracer *t, pid_t pid, uint64_t since)
{
	bool any = false;
	for (unsigned i = 0; i < t->events.rings_n; i++) {
		struct perf_ring *ring = &t->events.rings[i];
		size_t before = perf_ring_waiting(ring);
		perf_events_drain_one(&t->events, i);
		any |= has_record(t, ring, before, pid, since);
	}
	return any;
}

/* Its maps at one moment, *ret_time. Returns 0, a negative errno, or 1 if they may be of several moments. */
static int read_maps(struct tracer *t, pid_t pid, struct buf *ret, uint64_t *ret_time)
{
	uint64_t end = clock_mono() + PATIENCE;
	for (unsigned i = 0; i == 0 || clock_mono() < end; i++) {
		if (i >= TRIES)
			poll(NULL, 0, 1);
		ret->len = 0;
		perf_events_drain(&t->events);
		*ret_time = clock_mono();
		int r = proc_maps(pid, ret);
		if (r < 0 || !changed(t, pid, *ret_time))
			return r;
	}
	return 1;
}

/* ---- telling of who is there ---- */

static void add_threads(struct tracer *t, struct process *process, struct buf *tids)
{
	proc_tids(process->pid, tids);
	for (size_t at = 0; at < tids->len; at += sizeof(pid_t)) {
		pid_t tid;
		memcpy(&tid, tids->data + at, sizeof(tid));
		struct task *task = tasks_find(&t->tasks, tid);
		if (!task && proc_is_zombie(tid))
			continue; /* its end was told before anyone listened */
		if (!task)
			task = watch_add(t, process->pid, tid, process);
		proc_comm(tid, task->comm);
	}
}

/* A process that was told of already and has the same space, as far as it's a target, too; 0: none. */
static pid_t find_sharer(struct tracer *t, struct task *task)
{
	const struct process *asked = task->process;
	for (struct task *other = t->tasks.first; other; other = other->next) {
		if (other->process == task->process || other->process == asked || other->process->untold)
			continue;
		asked = other->process;
		if (proc_shares_space(other->tid, task->tid) != 1)
			continue;
		task_use(&t->tasks, task, other->space);
		return asked->pid;
	}
	return 0;
}

/* The maps as they were told of process `pid`, if they still wait to be. */
static const struct record *find_told(const struct tracer *t, pid_t pid)
{
	for (const struct perf_item *item = t->order.first; item; item = item->next) {
		const struct record *record = (const struct record *)item;
		if (record->raw.kind == RAW_ATTACH && record->raw.pid == pid)
			return record;
	}
	return NULL;
}

/* Who shares its space with one that was told of has the same maps. Returns whether it does. */
static bool copy_maps(struct tracer *t, struct task *task, struct raw *raw, uint64_t *ret_time)
{
	raw->shares_with = find_sharer(t, task);
	const struct record *told = raw->shares_with ? find_told(t, raw->shares_with) : NULL;
	if (!told)
		return false;
	buf_str(&raw->maps, buf_view(&told->raw.maps));
	*ret_time = told->item.time;
	return true;
}

/* `any` is one of its tasks. `since`: what came before that isn't told, as its maps show it. */
static void tell_attach(struct tracer *t, struct task *any, bool since)
{
	_cleanup_(buf_free) struct buf tids = {0};
	struct process *process = any->process;
	add_threads(t, process, &tids);
	struct task *leader = tasks_find(&t->tasks, process->pid), *task = leader ? leader : any;
	struct record *record = watch_new(t, RAW_ATTACH, task);
	struct raw *raw = &record->raw;
	uint64_t time;
	buf_str(&raw->tids, buf_view(&tids));
	int r = copy_maps(t, task, raw, &time) ? 0 : read_maps(t, process->pid, &raw->maps, &time);
	t->gaps |= r > 0 ? GAP_ATTACH : 0;
	proc_exe(process->pid, &raw->path);
	if (t->setup->argv_wanted)
		proc_cmdline(process->pid, &raw->argv);
	process->nspid = raw->nspid = proc_nspid(process->pid);
	if (r < 0)
		raw->maps.len = 0;
	raw->brk = proc_brk(process->pid, buf_view(&raw->maps));
	process->since = since ? time : 0;
	process->read = time;
	process->untold = false;
	watch_tell(t, record, task, time);
}

void watch_found(struct tracer *t, struct task *task)
{
	struct proc_state state;
	struct process *process = task->process;
	process->kernel = proc_state(process->pid, &state) == 0 && state.kernel;
	process->left_out = process->kernel || process->pid == getpid();
	process->attached = true;
	if (!process->left_out && !t->muted)
		tell_attach(t, task, false);
}

/* ---- targets ---- */

/* Watch the threads that aren't yet. Returns how many were added, or a negative errno. */
static int watch_threads(struct tracer *t, pid_t pid, struct err *err)
{
	_cleanup_(buf_free) struct buf tids = {0};
	int n = 0, r = proc_tids(pid, &tids);
	if (r == -EMFILE || r == -ENFILE)
		return err_sys(err, r, "can't see the threads of %d: raise ulimit -n", pid);
	if (r < 0)
		return refusal_explain(pid, -r, err);
	for (size_t at = 0; at < tids.len; at += sizeof(pid_t)) {
		struct perf_subject subject = {.cgroup = -1};
		memcpy(&subject.tid, tids.data + at, sizeof(pid_t));
		if (tasks_find(&t->tasks, subject.tid))
			continue;
		r = t->scope == PERF_KNOWN ? 0 : perf_events_add(&t->events, subject, err);
		if (r < 0 && r != -ESRCH)
			return r;
		if (r == -ESRCH)
			continue; /* it has just ended */
		struct task *task = watch_add(t, pid, subject.tid, watch_process(t, pid));
		task->process->attached = task->process->untold = true;
		n++;
	}
	return n;
}

/* Threads that are born meanwhile by those that are watched are, too. */
static int try_target(struct tracer *t, pid_t pid, struct err *err)
{
	int n, r = refusal_watch(pid, err);
	if (r < 0)
		return r;
	while ((n = watch_threads(t, pid, err)) > 0)
		;
	return n < 0 ? n : watch_process(t, pid) ? 0 : refusal_explain(pid, ESRCH, err);
}

/*
 * A process is without a thread that can be watched for a moment while one that doesn't lead calls execve(2), and
 * whoever was watched before that may be gone with it.
 */
static int watch_target(struct tracer *t, pid_t pid, struct err *err)
{
	struct proc_state state;
	if (proc_state(pid, &state) == 0)
		pid = state.tgid; /* any thread's id names its process */
	_cleanup_(cleanup_close) int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd end = {pidfd, POLLIN, 0};
	int r = try_target(t, pid, err);
	for (unsigned i = 0; i < TRIES && r == -ESRCH && pidfd >= 0 && poll(&end, 1, 2) == 0; i++)
		r = try_target(t, pid, err);
	/* It has ended, and what is watched may be another that got the id since. */
	if (r == 0 && pidfd >= 0 && poll(&end, 1, 0) == 1)
		r = refusal_explain(pid, ESRCH, err);
	struct process *process = r < 0 ? watch_process(t, pid) : NULL;
	if (process) {
		process->left_out = true;
		process->untold = false;
	}
	return r;
}

/* A target that has the same address space as process `pid`, or NULL. */
static struct process *find_same(const struct tracer *t, pid_t pid)
{
	const struct process *asked = NULL;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (task->process == asked || !task->process->attached)
			continue;
		asked = task->process;
		if (proc_shares_space(task->tid, pid) == 1)
			return task->process;
	}
	return NULL;
}

/* Whoever else uses a target's address space changes it as well: it's watched like a target. Whether there was any. */
static bool watch_sharers(struct tracer *t)
{
	_cleanup_(buf_free) struct buf pids = {0};
	struct err err;
	bool found = false;
	proc_pids(&pids);
	for (size_t at = 0; at < pids.len; at += sizeof(pid_t)) {
		pid_t pid;
		memcpy(&pid, pids.data + at, sizeof(pid));
		if (pid != getpid() && !tasks_find(&t->tasks, pid) && find_same(t, pid))
			found |= watch_target(t, pid, &err) == 0;
	}
	return found;
}

int watch_targets(struct tracer *t, struct err *err)
{
	int r = targets_each(t->setup, watch_target, t, err);
	if (r < 0)
		return r;
	while (watch_sharers(t))
		;
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (task->process->untold)
			tell_attach(t, task, true);
	}
	return 0;
}

/* ---- leaving ---- */

static void tell_detach(struct tracer *t, struct task *task, bool only_targets)
{
	struct process *process = task->process;
	uint64_t time = clock_mono();
	if (!watch_tells(t, process, time) || (only_targets && !process->attached))
		return;
	struct record *record = watch_new(t, RAW_DETACH, task);
	record->raw.tid = process->pid;
	int r = t->setup->modelled ? read_maps(t, process->pid, &record->raw.maps, &time) : -ENOENT;
	if (r != 0)
		record->raw.maps.len = 0;
	process->until = record->item.time = time;
	record->next = t->leaving;
	t->leaving = record;
}

void watch_ended(struct tracer *t, pid_t pid)
{
	for (struct record **at = &t->leaving, *record; (record = *at); at = &record->next) {
		if (record->raw.pid != pid)
			continue;
		*at = record->next;
		watch_free(t, record);
		return;
	}
}

/*
 * Whether one of its tasks may have been in a call when it was read, which nothing tells before that ends: who made
 * calls just before.
 */
static bool was_busy(const struct tracer *t, pid_t pid, uint64_t time)
{
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		const struct perf_task *its = task->perf;
		if (task->process->pid == pid && (its->executing || its->map.end || its->left + BUSY > time))
			return true;
	}
	return false;
}

/* A process that the command has made, and not one that ran before: what it does from now on is missing. */
static bool is_child(const struct tracer *t, pid_t pid)
{
	const struct process *process = t->scope == PERF_WHOLE ? NULL : watch_process(t, pid);
	return process && !process->attached;
}

void watch_left(struct tracer *t, uint64_t bound)
{
	for (struct record **at = &t->leaving, *record; (record = *at);) {
		if (record->item.time > bound) {
			at = &record->next;
			continue;
		}
		*at = record->next;
		record->raw.entered = record->raw.left = record->item.time;
		t->gaps |= is_child(t, record->raw.pid) ? GAP_UNTRACED_CHILD : 0;
		record->raw.doubtful = t->lost || t->setup->cgroup >= 0 || was_busy(t, record->raw.pid, record->item.time);
		perf_order_add(&t->order, &record->item);
	}
}

void watch_leave(struct tracer *t, bool only_targets)
{
	for (struct task *task = t->tasks.first; task; task = task->next) {
		if (!task->process->until)
			tell_detach(t, task, only_targets);
	}
}
