#include "engine/clients.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/proc.h"
#include "util/clock.h"
#include "util/mem.h"

/* Names can change without a call that is seen: they age. */
#define COMM_AGE (100 * NSEC_PER_MSEC)

/* After so many new threads, those that have ended are forgotten. */
#define SWEEP_EVERY 4096

int clients_open(struct clients *c, struct err *err)
{
	c->ends = epoll_create1(EPOLL_CLOEXEC);
	return c->ends < 0 ? err_sys(err, errno, "can't watch processes") : 0;
}

static struct client *find_client(const struct clients *c, pid_t pid)
{
	for (struct client *client = c->first; client; client = client->next) {
		if (client->pid == pid)
			return client;
	}
	return NULL;
}

bool clients_know(const struct clients *c, pid_t pid)
{
	return find_client(c, pid) != NULL;
}

static struct client *add_client(struct clients *c, pid_t pid)
{
	struct client *client = mem_alloc(sizeof(*client));
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
	client->pid = pid;
	client->image = -1;
	client->nspid = proc_nspid(pid);
	client->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (client->pidfd >= 0)
		epoll_ctl(c->ends, EPOLL_CTL_ADD, client->pidfd, &event);
	client->next = c->first;
	if (c->first)
		c->first->prev = client;
	c->first = client;
	c->count++;
	return client;
}

/* tgkill(2) without a signal tells whether there is such a thread. */
static bool is_thread_of(pid_t pid, pid_t tid)
{
	return syscall(SYS_tgkill, pid, tid, 0) == 0 || errno == EPERM;
}

static void sweep(struct clients *c)
{
	c->added = 0;
	for (struct task *task = c->tasks.first, *next; task; task = next) {
		next = task->next;
		if (!is_thread_of(task->process->pid, task->tid))
			tasks_remove(&c->tasks, task);
	}
}

static struct process *find_process(const struct clients *c, pid_t pid)
{
	const struct task *leader = tasks_find(&c->tasks, pid);
	if (leader && leader->process->pid == pid)
		return leader->process;
	for (const struct task *task = c->tasks.first; task; task = task->next) {
		if (task->process->pid == pid)
			return task->process;
	}
	return NULL;
}

static struct task *add_task(struct clients *c, pid_t tid)
{
	struct proc_state state;
	if (proc_state(tid, &state) < 0)
		return NULL;
	if (++c->added > SWEEP_EVERY)
		sweep(c);
	struct process *process = find_process(c, state.tgid);
	struct task *task = tasks_add(&c->tasks, tid);
	task_join(task, process, state.tgid);
	return task;
}

struct client *clients_find(struct clients *c, pid_t tid, uint64_t now, struct task **ret_task)
{
	struct task *task = tasks_find(&c->tasks, tid);
	if (task && !is_thread_of(task->process->pid, tid)) { /* its id is another's now */
		tasks_remove(&c->tasks, task);
		task = NULL;
	}
	if (!task)
		task = add_task(c, tid);
	if (!task)
		return NULL;
	if (task->comm_stale || now - task->comm_read > COMM_AGE) {
		proc_comm(tid, task->comm);
		task->comm_stale = false;
		task->comm_read = now;
	}
	*ret_task = task;
	struct client *client = find_client(c, task->process->pid);
	return client ? client : add_client(c, task->process->pid);
}

static void forget_image(struct client *client)
{
	if (client->image >= 0)
		close(client->image);
	client->image = -1;
}

void client_executes(struct client *client, pid_t tid)
{
	struct proc_state state;
	char path[32];
	client->executing = true;
	client->fresh = proc_state(tid, &state) == 0 && state.forked;
	forget_image(client);
	snprintf(path, sizeof(path), "/proc/%d/maps", tid);
	if (!client->fresh)
		client->image = open(path, O_RDONLY | O_CLOEXEC);
}

/*
 * An open maps file belongs to the address space that was there then, and is empty when nobody uses that any
 * more. Where it's shared with others, as after vfork(2), the mark of never having executed is gone instead.
 */
bool client_executed(struct clients *c, struct client *client)
{
	struct proc_state state;
	char byte;
	client->executing = false;
	bool changed = client->fresh ? proc_state(client->pid, &state) == 0 && !state.forked
	                             : client->image >= 0 && pread(client->image, &byte, 1, 0) == 0;
	forget_image(client);
	for (struct task *task = c->tasks.first, *next; task && changed; task = next) {
		next = task->next;
		if (task->process->pid != client->pid)
			continue;
		if (task->tid != client->pid)
			tasks_remove(&c->tasks, task);
		else
			task->comm_stale = true;
	}
	return changed;
}

struct client *clients_ended(struct clients *c)
{
	struct epoll_event event;
	return epoll_wait(c->ends, &event, 1, 0) == 1 ? event.data.ptr : NULL;
}

void clients_remove(struct clients *c, struct client *client)
{
	for (struct task *task = c->tasks.first, *next; task; task = next) {
		next = task->next;
		if (task->process->pid == client->pid)
			tasks_remove(&c->tasks, task);
	}
	if (client->prev)
		client->prev->next = client->next;
	else
		c->first = client->next;
	if (client->next)
		client->next->prev = client->prev;
	c->count--;
	forget_image(client);
	if (client->pidfd >= 0)
		close(client->pidfd);
	free(client);
}

void clients_free(struct clients *c)
{
	for (struct client *client = c->first, *next; client; client = next) {
		next = client->next;
		clients_remove(c, client);
	}
	tasks_free(&c->tasks);
	if (c->ends >= 0)
		close(c->ends);
	c->ends = -1;
}
