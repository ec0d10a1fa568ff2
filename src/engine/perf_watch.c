/* What the kernel's records mean: births, names, new images, ends. */
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "decode/syscalls.h"
#include "engine/arch.h"
#include "engine/perf_tracer.h"
#include "engine/proc.h"
#include "engine/records.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/mem.h"

/* ---- records ---- */

struct record *watch_new(struct tracer *t, enum raw_kind kind, const struct task *task)
{
	struct record *record = t->free;
	if (record) {
		t->free = record->next;
		t->free_n--;
	} else {
		record = mem_alloc(sizeof(*record));
	}
	raw_begin(&record->raw, kind, task);
	record->item = (struct perf_item){.tid = task->tid, .space = task->space->id};
	record->owner = NULL;
	return record;
}

/* So many are kept: those of a burst aren't worth it. */
#define FREE_MAX 4096

void watch_free(struct tracer *t, struct record *record)
{
	if (t->free_n == FREE_MAX) {
		raw_free(&record->raw);
		free(record);
		return;
	}
	raw_rest(&record->raw);
	record->next = t->free;
	t->free = record;
	t->free_n++;
}

bool watch_is_end(const struct tracer *t, const struct record *record)
{
	return record->raw.kind == RAW_EXIT && record->raw.pid == t->launch.pid && record->raw.has_status;
}

void watch_grown(const struct task *task, struct raw *raw)
{
	raw->grown_start = task->space->grown_start;
	raw->grown_end = task->space->grown_end;
	task->space->grown_end = 0;
}

void watch_tell(struct tracer *t, struct record *record, const struct task *task, uint64_t time)
{
	if (t->muted && !watch_is_end(t, record)) {
		watch_free(t, record);
		return;
	}
	record->raw.entered = record->raw.left = time;
	record->item.time = time;
	record->item.shared = task->space->tasks > 1;
	perf_order_add(&t->order, &record->item);
}

bool watch_tells(const struct tracer *t, const struct process *process, uint64_t time)
{
	return !t->muted && !process->left_out && time >= process->since &&
	       (!process->until || time < process->until);
}

/* ---- who ---- */

struct process *watch_process(const struct tracer *t, pid_t pid)
{
	const struct task *leader = tasks_find(&t->tasks, pid);
	if (leader && leader->process->pid == pid)
		return leader->process;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (task->process->pid == pid)
			return task->process;
	}
	return NULL;
}

static struct task *any_of(const struct tracer *t, const struct process *process)
{
	struct task *task = t->tasks.first;
	while (task && task->process != process)
		task = task->next;
	return task;
}

struct task *watch_add(struct tracer *t, pid_t pid, pid_t tid, struct process *process)
{
	struct task *of = process ? any_of(t, process) : NULL;
	struct task *task = tasks_add(&t->tasks, tid);
	task->perf = mem_alloc(sizeof(*task->perf));
	task_join(task, process, pid);
	task_use(&t->tasks, task, of ? of->space : NULL);
	if (of)
		memcpy(task->comm, of->comm, sizeof(task->comm));
	return task;
}

void watch_remove(struct tracer *t, struct task *task)
{
	calls_withdraw(t, task);
	perf_image_free(&task->perf->image);
	buf_free(&task->perf->name);
	free(steal(&task->perf));
	tasks_remove(&t->tasks, task);
}

/* A task that records come of and that nobody told of: it was there before, or its birth was lost. */
static struct task *make_known(struct tracer *t, const struct perf_record *record)
{
	/* Most that come of all tasks are nobody's that is known: that's to be seen at once. */
	if (t->scope == PERF_KNOWN && !tasks_find(&t->tasks, record->pid))
		return NULL;
	struct process *process = watch_process(t, record->pid);
	if (process)
		return watch_add(t, record->pid, record->tid, process);
	if (t->scope == PERF_KNOWN || !t->setup->follow)
		return NULL;
	struct task *task = watch_add(t, record->pid, record->tid, NULL);
	watch_found(t, task);
	return task;
}

struct task *watch_find(struct tracer *t, const struct perf_record *record)
{
	if (record->tid <= 0) {
		t->unseen += record->kind == PERF_LEFT;
		return NULL;
	}
	struct task *task = tasks_find(&t->tasks, record->tid);
	if (task && task->process->pid == record->pid)
		return task;
	if (task) /* its end was lost, and its id is used again */
		watch_remove(t, task);
	/* Of who does nothing else, that isn't worth a word. */
	bool slight = record->kind == PERF_COMM || record->kind == PERF_MAP || record->kind == PERF_EXIT;
	return slight && !record->exec ? NULL : make_known(t, record);
}

