/* Births, new images and deaths of tasks. */
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/arch.h"
#include "engine/ptrace_tracer.h"
#include "util/clock.h"

/*
 * A parent's event follows its child's first stop at once, unless the parent was killed in between.
 */
#define ORPHAN_AGE (200 * NSEC_PER_MSEC)

/* tgkill(2) without a signal tells whether `tid` is of that thread group, even as a zombie. */
static bool is_thread_of(pid_t tgid, pid_t tid)
{
	return syscall(SYS_tgkill, tgid, tid, 0) == 0 || errno == EPERM;
}

/*
 * Whether a new task shares its parent's address space; `event`, if it isn't 0, is that of the parent's stop, whose
 * call decides where kcmp(2) is forbidden, as in many containers. Who is still in that stop has a space: /proc, which
 * is slow, needn't be asked.
 */
static bool shares_space(pid_t parent, pid_t child, int event)
{
	unsigned long message;
	int r = event ? proc_same_space(parent, child) : proc_shares_space(parent, child);
	if (event && r > 0 && ptrace(PTRACE_GETEVENTMSG, parent, 0, &message) < 0)
		r = proc_shares_space(parent, child);
	uint64_t flags;
	if (r < 0 && event && arch_birth_flags(parent, &flags) == 0)
		return flags & CLONE_VM;
	return r < 0 ? event == PTRACE_EVENT_VFORK : r;
}

static void settle_birth(struct tracer *t, const struct task *parent, struct task *child,
    bool thread, bool shares, uint64_t now)
{
	task_join(child, thread ? parent->process : NULL, child->tid);
	task_use(&t->tasks, child, shares ? parent->space : NULL);
	if (!shares) {
		child->space->brk = parent->space->brk;
		child->space->loader = parent->space->loader;
	}
	child->space->gathering |= parent->process->untold;
	child->space->moved = now;
	child->every_call = parent->every_call; /* filters are inherited: seccomp(2) */
	child->own_filter = parent->own_filter;
	memcpy(child->comm, parent->comm, sizeof(child->comm));
	child->comm_stale = false;
	child->comm_read = now;
	child->announced = true;
	together_birth(parent, child);
	if (thread)
		return;
	child->process->nspid = proc_nspid(child->tid);
	child->process->attached = parent->process->attached;
	child->process->untold = parent->process->untold; /* its parent's copy was never read */
	child->process->left_out = !t->setup->follow;
	if (!t->setup->follow)
		t->gaps |= GAP_UNTRACED_CHILD;
}

void tasks_begin(struct tracer *t, struct task *task, struct stop stop)
{
	together_begin(task);
	if (task->process->left_out) {
		ptrace(PTRACE_DETACH, task->tid, 0, 0);
		tasks_remove(&t->tasks, task);
	} else if (stop.kind == STOP_GROUP) {
		tracer_listen(t, task, stop.signal);
	} else if (leave_is_due(t, task)) {
		if (!attach_hold(t, task, HELD_RESUME, 0))
			leave_task(t, task);
	} else {
		tracer_resume(t, task, 0);
	}
}

/* Whether a new task is a thread of its parent's; what has ended and is gone can't be asked. */
static bool is_thread(const struct task *parent, const struct task *child, int event)
{
	if (child->dead)
		return event == PTRACE_EVENT_CLONE;
	return is_thread_of(parent->process->pid, child->tid);
}

/* Tell of a new task. If its first stop came early it ends here. */
static void announce(struct tracer *t, struct task *parent, pid_t tid, int event, uint64_t now)
{
	struct task *child = tasks_find(&t->tasks, tid);
	bool early = child != NULL;
	if (early && child->announced)
		return; /* adopted, and now its parent's own word comes */
	if (!early)
		child = tasks_add(&t->tasks, tid);
	bool thread = is_thread(parent, child, event);
	bool shares = thread || shares_space(parent->tid, tid, event);
	settle_birth(t, parent, child, thread, shares, now);
	if (!parent->process->untold) {
		struct record *record = record_new(t, RAW_FORK, parent);
		record->raw.child = tid;
		record->raw.thread = thread;
		record->raw.shares_vm = shares;
		/*
		 * When it was copied nobody can tell; what others of the space did meanwhile may be in it or not.
		 * Nor can anyone tell whether one that's adopted (event 0) was copied: vfork(2).
		 */
		if (!shares && t->setup->modelled && (parent->space->tasks > 1 || !event))
			proc_maps(tid, &record->raw.maps);
		record_point(t, record, parent, now);
	}
	if (!early)
		return;
	t->orphans--;
	if (child->dead)
		tasks_died(t, child, child->status, now);
	else
		tasks_begin(t, child, stop_classify(child->status));
}

static void forget_orphan(struct tracer *t, struct task *task)
{
	if (!task->dead)
		ptrace(PTRACE_DETACH, task->tid, 0, 0);
	t->orphans--;
	tasks_remove(&t->tasks, task);
}

void tasks_forked(struct tracer *t, struct task *task, int event, uint64_t now)
{
	unsigned long child;
	if (ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &child) < 0 || child == 0)
		return; /* killed at this stop: the child is adopted */
	calls_refresh(task, now);
	announce(t, task, (pid_t)child, event, now);
}

void tasks_unknown(struct tracer *t, pid_t tid, int status, uint64_t now)
{
	struct task *task = tasks_find(&t->tasks, tid);
	if (task) /* an orphan that ended, and its id is used again */
		forget_orphan(t, task);
	task = tasks_add(&t->tasks, tid);
	task->status = status;
	task->seen = now;
	t->orphans++;
}

