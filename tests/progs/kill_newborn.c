/*
 * Kills a process that forks all the time, at odd moments, so that children are there whose parent
 * never came to report them: kill_newborn ROUNDS [adopt]. With `adopt` their new parent is this one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Children of children, each of which maps something and ends. */
static void fork_on(volatile int *forks)
{
	for (;;) {
		pid_t pid = fork();
		if (pid == 0) {
			munmap(
			    mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 8192);
			_exit(0);
		}
		++*forks;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

int main(int argc, char **argv)
{
	int rounds = argc > 1 ? atoi(argv[1]) : 100;
	volatile int *forks =
	    mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (argc > 2)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (int i = 0; i < rounds; i++) {
		*forks = 0;
		pid_t pid = fork();
		if (pid == 0)
			fork_on(forks);
		while (*forks < 1 + i % 3)
			sched_yield();
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	while (wait(NULL) > 0)
		;
	return 7;
}
