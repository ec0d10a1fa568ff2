/*
 * The inside of the ptrace engine, shared by its files: ptrace_calls.c (entries and exits of
 * captured calls), ptrace_own.c (calls that concern the engine itself), ptrace_tasks.c (births, execs, deaths),
 * ptrace_exit.c (what the dead leave behind), ptrace_colocate.c (who runs where), ptrace_leave.c (letting go,
 * killing), engine_ptrace.c (the loop).
 */
#pragma once

#include <sys/ptrace.h>

#include "engine/affinity.h"
#include "engine/colocate.h"
#include "engine/engine.h"
#include "engine/order.h"
#include "engine/proc.h"
#include "engine/spin.h"
#include "engine/stop.h"
#include "engine/task.h"

/* A raw record on its way through the order. Reused, since its buffers are worth keeping. */
struct record {
	struct order_item item; /* first: the order gives back its address */
	struct raw raw;
	uint64_t sp;         /* of a call: the stack pointer of who makes it */
	bool end_of_root;    /* told of even to who wants to hear no more */
	struct record *next; /* in the list of free ones, or the next outer one that was interrupted */
};

/* A stop that wait4(2) told of and that hasn't been looked at. */
struct waited {
	pid_t tid;
	int status;
	uint64_t when; /* CLOCK_MONOTONIC ns */
};

#define WAITED_MAX 64

/* What it takes to wait among many tracees. */
#define RECENT 4

struct among_many {
	pid_t recent[RECENT]; /* who made the last stops, the last one first; 0: nobody */
	uint64_t asked;       /* when anyone was asked for last, CLOCK_MONOTONIC ns */
	uint64_t took;        /* how long that takes on average, ns */
	struct spin by_name;  /* whether it pays to look for the recent ones where a processor isn't to be kept for it */
};

/* How waiting for stops is going: ptrace_wait.c. */
struct waiting {
	struct waited v[WAITED_MAX]; /* those that the last wait gave */
	unsigned n, at;
	uint64_t stopped;     /* when the last stop was taken, CLOCK_MONOTONIC ns */
	unsigned alone;       /* how often in turn there was but one */
	struct spin spin;     /* whether it pays to look for stops before any sleep, */
	struct spin turns;    /*   or those of who is held, */
	bool crowded;         /*   but not now: others take the turns that are given away */
	struct among_many many;
	struct waited *early; /* stops that came while a thread was seized */
	size_t early_n, early_at, early_size;
};

/* How many tasks of the machine run or want to. */
struct load {
	int file;       /* /proc/loadavg, or -1 */
	unsigned tasks; /* as it was asked last */
	uint64_t asked; /* CLOCK_MONOTONIC ns */
};

/* Who runs where: ptrace_colocate.c. */
struct together {
	bool may;
	struct colocate policy;
	enum colocate_way way;    /* in which the tracer is held, and those of tasks.lent; apart: nobody is */
	int processor;            /* where those are: not beside where there's no room for that */
	struct affinity affinity; /* the tracer's own */
	struct affinity usual;    /* the same, when it was found out last */
	bool chosen;              /* someone has said where tasks are to run: theirs may differ in kind from it */
	unsigned quiet;           /* how often in turn nobody else wanted to run while a task was stopped */
	uint64_t quiet_released;  /* when those were looked for who are held and stop no more, CLOCK_MONOTONIC ns */
};

struct tracer {
	const struct engine_setup *setup;
	struct launch launch;
	pid_t root;
	bool started; /* the command has been executed */
	bool muted;
	bool releasing;      /* whoever stops is let go, */
	bool releasing_targets; /* or who was attached to */
	bool cut;            /* nothing more is to be seen */
	bool filter;         /* the command has ours; else all tasks stop at every call */
	uint16_t cookie;     /* of our filter; nobody can know it beforehand */
	bool foreign_filter; /* memtrace was started under one */
	bool privileged;     /* set-uid programs get their rights */
	bool said_ptrace, said_setuid;
	bool blind; /* the kernel doesn't say what calls tasks stop at */
	unsigned gaps;    /* GAP_* */
	unsigned orphans; /* tasks whose first stop came before their parent's event */
	uint64_t swept;   /* when orphans were looked after last */
	struct tasks tasks;
	struct order order;
	struct record *free, *out; /* `out` was given to the caller last */
	unsigned kept; /* stops looked at since the caller was given all records that were ready */
	struct proc_space space;
	struct waiting wait;
	struct together together;
	struct load load;
	unsigned processors; /* of the machine */
	bool single;         /* we may use but one */
	bool gathering; /* some space is */
	uint64_t turn_began; /* when the first stop was that `next` has waited for; 0: none yet */
};

