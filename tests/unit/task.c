/* src/engine/task.c; what isn't freed, or used after, shows under AddressSanitizer */
#include "engine/task.h"

#include "unit.h"

#define LAST_PID ((1 << 22) - 1)

static unsigned listed(const struct tasks *t)
{
	unsigned n = 0;
	const struct task *prev = NULL;
	for (const struct task *task = t->first; task; task = task->next) {
		ck_assert_ptr_eq(task->prev, prev);
		prev = task;
		n++;
	}
	return n;
}

START_TEST(empty)
{
	struct tasks t = {0};
	ck_assert_ptr_null(tasks_find(&t, 1));
	ck_assert_ptr_null(tasks_find(&t, LAST_PID));
	ck_assert_ptr_null(tasks_find(&t, LAST_PID + 1));
	ck_assert_ptr_null(tasks_find(&t, INT32_MAX));
	ck_assert_ptr_null(tasks_find(&t, -1));
	tasks_free(&t);
	tasks_free(&t);
}
END_TEST

START_TEST(add_and_find)
{
	static const pid_t ids[] = {1, 2, 1023, 1024, 1025, 32768, 4194302, LAST_PID};
	struct tasks t = {0};
	struct task *tasks[countof(ids)];
	for (size_t i = 0; i < countof(ids); i++) {
		tasks[i] = tasks_add(&t, ids[i]);
		ck_assert_int_eq(tasks[i]->tid, ids[i]);
		ck_assert_ptr_null(tasks[i]->process);
		ck_assert_ptr_null(tasks[i]->space);
		ck_assert_ptr_null(tasks[i]->call);
	}
	ck_assert_uint_eq(t.count, countof(ids));
	ck_assert_uint_eq(listed(&t), countof(ids));
	for (size_t i = 0; i < countof(ids); i++)
		ck_assert_ptr_eq(tasks_find(&t, ids[i]), tasks[i]);
	ck_assert_ptr_null(tasks_find(&t, 3));
	ck_assert_ptr_null(tasks_find(&t, 4194301));
	tasks_free(&t);
	ck_assert_ptr_null(t.first);
	ck_assert_uint_eq(t.count, 0);
}
END_TEST

START_TEST(remove_first_middle_last)
{
	for (int order = 0; order < 6; order++) {
		static const int orders[6][3] = {
		    {1, 2, 3}, {1, 3, 2}, {2, 1, 3}, {2, 3, 1}, {3, 1, 2}, {3, 2, 1}};
		struct tasks t = {0};
		for (pid_t tid = 1; tid <= 3; tid++)
			tasks_add(&t, tid);
		for (unsigned i = 0; i < 3; i++) {
			tasks_remove(&t, tasks_find(&t, orders[order][i]));
			ck_assert_ptr_null(tasks_find(&t, orders[order][i]));
			ck_assert_uint_eq(t.count, 2 - i);
			ck_assert_uint_eq(listed(&t), 2 - i);
		}
		tasks_add(&t, 2);
		ck_assert_uint_eq(listed(&t), 1);
		tasks_free(&t);
	}
}
END_TEST

START_TEST(another_id)
{
	struct tasks t = {0};
	tasks_add(&t, 5);
	struct task *task = tasks_add(&t, 70000);
	task_join(task, NULL, 6);
	tasks_rename(&t, task, LAST_PID);
	ck_assert_int_eq(task->tid, LAST_PID);
	ck_assert_ptr_null(tasks_find(&t, 70000));
	ck_assert_ptr_eq(tasks_find(&t, LAST_PID), task);
	tasks_rename(&t, task, 70000);
	ck_assert_ptr_eq(tasks_find(&t, 70000), task);
	ck_assert_ptr_null(tasks_find(&t, LAST_PID));
	ck_assert_uint_eq(listed(&t), 2);
	tasks_free(&t);
}
END_TEST

