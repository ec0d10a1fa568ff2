/*
 * A task's processors (sched_setaffinity(2)), lent and given back so that nothing is left of it: not even where its
 * cpuset changes meanwhile or afterwards.
 */
#pragma once

#include <sched.h>
#include <stdbool.h>

struct affinity {
	int cpu;    /* where it's held */
	bool whole; /* it may run wherever its cpuset allows; else: */
	cpu_set_t own;
};

/* affinity_count - how many processors task `tid` (0: the caller) may run on; 0: unknown. */
unsigned affinity_count(pid_t tid);

/* affinity_meet - a processor that both the caller and task `tid` may run on, ours of now if that is one; -1: none. */
int affinity_meet(pid_t tid);

/* affinity_other - a processor other than `cpu` that task `tid` may run on, the next one of several; -1: none. */
int affinity_other(pid_t tid, int cpu);

/*
 * affinity_hold - let task `tid` (0: the caller) run on processor `cpu` only. `like`: one that was held before, or NULL;
 * who may run where that one may is taken to have come by it in the same way. Returns 0 with *ret set, or a negative
 * errno with all as it was: -EPERM not ours to change, -ESRCH gone, -EINVAL it may not run there, runs nowhere else
 * anyway, or is scheduled by other rules than ordinary tasks are (sched(7)), so that it could keep us from running.
 */
int affinity_hold(pid_t tid, int cpu, const struct affinity *like, struct affinity *ret);

/*
 * affinity_release - give task `tid` back what affinity_hold took, unless somebody else has changed it meanwhile: then
 * that stays. Also for a task that was made by the one that was held, or that goes by another id since (execve(2)).
 */
void affinity_release(pid_t tid, const struct affinity *held);
