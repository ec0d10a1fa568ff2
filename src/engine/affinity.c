#include "engine/affinity.h"

#include <errno.h>
#include <string.h>

unsigned affinity_count(pid_t tid)
{
	cpu_set_t set;
	return sched_getaffinity(tid, sizeof(set), &set) < 0 ? 0 : (unsigned)CPU_COUNT(&set);
}

int affinity_meet(pid_t tid)
{
	cpu_set_t its, both;
	int cpu = sched_getcpu();
	if (sched_getaffinity(tid, sizeof(its), &its) < 0 || sched_getaffinity(0, sizeof(both), &both) < 0)
		return -1;
	if (cpu >= 0 && CPU_ISSET(cpu, &its))
		return cpu;
	CPU_AND(&both, &both, &its);
	for (cpu = CPU_SETSIZE - 1; cpu >= 0 && !CPU_ISSET(cpu, &both); cpu--)
		;
	return cpu;
}

int affinity_other(pid_t tid, int cpu)
{
	cpu_set_t its;
	if (sched_getaffinity(tid, sizeof(its), &its) < 0)
		return -1;
	for (int i = 1; i < CPU_SETSIZE; i++) { /* once around */
		int other = (cpu + i) % CPU_SETSIZE;
		if (CPU_ISSET(other, &its))
			return other;
	}
	return -1;
}

/*
 * Ask for all processors, which means those of the task's cpuset, now and whenever that changes. Since Linux 6.2 the
 * kernel keeps what was asked for beside what the cpuset leaves of it; who never asked has no such memory, and
 * this comes to the same. Returns 0 or a negative errno.
 */
static int set_whole(pid_t tid)
{
	cpu_set_t all;
	memset(&all, 0xff, sizeof(all));
	return sched_setaffinity(tid, sizeof(all), &all) < 0 ? -errno : 0;
}

static int set_one(pid_t tid, int cpu)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(tid, sizeof(one), &one) < 0 ? -errno : 0;
}

static void set_own(pid_t tid, const struct affinity *held)
{
	if (held->whole)
		set_whole(tid);
	else
		sched_setaffinity(tid, sizeof(held->own), &held->own);
}

static bool is_ordinary(pid_t tid)
{
	int policy = sched_getscheduler(tid);
	return policy == SCHED_OTHER || policy == SCHED_BATCH;
}

/* Find out whether the task may run wherever its cpuset allows: it may, for a moment. Returns 0 or a negative errno. */
static int find_whole(pid_t tid, struct affinity *its)
{
	cpu_set_t whole;
	int r = set_whole(tid);
	if (r == 0 && sched_getaffinity(tid, sizeof(whole), &whole) < 0)
		r = -errno;
	its->whole = r == 0 && CPU_EQUAL(&whole, &its->own);
	return r;
}

int affinity_hold(pid_t tid, int cpu, const struct affinity *like, struct affinity *ret)
{
	*ret = (struct affinity){.cpu = cpu};
	if (sched_getaffinity(tid, sizeof(ret->own), &ret->own) < 0)
		return -errno;
	if (cpu < 0 || !CPU_ISSET(cpu, &ret->own) || CPU_COUNT(&ret->own) == 1 || !is_ordinary(tid))
		return -EINVAL;
	bool is_like = like && CPU_EQUAL(&like->own, &ret->own);
	int r = 0;
	if (is_like)
		ret->whole = like->whole;
	else
		r = find_whole(tid, ret);
	if (r == 0)
		r = set_one(tid, cpu);
	if (r < 0 && !is_like)
		set_own(tid, ret);
	return r;
}

void affinity_release(pid_t tid, const struct affinity *held)
{
	cpu_set_t now, whole;
	if (sched_getaffinity(tid, sizeof(now), &now) < 0 || CPU_EQUAL(&now, &held->own))
		return;
	if (CPU_COUNT(&now) == 1 && CPU_ISSET(held->cpu, &now)) {
		set_own(tid, held);
		return;
	}
	if (set_whole(tid) < 0 || sched_getaffinity(tid, sizeof(whole), &whole) < 0)
		return;
	/* A cpuset that lost our processor gave the task all that it still had, until it has ours again. */
	if (CPU_EQUAL(&now, &whole) && !CPU_ISSET(held->cpu, &whole))
		set_own(tid, held);
	else
		sched_setaffinity(tid, sizeof(now), &now);
}