/* ---- births ---- */

static void settle_birth(struct tracer *t, struct task *parent, uint64_t flags)
{
	struct perf_task *its = parent->perf;
	pid_t pid = its->birth.pid, tid = its->birth.tid;
	bool thread = pid == parent->process->pid, shares = thread || flags & CLONE_VM;
	its->birth.pending = false;
	struct task *child = tasks_find(&t->tasks, tid);
	if (child && child->process->pid == pid && its->birth.time < child->process->since)
		return; /* it was there when they were counted */
	if (child)
		watch_remove(t, child);
	bool tells = watch_tells(t, parent->process, its->birth.time);
	if (!thread && !t->setup->follow) {
		t->gaps |= GAP_UNTRACED_CHILD;
		return;
	}
	child = watch_add(t, pid, tid, thread ? parent->process : NULL);
	if (!thread && shares)
		task_use(&t->tasks, child, parent->space);
	memcpy(child->comm, parent->comm, sizeof(child->comm));
	if (!thread) {
		child->space->brk = parent->space->brk;
		child->process->attached = parent->process->attached;
		child->process->left_out = parent->process->left_out;
		child->process->kernel = parent->process->kernel;
		child->process->until = parent->process->until;
		if (tells)
			child->process->nspid = proc_nspid(tid);
	}
	if (!tells)
		return;
	struct record *record = watch_new(t, RAW_FORK, parent);
	record->raw.child = tid;
	record->raw.thread = thread;
	record->raw.shares_vm = shares;
	/* Its parent's maps are of later than that: they aren't what was copied. */
	if (!shares && its->birth.time < parent->process->read)
		proc_maps(tid, &record->raw.maps);
	watch_grown(parent, &record->raw);
	watch_tell(t, record, parent, its->birth.time);
}

static void on_fork(struct tracer *t, const struct perf_record *record)
{
	struct perf_record by = *record;
	by.pid = record->parent;
	by.tid = record->parent_tid;
	struct task *parent = watch_find(t, &by);
	if (!parent)
		return;
	if (parent->perf->birth.pending) /* what told of its flags was lost */
		settle_birth(t, parent, 0);
	parent->perf->birth.pending = true;
	parent->perf->birth.pid = record->pid;
	parent->perf->birth.tid = record->tid;
	parent->perf->birth.time = record->time;
}

static void on_born(struct tracer *t, const struct perf_record *record)
{
	struct task *parent = tasks_find(&t->tasks, record->tid);
	if (!parent || !parent->perf->birth.pending)
		return;
	parent->perf->birth.time = record->time;
	settle_birth(t, parent, record->clone_flags);
}

/* ---- names and images ---- */

static void rename_to(struct task *task, struct str name)
{
	size_t len = name.len < sizeof(task->comm) - 1 ? name.len : sizeof(task->comm) - 1;
	memset(task->comm, 0, sizeof(task->comm));
	memcpy(task->comm, name.s, len);
}

/* Only who called execve(2) is left of its process, with its leader's id (execve(2), "Effect on process attributes"). */
static struct task *purge_siblings(struct tracer *t, pid_t pid)
{
	struct process *process = watch_process(t, pid);
	struct task *caller = process ? any_of(t, process) : NULL;
	struct task *leader = tasks_find(&t->tasks, pid);
	caller = leader && leader->process == process ? leader : caller;
	for (struct task *task = t->tasks.first, *next; task; task = next) {
		next = task->next;
		if (task->process == process && task != caller)
			watch_remove(t, task);
	}
	if (caller && caller->tid != pid)
		tasks_rename(&t->tasks, caller, pid);
	return caller;
}

/* Its mappings come next, and then the end of execve(2). */
static void begin_image(struct tracer *t, const struct perf_record *record)
{
	struct task *task = purge_siblings(t, record->pid);
	if (!task && (t->scope == PERF_KNOWN || !t->setup->follow))
		return;
	if (!task)
		task = watch_add(t, record->pid, record->tid, NULL);
	if (task->process->kernel)
		task->process->kernel = task->process->left_out = false;
	calls_withdraw(t, task);
	if (task->process->since == UINT64_MAX)
		task->process->since = 0; /* the command begins */
	task_use(&t->tasks, task, NULL);
	task->perf->executing = true;
	task->perf->map.end = 0;
	perf_image_clear(&task->perf->image);
	rename_to(task, record->name);
}

