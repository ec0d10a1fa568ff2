#include "engine/task.h"

#include <stdlib.h>

#include "util/mem.h"

#define CHUNK_SIZE (1 << TASK_CHUNK_BITS)

static struct task **slot_of(const struct tasks *t, pid_t tid)
{
	unsigned chunk = (unsigned)tid >> TASK_CHUNK_BITS;
	if (chunk >= TASK_CHUNKS || !t->chunks[chunk])
		return NULL;
	return &t->chunks[chunk][tid % CHUNK_SIZE];
}

static void set_slot(struct tasks *t, pid_t tid, struct task *task)
{
	struct task ***chunk = &t->chunks[(unsigned)tid >> TASK_CHUNK_BITS];
	if (!*chunk)
		*chunk = mem_alloc(CHUNK_SIZE * sizeof(struct task *));
	(*chunk)[tid % CHUNK_SIZE] = task;
}

struct task *tasks_find(const struct tasks *t, pid_t tid)
{
	struct task **slot = slot_of(t, tid);
	return slot ? *slot : NULL;
}

struct task *tasks_add(struct tasks *t, pid_t tid)
{
	struct task *task = mem_alloc(sizeof(*task));
	task->tid = tid;
	task->comm_stale = true;
	task->next = t->first;
	if (t->first)
		t->first->prev = task;
	t->first = task;
	t->count++;
	set_slot(t, tid, task);
	return task;
}

void tasks_rename(struct tasks *t, struct task *task, pid_t tid)
{
	set_slot(t, task->tid, NULL);
	task->tid = tid;
	set_slot(t, tid, task);
}

static void process_free(struct process *process)
{
	if (process->legacy) {
		buf_free(&process->legacy->maps);
		buf_free(&process->legacy->stack);
	}
	free(process->legacy);
	free(process);
}

static void leave_process(struct task *task)
{
	if (task->process && task->exiting)
		task->process->exiting--;
	if (task->process && --task->process->tasks == 0)
		process_free(task->process);
	task->process = NULL;
}

static void leave_space(struct task *task)
{
	if (task->space && task->held)
		task->space->held--;
	if (task->space && task->exiting)
		task->space->exiting--;
	if (task->space && --task->space->tasks == 0)
		free(task->space);
	task->space = NULL;
}

void tasks_lend(struct tasks *t, struct task *task)
{
	task->lent = AFFINITY_LENT;
	task->lent_prev = NULL;
	task->lent_next = t->lent;
	if (t->lent)
		t->lent->lent_prev = task;
	t->lent = task;
}

void tasks_settle(struct tasks *t, struct task *task)
{
	if (task->lent != AFFINITY_LENT)
		return;
	task->lent = AFFINITY_OWN;
	if (task->lent_next)
		task->lent_next->lent_prev = task->lent_prev;
	if (task->lent_prev)
		task->lent_prev->lent_next = task->lent_next;
	else
		t->lent = task->lent_next;
}

void tasks_remove(struct tasks *t, struct task *task)
{
	tasks_settle(t, task);
	free(task->affinity);
	set_slot(t, task->tid, NULL);
	if (t->first == task)
		t->first = task->next;
	else
		task->prev->next = task->next;
	if (task->next)
		task->next->prev = task->prev;
	t->count--;
	leave_process(task);
	leave_space(task);
	free(task);
}

void task_exits(struct task *task)
{
	if (task->exiting)
		return;
	task->exiting = true;
	task->process->exiting++;
	task->space->exiting++;
}

struct legacy *process_legacy(struct process *process)
{
	if (!process->legacy)
		process->legacy = mem_alloc(sizeof(*process->legacy));
	return process->legacy;
}

void task_join(struct task *task, struct process *process, pid_t pid)
{
	if (!process) {
		process = mem_alloc(sizeof(*process));
		process->pid = pid;
	}
	process->tasks++;
	leave_process(task);
	task->process = process;
}

void task_use(struct tasks *t, struct task *task, struct space *space)
{
	if (!space) {
		space = mem_alloc(sizeof(*space));
		space->id = ++t->spaces_made;
	}
	space->tasks++;
	leave_space(task);
	task->space = space;
}

void tasks_free(struct tasks *t)
{
	while (t->first)
		tasks_remove(t, t->first);
	for (unsigned i = 0; i < TASK_CHUNKS; i++)
		free(t->chunks[i]);
	*t = (struct tasks){0};
}
