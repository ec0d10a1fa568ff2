/*
 * Processes that are known by the calls that they are seen to make, and by nothing else: who they are, whether
 * they live, when they run a new image. For engines that stop nobody.
 */
#pragma once

#include "engine/task.h"
#include "util/err.h"

struct client {
	pid_t pid;
	pid_t nspid; /* in its own pid namespace; 0: the same */
	int pidfd;   /* readable when it has ended */
	bool told;   /* that it had a new image */
	/* Between a call of execve(2) and whatever it makes next: */
	bool executing;
	bool fresh; /* it hadn't executed anything before */
	int image;  /* its maps as they were, or -1 */
	struct client *prev, *next;
};

/* {.ends = -1} is empty; freed with clients_free. */
struct clients {
	struct tasks tasks; /* their threads, as far as they made calls; nobody's `process` is told of */
	struct client *first;
	unsigned count;
	unsigned added; /* threads, since dead ones were looked for */
	int ends;       /* an epoll(7) that is readable when a process has ended */
};

/* clients_open - Returns 0 or a negative errno with err set. */
int clients_open(struct clients *c, struct err *err);

/*
 * clients_find - the process of `tid`, which waits in a call, and its thread there; new ones are added. NULL if
 * it has just died.
 */
struct client *clients_find(
    struct clients *c, pid_t tid, uint64_t now, struct task **ret_task);

/* clients_know - whether that process is one. */
bool clients_know(const struct clients *c, pid_t pid);

/* client_executes - it is about to call execve(2), which can still fail. */
void client_executes(struct client *client, pid_t tid);

/*
 * client_executed - whether it has a new image since client_executes; its other threads are forgotten then. Asked
 * once for each such call, before anything else is made of the process.
 */
bool client_executed(struct clients *c, struct client *client);

/* clients_ended - one that has ended, to be removed by the caller; NULL if there is none. */
struct client *clients_ended(struct clients *c);

/* clients_remove - forget a process and its threads. */
void clients_remove(struct clients *c, struct client *client);

void clients_free(struct clients *c);