/* record_new - a record about `task`, not yet in the order. */
struct record *record_new(struct tracer *t, enum raw_kind kind, const struct task *task);

/* record_free - take back a record that is in no list. */
void record_free(struct tracer *t, struct record *record);

/*
 * record_point - put a record of something that has no beginning into the order; once muted, take
 * it back but for the root's exit.
 */
void record_point(struct tracer *t, struct record *record, const struct task *task, uint64_t now);

/*
 * tracer_tell - the caller is to be given what is ready before anyone is waited for: as somebody's life may depend on
 * it, or more such would take much memory.
 */
void tracer_tell(struct tracer *t);

/*
 * calls_entered - `task` is about to make the call that `info` tells of (ptrace(2),
 * PTRACE_GET_SYSCALL_INFO): stopped at the entry, or there by a filter.
 */
void calls_entered(
    struct tracer *t, struct task *task, const struct __ptrace_syscall_info *info, uint64_t now);

/*
 * own_entered - look at a call that `task` is about to make for the engine's own sake; `filtered`: a
 * filter stopped it there.
 */
void own_entered(struct tracer *t, struct task *task, enum abi abi, uint64_t nr,
    const uint64_t args[6], bool filtered);

/* own_left - it has made it, with that result. */
void own_left(struct tracer *t, struct task *task, int64_t result);

/* own_execed - a new image: say if it's one that a traced program gets no rights by. */
void own_execed(struct tracer *t, const struct task *task);

/* calls_left - `task` has made it, with the result that `info` tells. */
void calls_left(
    struct tracer *t, struct task *task, const struct __ptrace_syscall_info *info, uint64_t now);

/* calls_cut - `task` dies: it won't come out of the calls that it is in, if any. */
void calls_cut(struct tracer *t, struct task *task, uint64_t now);

/* calls_abandoned - `task` is let go: it'll come out of the calls that it is in, if any, unseen. */
void calls_abandoned(struct tracer *t, struct task *task, uint64_t now);

/* calls_forget - nothing will be told of the calls that `task` is in. */
void calls_forget(struct tracer *t, struct task *task);

/*
 * calls_refresh - read the name of `task` again if it may have changed. The task must be stopped.
 */
void calls_refresh(struct task *task, uint64_t now);

/* tasks_forked - PTRACE_EVENT_FORK or its like (`event`): a task was made. */
void tasks_forked(struct tracer *t, struct task *task, int event, uint64_t now);

/* tasks_begin - let a new task run from its first stop, or go where its process isn't followed. */
void tasks_begin(struct tracer *t, struct task *task, struct stop stop);

/*
 * tasks_exec_caller - which task a PTRACE_EVENT_EXEC is about: it's reported under the thread group's id,
 * whoever called execve(2). NULL if it's none of ours.
 */
struct task *tasks_exec_caller(struct tracer *t, pid_t pid);

/* tasks_execed - `task` has a new image, and `pid`, its thread group's id, for its own. */
void tasks_execed(struct tracer *t, struct task *task, pid_t pid, uint64_t now);

/* together_stop - `task` has stopped at a call that code at `ip` makes: hold it, or let all go, as is best. */
void together_stop(struct tracer *t, struct task *task, uint64_t ip, uint64_t now);

/* together_exec - likewise where it's stopped with a new image. */
void together_exec(struct tracer *t, struct task *task, uint64_t now);

/* together_image - find the loader of the new image with which `task` is stopped, by its maps (proc_pid_maps(5)). */
void together_image(const struct tracer *t, struct task *task, struct str maps);

/* together_beside - whether those who are held are so on another processor than ours. */
bool together_beside(const struct tracer *t);

/* together_resumed - `task` goes on: let it, unless it's still in its call or held for more than that. */
void together_resumed(struct tracer *t, struct task *task);

/* together_tick - likewise, whether anyone stopped or not: let all go if it's time. */
void together_tick(struct tracer *t);

/* together_end - let all go at once. */
void together_end(struct tracer *t);

/* together_birth - `parent` has made `child`, which hasn't run. */
void together_birth(const struct task *parent, struct task *child);

/* together_begin - `task`, which has stopped, may be new, and is about to run. */
void together_begin(struct task *task);

/* stack_copy - copy the registers of `task`, which is stopped, and a piece of its stack. */
void stack_copy(const struct task *task, struct registers *ret, struct buf *stack);

