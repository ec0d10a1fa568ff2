#include "util/child.h"

#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>

static struct {
	pid_t pid; /* 0: free */
	bool ended;
	int status;
} children[8];

static int slot_of(pid_t pid)
{
	for (int i = 0; i < 8; i++) {
		if (children[i].pid == pid)
			return i;
	}
	return -1;
}

void child_started(pid_t pid)
{
	int slot = slot_of(0);
	if (slot < 0)
		return;
	children[slot].pid = pid;
	children[slot].ended = false;
}

void child_reaped(pid_t pid, int status)
{
	int slot = slot_of(pid);
	if (slot < 0)
		return;
	children[slot].ended = true;
	children[slot].status = status;
}

int child_wait(pid_t pid, bool (*give_up)(void *), void *arg)
{
	int status = -1, slot = slot_of(pid);
	if (slot >= 0 && children[slot].ended) {
		status = children[slot].status;
	} else {
		while (waitpid(pid, &status, 0) < 0) {
			if (errno != EINTR || (give_up && give_up(arg)))
				return -1;
		}
	}
	if (slot >= 0)
		children[slot].pid = 0;
	return status;
}