static void on_comm(struct tracer *t, const struct perf_record *record)
{
	if (record->exec) {
		begin_image(t, record);
		return;
	}
	struct task *task = watch_find(t, record);
	if (task)
		rename_to(task, record->name);
}

static void on_execed(struct tracer *t, const struct perf_record *record)
{
	struct task *task = tasks_find(&t->tasks, record->tid);
	if (!task || !task->perf->executing)
		return;
	struct registers registers;
	arch_sampled_registers(record, &registers);
	perf_image_stack(&task->perf->image, record->stack, registers.v[registers.sp],
	    record->abi == PERF_SAMPLE_REGS_ABI_32 ? 4 : 8);
}

static bool is_same_argv(const struct perf_image *image, struct str argv)
{
	uint64_t n = 0;
	for (size_t i = 0; i < argv.len; i++)
		n += argv.s[i] == '\0';
	return n == image->argc && str_begins(argv, buf_view(&image->argv));
}

/* What the kernel couldn't copy is asked for, of who still runs the same. */
static void find_argv(struct tracer *t, const struct task *task, struct raw *raw)
{
	const struct perf_image *image = &task->perf->image;
	if (!t->setup->argv_wanted)
		return;
	if (!image->argv_whole)
		proc_cmdline(task->tid, &raw->argv);
	/* It may have executed the next one by now. */
	if (image->argv_whole || !is_same_argv(image, buf_view(&raw->argv))) {
		raw->argv.len = 0;
		raw->unread = !image->argv_whole;
		buf_str(&raw->argv, buf_view(&image->argv));
	}
}

static void tell_image(struct tracer *t, struct task *task, unsigned abi, uint64_t time)
{
	struct perf_image *image = &task->perf->image;
	task->perf->executing = false;
	task->perf->left = time;
	if (abi == PERF_SAMPLE_REGS_ABI_32 && arch.native == ABI_AARCH64)
		t->gaps |= GAP_COMPAT_TASKS;
	if (!watch_tells(t, task->process, time))
		return;
	struct record *record = watch_new(t, RAW_EXEC, task);
	buf_str(&record->raw.path, perf_image_exe(image));
	find_argv(t, task, &record->raw);
	perf_image_settle(image, task->tid);
	perf_image_text(image, &record->raw.maps);
	if (abi != PERF_SAMPLE_REGS_ABI_32)
		buf_str(&record->raw.maps, buf_view(&t->vsyscall));
	watch_tell(t, record, task, time);
}

/* ---- ends ---- */

/* Until it's reaped nobody knows how the command ended, and then it's told: engine_perf.c. */
void watch_end(struct tracer *t, struct task *task, uint64_t time)
{
	struct process *process = task->process;
	bool root = process->pid == t->root;
	if (root || watch_tells(t, process, time)) {
		struct record *record = watch_new(t, RAW_EXIT, task);
		record->raw.tid = process->pid;
		watch_grown(task, &record->raw);
		record->raw.has_status = root && t->reaped;
		record->raw.status = t->status;
		watch_tell(t, record, task, time);
		watch_ended(t, process->pid);
	}
	if (root)
		t->root = 0; /* its id may be used again */
	for (struct task *other = t->tasks.first, *next; other; other = next) {
		next = other->next;
		if (other->process == process && other != task)
			watch_remove(t, other);
	}
	watch_remove(t, task);
}

static bool lives(pid_t pid)
{
	return kill(pid, 0) == 0 && !proc_is_zombie(pid);
}

/*
 * Whoever executes a set-uid program is watched no more: the kernel takes its events away, as if it ended
 * (fs/exec.c, begin_new_exec). Returns whether it runs on, and was let go.
 */
static bool let_slip(struct tracer *t, struct task *task, uint64_t time)
{
	if (!(t->gaps & GAP_UNTRACED_CHILD))
		log_error("%.15s (%d) can't be watched any more: what it executed has rights of its own, or it was "
		          "killed meanwhile",
		    task->comm, task->process->pid);
	t->gaps |= GAP_UNTRACED_CHILD;
	if (!lives(task->process->pid))
		return false;
	if (task->process->pid == t->root)
		return true; /* its end shows all the same */
	if (watch_tells(t, task->process, time))
		watch_tell(t, watch_new(t, RAW_DETACH, task), task, time);
	watch_remove(t, task);
	return true;
}