/* exit_foreseen - `task` has stopped on its way out (PTRACE_EVENT_EXIT): read what only it still shows. */
void exit_foreseen(struct tracer *t, struct task *task);

/* exit_fault - a signal is about to be delivered to `task`: remember it if it's of a fault. */
void exit_fault(struct task *task, int signal, uint64_t now);

/* exit_tell - put what its process leaves behind into `record`, that of its end. */
void exit_tell(struct process *process, struct record *record);

/* STATUS_UNKNOWN - no status that wait(2) gives. */
#define STATUS_UNKNOWN (-1)

/* tasks_died - `task` is gone; `status` as wait(2) gave it, or STATUS_UNKNOWN. */
void tasks_died(struct tracer *t, struct task *task, int status, uint64_t now);

/*
 * tasks_unknown - the first stop of a task that nobody told of: a child before its parent's event. It
 * waits for that as an orphan.
 */
void tasks_unknown(struct tracer *t, pid_t tid, int status, uint64_t now);

/* tasks_sweep - take care of orphans whose parent's event should have come long ago. */
void tasks_sweep(struct tracer *t, uint64_t now);

/*
 * attach_targets - seize all threads of the targets, and of whoever shares an address space with them, and
 * ask them to stop; their RAW_ATTACH comes when all have. Returns 0 if any can be traced, else a negative
 * errno with err set.
 */
int attach_targets(struct tracer *t, struct err *err);

/*
 * attach_hold - if the space of `task`, which has stopped, is being gathered: keep it so till that's done.
 * Returns whether it is; the caller then doesn't use `task` afterwards.
 */
bool attach_hold(struct tracer *t, struct task *task, enum held how, int signal);

/* attach_sweep - go on with spaces whose tasks have stopped, or don't. */
void attach_sweep(struct tracer *t, uint64_t now);

/* attach_tell_late - the process of `task` ends, or is let go, before all of it had stopped. */
void attach_tell_late(struct tracer *t, struct task *task, uint64_t now);

/* leave_signal - send `signal` to all processes but targets. */
void leave_signal(struct tracer *t, int signal);

/*
 * leave_release - let all go alive. Their calls in flight come out without a result, and a RAW_DETACH
 * for each process goes into the order. Only without a filter. Called again, it looks after those that
 * couldn't be stopped the first time.
 */
void leave_release(struct tracer *t);

/* leave_release_targets - likewise, only those that were attached to, and their children. */
void leave_release_targets(struct tracer *t);

/* leave_is_due - whether `task` is to be let go. */
bool leave_is_due(const struct tracer *t, const struct task *task);

/* leave_task - let one task go that PTRACE_INTERRUPT has stopped. It's gone afterwards. */
void leave_task(struct tracer *t, struct task *task);

/* leave_process - `task` is the last of its process that is ours, and the process lives on: tell so. */
void leave_process(struct tracer *t, struct task *task, uint64_t now);

/* leave_kill - kill all and wait until they are gone, ten seconds at most. */
void leave_kill(struct tracer *t);

/* tracer_try - whether the kernel says what a task that has stopped is at: t->blind if not. */
void tracer_try(struct tracer *t, pid_t tid);

/*
 * tracer_resume - let a stopped task go on, with `signal` delivered if it isn't 0. The caller doesn't use
 * `task` afterwards.
 */
void tracer_resume(struct tracer *t, struct task *task, int signal);

/* tracer_listen - leave a task that job control stopped by `signal` so until it's continued. */
void tracer_listen(struct tracer *t, struct task *task, int signal);

/*
 * tracer_wait - fill the list of stops to look at: block for one, then take what else is there, so that a task which
 * stops all the time can't keep others waiting long. Returns 0 or a negative errno.
 */
int tracer_wait(struct tracer *t);

/* tracer_load - how many tasks of the machine run or want to, as of up to `age` ns ago; 0: unknown. */
unsigned tracer_load(struct tracer *t, uint64_t age);

/*
 * tracer_drain - take what stops there are, to be looked at by the next steps; but who has stopped on its way
 * out is let go at once.
 */
void tracer_drain(struct tracer *t);

/* tracer_unwait - forget what stops of that task there are to look at: it's gone. */
void tracer_unwait(struct tracer *t, pid_t tid);

/*
 * tracer_step - look at one stop that was waited for, or wait for some. Returns 0 or a negative errno:
 * -EINTR for a signal, -ECHILD if there is nobody to wait for.
 */
int tracer_step(struct tracer *t);
