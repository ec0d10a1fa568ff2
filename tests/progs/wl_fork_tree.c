/*
 * A tree of forks, four levels: each process makes calls of its own size, then forks its
 * children, one after the other's end, so that the order of births is the same in every run.
 */
#include "raw.h"

#include <sys/wait.h>

#define PAGE  4096UL
#define NODES 16

/* Mapped by the parent: each process has, and changes, its own copy. */
static unsigned long inherited;

static void work(unsigned long node)
{
	unsigned long addr = raw_mmap(0, (node + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	*(volatile char *)addr = 1;
	raw_mprotect(addr + PAGE, PAGE, PROT_NONE);
	if (inherited)
		raw_munmap(inherited, PAGE);
	inherited = addr;
}

static void grow(unsigned long node);

static void fork_child(unsigned long node)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		grow(node);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
		raw_die("child");
}

/* Node 1 is the root, and 2n and 2n + 1 are the children of n. */
static void grow(unsigned long node)
{
	work(node);
	if (2 * node < NODES) {
		fork_child(2 * node);
		fork_child(2 * node + 1);
	}
	raw_munmap(inherited, PAGE);
}

int main(void)
{
	grow(1);
	return 0;
}
