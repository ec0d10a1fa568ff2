/* What only a task that is about to end can still show: its memory as it was at last, and what it dies of. */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "engine/arch.h"
#include "engine/ptrace_tracer.h"
#include "engine/residency.h"
#include "util/clock.h"

/* The last of a process, or of a space, is who has nobody beside it that isn't ending, too. */
static bool is_last(unsigned tasks, unsigned exiting)
{
	return tasks == exiting;
}

/*
 * Killed in execve(2), when its new image is in place already, a task never tells of that (ptrace(2),
 * "PTRACE_EVENT_EXIT" gives the status).
 */
static bool may_have_execed(pid_t tid)
{
	unsigned long status = 0;
	return ptrace(PTRACE_GETEVENTMSG, tid, 0, &status) < 0 || (status & 0x7f) == SIGKILL;
}

static void look(struct tracer *t, const struct task *task, bool last_of_space)
{
	struct legacy *legacy = process_legacy(task->process);
	legacy->max_rss = proc_max_rss(task->tid);
	legacy->maps.len = 0;
	legacy->doubtful = may_have_execed(task->tid);
	/* Of a space that another goes on changing this wouldn't be the last word. */
	if (last_of_space && t->setup->modelled && !task->space->calls)
		residency_read(task->tid, &legacy->maps);
}

void exit_foreseen(struct tracer *t, struct task *task)
{
	calls_cut(t, task, clock_mono());
	task_exits(task);
	if (!t->muted && is_last(task->process->tasks, task->process->exiting))
		look(t, task, is_last(task->space->tasks, task->space->exiting));
}

void exit_fault(struct task *task, int signal, uint64_t now)
{
	siginfo_t info;
	if (signal != SIGSEGV && signal != SIGBUS)
		return;
	/* Those of programs have codes up to 0 (sigaction(2), "The si_code field"), and no address. */
	if (ptrace(PTRACE_GETSIGINFO, task->tid, 0, &info) < 0 || info.si_code <= 0)
		return;
	struct legacy *legacy = process_legacy(task->process);
	struct raw_fault *fault = &legacy->fault;
	*fault = (struct raw_fault){.signal = signal,
	    .code = info.si_code,
	    .address = (uintptr_t)info.si_addr,
	    .when = now,
	    .tid = task->tid};
	stack_copy(task, &legacy->registers, &legacy->stack);
	fault->ip = legacy->registers.ip;
	fault->sp = legacy->registers.v[legacy->registers.sp];
}

static void hand_on(struct buf *to, struct buf *from)
{
	struct buf empty = *to;
	*to = *from;
	*from = empty;
	from->len = 0;
}

void exit_tell(struct process *process, struct record *record)
{
	struct raw *raw = &record->raw;
	struct legacy *legacy = process->legacy;
	if (!legacy)
		return;
	raw->max_rss = legacy->max_rss;
	hand_on(&raw->maps, &legacy->maps);
	raw->doubtful = legacy->doubtful;
	if (!raw->has_status || !WIFSIGNALED(raw->status) || WTERMSIG(raw->status) != legacy->fault.signal)
		return;
	raw->fault = legacy->fault;
	raw->registers = legacy->registers;
	hand_on(&raw->stack, &legacy->stack);
}