START_TEST(processes)
{
	struct tasks t = {0};
	struct task *a = tasks_add(&t, 10), *b = tasks_add(&t, 11), *c = tasks_add(&t, 12);
	task_join(a, NULL, 10);
	struct process *process = a->process;
	ck_assert_int_eq(process->pid, 10);
	ck_assert_uint_eq(process->tasks, 1);
	ck_assert_int_eq(process->nspid, 0);
	ck_assert(!process->left_out);
	task_join(b, process, 10);
	ck_assert_ptr_eq(b->process, process);
	ck_assert_uint_eq(process->tasks, 2);
	task_join(b, process, 10); /* it is there already */
	ck_assert_uint_eq(process->tasks, 2);
	task_join(c, NULL, 12);
	ck_assert_ptr_ne(c->process, process);
	task_join(c, process, 10); /* the last of its own goes */
	ck_assert_uint_eq(process->tasks, 3);
	tasks_remove(&t, a);
	ck_assert_uint_eq(process->tasks, 2);
	ck_assert_int_eq(process->pid, 10);
	tasks_remove(&t, b);
	tasks_remove(&t, c); /* frees the process: leaks and uses show under ASan */
	tasks_free(&t);
}
END_TEST

START_TEST(spaces)
{
	struct tasks t = {0};
	struct task *a = tasks_add(&t, 10), *b = tasks_add(&t, 11);
	task_use(&t, a, NULL);
	struct space *space = a->space;
	uint64_t first = space->id;
	ck_assert_uint_eq(space->tasks, 1);
	ck_assert_uint_eq(space->brk, 0);
	space->brk = 0x5000;
	task_use(&t, b, space);
	ck_assert_uint_eq(space->tasks, 2);
	task_use(&t, b, space);
	ck_assert_uint_eq(space->tasks, 2);
	task_use(&t, b, NULL);
	ck_assert_uint_eq(space->tasks, 1);
	ck_assert_uint_eq(b->space->tasks, 1);
	ck_assert_uint_eq(b->space->brk, 0);
	ck_assert_uint_ne(b->space->id, first);
	task_use(&t, a, NULL); /* execve(2) of the only one */
	ck_assert_uint_ne(a->space->id, first);
	ck_assert_uint_ne(a->space->id, b->space->id);
	tasks_free(&t);
}
END_TEST

START_TEST(space_ids_do_not_return)
{
	struct tasks t = {0};
	uint64_t last = 0;
	for (unsigned i = 0; i < 1000; i++) {
		struct task *task = tasks_add(&t, 77);
		task_use(&t, task, NULL);
		ck_assert_uint_ne(task->space->id, last);
		ck_assert(!i || task->space->id > last);
		last = task->space->id;
		tasks_remove(&t, task);
	}
	tasks_free(&t);
}
END_TEST

/* In any order, and whoever ends is among them no more. */
START_TEST(lent_affinities)
{
	struct tasks t = {0};
	struct task *a = tasks_add(&t, 1), *b = tasks_add(&t, 2), *c = tasks_add(&t, 3);
	tasks_lend(&t, a);
	tasks_lend(&t, b);
	tasks_lend(&t, c);
	tasks_settle(&t, b);
	tasks_settle(&t, b);
	ck_assert_int_eq(b->lent, AFFINITY_OWN);
	ck_assert_ptr_eq(t.lent, c);
	ck_assert_ptr_eq(c->lent_next, a);
	ck_assert_ptr_null(a->lent_next);
	tasks_remove(&t, c);
	ck_assert_ptr_eq(t.lent, a);
	tasks_lend(&t, b);
	tasks_remove(&t, a);
	ck_assert_ptr_eq(t.lent, b);
	ck_assert_ptr_null(b->lent_next);
	tasks_settle(&t, b);
	ck_assert_ptr_null(t.lent);
	tasks_free(&t);
}
END_TEST

START_TEST(many)
{
	struct tasks t = {0};
	for (pid_t tid = 1; tid <= LAST_PID; tid += 37) {
		struct task *task = tasks_add(&t, tid);
		task_join(task, t.first->next ? t.first->next->process : NULL, tid);
		task_use(&t, task, t.first->next ? t.first->next->space : NULL);
	}
	ck_assert_uint_eq(t.first->process->tasks, t.count);
	ck_assert_uint_eq(t.first->space->tasks, t.count);
	for (pid_t tid = 1; tid <= LAST_PID; tid++) {
		const struct task *task = tasks_find(&t, tid);
		if (tid % 37 == 1 ? !task || task->tid != tid : task != NULL)
			ck_abort_msg("task %d", tid);
	}
	tasks_free(&t);
}
END_TEST

TEST_SUITE(task)
{
	TEST(empty);
	TEST(add_and_find);
	TEST(remove_first_middle_last);
	TEST(another_id);
	TEST(processes);
	TEST(spaces);
	TEST(space_ids_do_not_return);
	TEST(lent_affinities);
	TEST(many);
}
