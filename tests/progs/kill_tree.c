/*
 * A tree of processes with threads that map, fork and exec until a time is over.
 * usage: kill_tree MILLISECONDS LEVELS
 */
#include "raw.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

static struct timespec end;

static long time_left(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end.tv_sec - now.tv_sec) * 1000 + (end.tv_nsec - now.tv_nsec) / 1000000;
}

static void *map_on(void *argument)
{
	struct timespec moment = {0, 300000};

	while (time_left() > 0) {
		unsigned long addr = raw_mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE);

		*(volatile char *)addr = 1;
		raw_mprotect(addr, 4096, PROT_NONE);
		raw_munmap(addr, 16384);
		nanosleep(&moment, NULL);
	}
	return argument;
}

/* Children that are gone at once, one by vfork and exec. */
static void fork_on(void)
{
	while (time_left() > 0) {
		pid_t pid = fork();

		if (pid == 0) {
			raw_munmap(raw_mmap(0, 8192, PROT_READ, MAP_PRIVATE), 8192);
			_exit(0);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
		pid = vfork();
		if (pid == 0) {
			execl("/bin/true", "true", (char *)NULL);
			_exit(127);
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}

static void grow(int levels)
{
	pthread_t threads[3];

	for (int i = 0; levels > 1 && i < 2; i++) {
		if (fork() == 0) {
			grow(levels - 1);
			_exit(0);
		}
	}
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, map_on, NULL);
	fork_on();
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	long milliseconds = argc > 1 ? atol(argv[1]) : 500;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += milliseconds / 1000;
	end.tv_nsec += milliseconds % 1000 * 1000000;
	grow(argc > 2 ? atoi(argv[2]) : 3);
	return 0;
}
