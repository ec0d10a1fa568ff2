/*
 * Two processes that share one address space (CLONE_VM without CLONE_THREAD), both of which change it all the
 * time. Prints the ids of both, runs until SIGTERM, and ends with 7.
 */
#include "raw.h"

#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

static atomic_int stop;
static char stack[64 << 10];

static void on_term(int signal)
{
	(void)signal;
	atomic_store(&stop, 1);
}

static void change(unsigned long pages)
{
	while (!atomic_load(&stop)) {
		unsigned long at = raw_mmap(0, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE);
		raw_mprotect(at + 4096, 4096, PROT_READ);
		raw_munmap(at, pages * 4096);
	}
}

static int sharer(void *arg)
{
	(void)arg;
	change(5);
	return 3;
}

int main(void)
{
	int status;
	struct sigaction action = {.sa_handler = on_term};

	sigaction(SIGTERM, &action, NULL);
	pid_t pid = clone(sharer, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	if (pid < 0)
		raw_die("clone");
	dprintf(1, "%d %d\n", getpid(), pid);
	change(9);
	return waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 3 ? 7 : 1;
}