/*
 * A parent that is killed right after clone(2) never reports it. Its children, which stopped as all
 * new ones do, are announced in its name as it goes: as the last of its process does, since all die together, and
 * one that lives on may still report its own.
 */
static void adopt_from(struct tracer *t, struct task *dying, uint64_t now)
{
	for (struct task *task = t->tasks.first, *next; task && t->orphans; task = next) {
		pid_t tgid, ppid;
		next = task->next;
		if (task->announced || task->dead || proc_parent(task->tid, &tgid, &ppid) < 0)
			continue;
		bool leads = tgid == task->tid; /* else PPid is its whole process's, which has to tell of it itself */
		bool its_child = ppid == dying->process->pid || !tasks_find(&t->tasks, ppid);
		if (leads ? !its_child : tgid != dying->process->pid)
			continue;
		announce(t, dying, task->tid, 0, now);
		next = t->tasks.first; /* whom it took from the list, nobody knows */
	}
}

/* Whoever of those that live is closest to having made an orphan. */
static struct task *find_creator(struct tracer *t, const struct task *orphan)
{
	pid_t tgid, ppid;
	if (proc_parent(orphan->tid, &tgid, &ppid) < 0)
		return NULL;
	struct task *creator = tasks_find(&t->tasks, tgid != orphan->tid ? tgid : ppid);
	if (creator && creator->announced)
		return creator;
	for (creator = t->tasks.first; creator && !creator->announced; creator = creator->next)
		;
	return creator;
}

void tasks_sweep(struct tracer *t, uint64_t now)
{
	for (struct task *task = t->tasks.first, *next; task && t->orphans; task = next) {
		next = task->next;
		if (task->announced || now - task->seen < ORPHAN_AGE)
			continue;
		struct task *creator = task->dead ? NULL : find_creator(t, task);
		if (creator)
			announce(t, creator, task->tid, 0, now);
		else
			forget_orphan(t, task);
		next = t->tasks.first;
	}
}

/*
 * All but `task` that were of its process died without a word of their own (ptrace(2), "execve(2)
 * under ptrace").
 */
static void purge_siblings(struct tracer *t, struct task *task, uint64_t now)
{
	for (struct task *other = t->tasks.first, *next; other; other = next) {
		next = other->next;
		if (other == task || other->process != task->process)
			continue;
		calls_cut(t, other, now);
		tasks_remove(&t->tasks, other);
	}
}

struct task *tasks_exec_caller(struct tracer *t, pid_t pid)
{
	unsigned long former = 0;
	struct task *task = NULL;
	if (ptrace(PTRACE_GETEVENTMSG, pid, 0, &former) == 0 && former)
		task = tasks_find(&t->tasks, (pid_t)former);
	return task ? task : tasks_find(&t->tasks, pid);
}

static void tell_exec(struct tracer *t, struct task *task, uint64_t now)
{
	struct record *record = record_new(t, RAW_EXEC, task);
	proc_exe(task->tid, &record->raw.path);
	if (t->setup->argv_wanted)
		proc_cmdline(task->tid, &record->raw.argv);
	int r = proc_maps(task->tid, &record->raw.maps);
	if (t->setup->modelled && (r == -EACCES || r == -EPERM)) /* one that may be executed, but not read */
		t->gaps |= GAP_ATTACH;
	together_image(t, task, buf_view(&record->raw.maps));
	record_point(t, record, task, now);
}

void tasks_execed(struct tracer *t, struct task *task, pid_t pid, uint64_t now)
{
	calls_cut(t, task, now);
	if (t->orphans && !leave_is_due(t, task)) /* the siblings' children: all are of this process */
		adopt_from(t, task, now);
	purge_siblings(t, task, now);
	if (task->tid != pid)
		tasks_rename(&t->tasks, task, pid);
	task_use(&t->tasks, task, NULL);
	task->space->gathering = task->process->untold;
	task->space->moved = now;
	task->process->leaderless = false;
	task->comm_stale = true;
	task->own = OWN_NONE;
	calls_refresh(task, now);
	own_execed(t, task);
	if (!t->started && pid == t->root) {
		t->started = true;
		tracer_try(t, pid);
		if (t->blind)
			return; /* it'll be killed */
	}
	if (!task->process->untold) /* else its attach tells of this image */
		tell_exec(t, task, now);
	together_exec(t, task, now);
	tracer_resume(t, task, 0);
}

void tasks_died(struct tracer *t, struct task *task, int status, uint64_t now)
{
	if (!task->announced) { /* killed before anyone told of it, which may still come */
		task->dead = true;
		task->status = status;
		return;
	}
	calls_cut(t, task, now);
	/* Who is let go could take `task` with it. */
	if (t->orphans && task->process->tasks == 1 && !leave_is_due(t, task))
		adopt_from(t, task, now);
	/* A thread group ends with its leader, whose status the kernel holds back till then. */
	struct process *process = task->process;
	bool last = task->tid == process->pid || (process->leaderless && process->tasks == 1);
	if (process->leaderless)
		status = STATUS_UNKNOWN; /* the group's is its leader's, who isn't ours */
	if (last && process->untold)
		attach_tell_late(t, task, now);
	if (last && (t->started || process->attached) && !process->left_out) {
		struct record *record = record_new(t, RAW_EXIT, task);
		record->raw.has_status = status != STATUS_UNKNOWN;
		record->raw.status = status;
		exit_tell(process, record);
		record_point(t, record, task, now);
	}
	/* The others were let go, and one of them executes a program. */
	if (!last && leave_is_due(t, task) && process->tasks == 1)
		leave_process(t, task, now);
	if (task->tid == t->root)
		t->root = 0; /* its id may be used again */
	tasks_remove(&t->tasks, task);
}
