/*
 * Calls that are stopped at for the engine's own sake: a new name, filters and strict mode, children
 * out of sight, tracees that trace.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/arch.h"
#include "engine/filter.h"
#include "engine/ptrace_tracer.h"
#include "util/log.h"

/*
 * The name that a task is about to give itself. /proc still has the old one, and the task may end
 * before there is another look at it.
 */
static void take_new_comm(struct task *task, uint64_t address)
{
	char name[16] = {0};
	if (proc_memory(task->tid, address, name, sizeof(name) - 1) <= 0)
		return;
	memset(task->comm, 0, sizeof(task->comm));
	memcpy(task->comm, name, strlen(name));
	task->comm_stale = true; /* this was a guess: the call can fail */
}

/*
 * A filter of the program's own comes before ours if its answer is stronger (seccomp(2): KILL,
 * TRAP, ERRNO, USER_NOTIF), and then the call gives no stop. Such tasks stop at every call from
 * here on, as PTRACE_SYSCALL comes before all filters (ptrace(2), since Linux 4.8).
 */
static void stop_at_every_call(struct tracer *t, struct task *task, bool all_threads)
{
	task->every_call = true;
	for (struct task *other = t->tasks.first; other && all_threads; other = other->next) {
		if (other == task || other->process != task->process || other->every_call)
			continue;
		other->every_call = true;
		if (t->filter)
			ptrace(PTRACE_INTERRUPT, other->tid, 0, 0); /* from its next stop on it's so */
	}
}

/*
 * A child made with CLONE_UNTRACED would be out of our sight, but still have the filter, and fail by
 * its ENOSYS. clone3(2) takes its flags from memory: the first word there, in all conventions.
 */
static void keep_child_in_sight(struct tracer *t, struct task *task, uint64_t address)
{
	uint64_t flags;
	if (proc_memory(task->tid, address, &flags, sizeof(flags)) != sizeof(flags))
		return; /* the call fails with EFAULT */
	if (flags & CLONE_UNTRACED &&
	    ptrace(PTRACE_POKEDATA, task->tid, address, flags & ~(uint64_t)CLONE_UNTRACED) < 0)
		t->gaps |= GAP_UNTRACED_CHILD;
}

/* ---- filters and strict mode ---- */

/*
 * Under our filter the kernel refuses strict mode (EINVAL: seccomp(2)), which it would have granted a
 * program without filters of its own. The engine keeps it in the kernel's place: see keep_strict.
 */
static void enter_strict(struct tracer *t, struct task *task)
{
	if (task->own_filter || t->foreign_filter || arch_skip(task->tid) < 0)
		return;
	task->own = OWN_STRICT;
}

static void look_at_seccomp(
    struct tracer *t, struct task *task, bool strict, bool all_threads, bool filtered)
{
	if (strict && filtered)
		enter_strict(t, task);
	if (strict)
		return;
	stop_at_every_call(t, task, all_threads);
	task->own = all_threads ? OWN_FILTER_ALL : OWN_FILTER;
}

/* In strict mode all calls but four are death: "SIGKILL" of seccomp(2), SECCOMP_SET_MODE_STRICT. */
static void keep_strict(const struct task *task, const struct arch_abi *abi, uint64_t nr)
{
	for (unsigned i = 0; i < sizeof(abi->strict) / sizeof(abi->strict[0]); i++) {
		if (nr == (uint64_t)abi->strict[i])
			return;
	}
	syscall(SYS_tgkill, task->process->pid, task->tid, SIGKILL);
}

/*
 * A filter of the program's own that asks for a tracer gets ENOSYS where there is none (seccomp(2),
 * SECCOMP_RET_TRACE), and we are none of its: the data says whose filter it was.
 */
static bool is_foreign_trace(const struct tracer *t, const struct task *task)
{
	unsigned long data = t->cookie;
	if (!t->filter)
		return true; /* there is none of ours */
	if (!task->own_filter && !t->foreign_filter)
		return false;
	return ptrace(PTRACE_GETEVENTMSG, task->tid, 0, &data) == 0 && data != t->cookie;
}

/* ---- tracees that trace ---- */

static bool wants_to_trace(uint64_t request)
{
	return request == PTRACE_TRACEME || request == PTRACE_ATTACH || request == PTRACE_SEIZE;
}

static void say_ptrace(struct tracer *t, const struct task *task)
{
	if (t->said_ptrace)
		return;
	t->said_ptrace = true;
	log_note("%s (%d) can't trace: memtrace already does, and a task has one tracer. With "
	         "--engine=notify it can, and results aren't seen; with --no-follow it can trace its "
	         "children",
	    task->comm, task->process->pid);
}

