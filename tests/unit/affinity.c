/* src/engine/affinity.c, with the kernel's own; on a machine of one processor there's nothing to see */
#include "engine/affinity.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static cpu_set_t processors_of(pid_t tid)
{
	cpu_set_t set;
	ck_assert_int_eq(sched_getaffinity(tid, sizeof(set), &set), 0);
	return set;
}

static void assert_same(const cpu_set_t *a, const cpu_set_t *b)
{
	unit_check(CPU_EQUAL(a, b), "%d processors, not %d", CPU_COUNT(a), CPU_COUNT(b));
}

static int first_of(const cpu_set_t *set)
{
	int cpu = 0;
	while (!CPU_ISSET(cpu, set))
		cpu++;
	return cpu;
}

static int last_of(const cpu_set_t *set)
{
	int cpu = CPU_SETSIZE - 1;
	while (!CPU_ISSET(cpu, set))
		cpu--;
	return cpu;
}

static void choose(int cpu)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	ck_assert_int_eq(sched_setaffinity(0, sizeof(one), &one), 0);
}

static bool has_many(void)
{
	return affinity_count(0) > 1;
}

START_TEST(another_one)
{
	cpu_set_t own = processors_of(0);
	int first = first_of(&own), last = last_of(&own);
	if (!has_many()) {
		ck_assert_int_eq(affinity_other(0, first), -1);
		return;
	}
	ck_assert_int_gt(affinity_other(0, first), first);
	ck_assert_int_eq(affinity_other(0, last), first);
	choose(last);
	ck_assert_int_eq(affinity_other(0, last), -1);
	ck_assert_int_eq(affinity_other(0, first), last);
}
END_TEST

START_TEST(lent_and_given_back)
{
	struct affinity held;
	cpu_set_t own = processors_of(0);
	int cpu = affinity_meet(0);
	ck_assert(CPU_ISSET(cpu, &own));
	if (!has_many())
		return;
	ck_assert_int_eq(affinity_hold(0, cpu, NULL, &held), 0);
	ck_assert_uint_eq(affinity_count(0), 1);
	ck_assert_int_eq(sched_getcpu(), cpu);
	affinity_release(0, &held);
	cpu_set_t now = processors_of(0);
	assert_same(&now, &own);

	struct affinity again;
	ck_assert_int_eq(affinity_hold(0, cpu, &held, &again), 0);
	ck_assert_uint_eq(affinity_count(0), 1);
	ck_assert(again.whole == held.whole);
	affinity_release(0, &again);
	now = processors_of(0);
	assert_same(&now, &own);
}
END_TEST

START_TEST(nothing_to_lend)
{
	struct affinity held;
	cpu_set_t own = processors_of(0);
	if (!has_many())
		return;
	choose(first_of(&own));
	ck_assert_int_eq(affinity_hold(0, first_of(&own), NULL, &held), -EINVAL);
	ck_assert_int_eq(affinity_hold(0, last_of(&own), NULL, &held), -EINVAL);
	ck_assert_int_eq(affinity_hold(0, -1, NULL, &held), -EINVAL);
	ck_assert_int_eq(affinity_hold(0x3fffff, first_of(&own), NULL, &held), -ESRCH);
	ck_assert_uint_eq(affinity_count(0), 1);
}
END_TEST

START_TEST(what_others_chose_stays)
{
	struct affinity held;
	cpu_set_t own = processors_of(0);
	if (!has_many())
		return;
	ck_assert_int_eq(affinity_hold(0, first_of(&own), NULL, &held), 0);
	choose(last_of(&own));
	affinity_release(0, &held);
	ck_assert_uint_eq(affinity_count(0), 1);
	ck_assert_int_eq(sched_getcpu(), last_of(&own));
	ck_assert_int_eq(affinity_meet(0), last_of(&own));
}
END_TEST

START_TEST(all_chosen_by_others_stays)
{
	struct affinity held = {.own = processors_of(0)};
	cpu_set_t own = processors_of(0);
	if (!has_many())
		return;
	held.cpu = first_of(&own); /* as if it had been there alone */
	CPU_CLR(last_of(&own), &held.own);
	affinity_release(0, &held);
	cpu_set_t now = processors_of(0);
	assert_same(&now, &own);
}
END_TEST

/* A child is born where its parent is held. */
START_TEST(of_a_child)
{
	struct affinity held;
	int pipes[2], status;
	cpu_set_t own = processors_of(0);
	if (!has_many())
		return;
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(affinity_hold(0, first_of(&own), NULL, &held), 0);
	pid_t child = fork();
	if (child == 0) {
		char byte;
		close(pipes[1]);
		_exit(read(pipes[0], &byte, 1) != 0);
	}
	affinity_release(0, &held);
	ck_assert_uint_eq(affinity_count(child), 1);
	affinity_release(child, &held);
	cpu_set_t its = processors_of(child);
	close(pipes[1]);
	waitpid(child, &status, 0);
	assert_same(&its, &own);
}
END_TEST

/* Such a one could keep the tracer from running. */
START_TEST(not_of_realtime_tasks)
{
	struct affinity held;
	struct sched_param priority = {.sched_priority = 1};
	if (!has_many() || sched_setscheduler(0, SCHED_RR, &priority) < 0)
		return; /* who isn't root can't become one */
	ck_assert_int_eq(affinity_hold(0, affinity_meet(0), NULL, &held), -EINVAL);
	ck_assert_uint_gt(affinity_count(0), 1);
}
END_TEST

TEST_SUITE(affinity)
{
	TEST(another_one);
	TEST(lent_and_given_back);
	TEST(nothing_to_lend);
	TEST(what_others_chose_stays);
	TEST(all_chosen_by_others_stays);
	TEST(of_a_child);
	TEST(not_of_realtime_tasks);
}