static void on_end(struct tracer *t, const struct perf_record *record)
{
	struct task *task = tasks_find(&t->tasks, record->tid);
	if (!task || task->process->pid != record->pid)
		return;
	/* Who ended while it was attached to is told of all the same, and its end behind that. */
	bool early = task->process->since != UINT64_MAX && record->time < task->process->since;
	uint64_t time = early ? task->process->since : record->time;
	if (task->perf->birth.pending)
		settle_birth(t, task, 0);
	if (task->perf->executing && t->scope == PERF_TREE && let_slip(t, task, record->time))
		return;
	if (task->process->tasks > 1)
		watch_remove(t, task);
	else if (task->process->pid == t->root && !t->reaped)
		t->last_seen = time; /* it's told as soon as it's known how it ended */
	else
		watch_end(t, task, time);
}

/* ---- calls ---- */

/* By what convention, where registers alone don't tell: its code does, which was looked at before mostly. */
static enum abi look_up(struct tracer *t, const struct perf_record *record)
{
	uint64_t ip = arch_sampled_ip(record);
	unsigned slot = (unsigned)(ip ^ ip >> 12) % PERF_CODES;
	if (t->codes[slot].ip != ip || t->codes[slot].pid != record->pid) {
		t->codes[slot].ip = ip;
		t->codes[slot].pid = record->pid;
		t->codes[slot].abi = arch_convention(record->tid, record->nr, ip, t->told_by_registers);
	}
	return t->codes[slot].abi;
}

static bool is_exec(uint64_t nr)
{
	bool any = false;
	for (unsigned i = 0; i < arch.abis_n; i++) {
		uint64_t plain = nr & ~(uint64_t)arch.abis[i].nr_bit;
		any |= plain == (uint64_t)arch.abis[i].nr_execve || plain == (uint64_t)arch.abis[i].nr_execveat;
	}
	return any;
}

static void on_left(struct tracer *t, const struct perf_record *record)
{
	uint64_t args[6];
	struct task *task = watch_find(t, record);
	if (!task)
		return;
	if (task->perf->birth.pending)
		settle_birth(t, task, 0);
	if (task->perf->executing && is_exec(record->nr)) {
		tell_image(t, task, record->abi, record->time);
		return;
	}
	enum abi abi = arch_sampled(record, args);
	if (abi == ABI_COUNT) {
		abi = look_up(t, record);
		arch_sampled_by(record, abi, args);
	} else {
		t->told_by_registers |= record->abi == PERF_SAMPLE_REGS_ABI_64;
	}
	if (abi == ABI_COUNT) {
		t->gaps |= GAP_COMPAT_TASKS;
		return;
	}
	if (!arch.keeps_first)
		args[0] = task->perf->entered;
	int id = arch_call(record->tid, abi, record->nr, args);
	if (id >= 0 && syscalls_has(t->setup->calls, id, args))
		calls_made(t, task, record, id, abi, args);
	else
		calls_withdraw(t, task);
}

static void on_entered(struct tracer *t, const struct perf_record *record)
{
	struct task *task = tasks_find(&t->tasks, record->tid);
	if (task && record->args.len >= sizeof(task->perf->entered))
		memcpy(&task->perf->entered, record->args.s, sizeof(task->perf->entered));
}

static void on_map(struct tracer *t, const struct perf_record *record)
{
	struct task *task = tasks_find(&t->tasks, record->tid);
	if (!task || task->process->pid != record->pid)
		return;
	if (task->perf->executing)
		perf_image_map(&task->perf->image, record);
	else
		calls_mapped(t, task, record);
}

static void on_lost(struct tracer *t, const struct perf_record *record)
{
	struct record *lost;
	struct process nobody = {0};
	struct space nowhere = {0};
	struct task none = {.process = &nobody, .space = &nowhere};
	t->lost += record->count;
	lost = watch_new(t, RAW_LOST, &none);
	lost->raw.count = record->count;
	watch_tell(t, lost, &none, record->time);
}

void watch_record(struct tracer *t, const struct perf_record *record)
{
	switch (record->kind) {
	case PERF_LEFT: on_left(t, record); break;
	case PERF_ENTERED: on_entered(t, record); break;
	case PERF_MAP: on_map(t, record); break;
	case PERF_FORK: on_fork(t, record); break;
	case PERF_BORN: on_born(t, record); break;
	case PERF_COMM: on_comm(t, record); break;
	case PERF_EXECED: on_execed(t, record); break;
	case PERF_EXIT: on_end(t, record); break;
	case PERF_LOST: on_lost(t, record); break;
	case PERF_THROTTLED: t->lost++; break;
	case PERF_OTHER: break;
	}
}