/* ---- where tasks run ---- */

static bool is_about_scheduling(const struct arch_abi *abi, uint64_t nr)
{
	for (unsigned i = 0; i < ARCH_SCHEDULING; i++) {
		if (nr == (uint64_t)abi->scheduling[i])
			return true;
	}
	return false;
}

/* It may be about any task, or about us. */
static void look_at_scheduling(struct tracer *t, struct task *task, bool chooses)
{
	together_end(t);
	t->together.chosen |= chooses;
	if (task->lent == AFFINITY_KEPT)
		task->lent = AFFINITY_OWN; /* that may change now */
}

/* ---- entry and exit ---- */

static void look_at(struct tracer *t, struct task *task, const struct arch_abi *abi, uint64_t nr,
    const uint64_t args[6], bool filtered)
{
	nr &= ~(uint64_t)abi->nr_bit;
	if (nr == (uint64_t)abi->nr_prctl && (int)args[0] == PR_SET_NAME)
		take_new_comm(task, args[1]);
	if (nr == (uint64_t)abi->nr_prctl && (int)args[0] == PR_SET_SECCOMP)
		look_at_seccomp(t, task, args[1] == SECCOMP_MODE_STRICT, false, filtered);
	if (nr == (uint64_t)abi->nr_seccomp && (unsigned)args[0] <= SECCOMP_SET_MODE_FILTER)
		look_at_seccomp(t, task,
		    (unsigned)args[0] == SECCOMP_SET_MODE_STRICT && !args[1] && !args[2],
		    args[1] & SECCOMP_FILTER_FLAG_TSYNC, filtered);
	if (nr == (uint64_t)abi->nr_ptrace && wants_to_trace(args[0]))
		task->own = OWN_PTRACE;
	if (nr == (uint64_t)abi->nr_clone && args[0] & CLONE_UNTRACED &&
	    arch_set_arg(task->tid, abi->abi, 0, args[0] & ~(uint64_t)CLONE_UNTRACED) < 0)
		t->gaps |= GAP_UNTRACED_CHILD;
	if (t->together.may && is_about_scheduling(abi, nr))
		look_at_scheduling(t, task, nr == (uint64_t)abi->scheduling[0]);
	if (nr == SYS_clone3)
		keep_child_in_sight(t, task, args[0]);
}

void own_entered(struct tracer *t, struct task *task, enum abi abi, uint64_t nr,
    const uint64_t args[6], bool filtered)
{
	if (filtered && is_foreign_trace(t, task)) {
		arch_skip(task->tid);
		return;
	}
	for (unsigned i = 0; i < arch.abis_n; i++) {
		if (arch.abis[i].abi != abi)
			continue;
		if (task->strict)
			keep_strict(task, &arch.abis[i], nr);
		look_at(t, task, &arch.abis[i], nr, args, filtered);
	}
}

static void note_filter(struct tracer *t, struct task *task, bool all_threads)
{
	task->own_filter = true;
	for (struct task *other = t->tasks.first; other && all_threads; other = other->next) {
		if (other->process == task->process)
			other->own_filter = true;
	}
}

void own_left(struct tracer *t, struct task *task, int64_t result)
{
	enum own_call own = task->own;
	task->own = OWN_NONE;
	switch (own) {
	case OWN_NONE: break;
	case OWN_FILTER:
	case OWN_FILTER_ALL:
		/* TSYNC that fails returns a thread's id; a listener's descriptor is success. */
		if (result >= 0 && (own == OWN_FILTER || result == 0))
			note_filter(t, task, own == OWN_FILTER_ALL);
		break;
	case OWN_STRICT:
		task->strict = task->every_call = arch_set_result(task->tid, 0) == 0;
		break;
	case OWN_PTRACE:
		if (result == -EPERM)
			say_ptrace(t, task);
		break;
	}
}

/*
 * A tracer without CAP_SYS_PTRACE keeps a program from the rights that its file would give it:
 * execve(2), "ptrace" under set-user-ID.
 */
void own_execed(struct tracer *t, const struct task *task)
{
	if (t->privileged || t->said_setuid || !proc_gives_rights(task->tid))
		return;
	t->said_setuid = true;
	log_note("%s (%d) is a set-uid program, and runs without the rights of its file, as it's "
	         "traced without CAP_SYS_PTRACE; as root, memtrace -u USER keeps them",
	    task->comm, task->process->pid);
}
