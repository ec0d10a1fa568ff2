/*
 * What is worst to attach to: attach_storm THREADS ITERATIONS STOP. Threads that map, unmap, create threads,
 * fork, spawn and use pipes, all at once; then one that doesn't lead executes the program anew while others
 * still map, and so on until the file STOP is there. What all of that comes to is computed, and must be the
 * same in each generation. Prints it, and ends with 7.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char **args; /* self, THREADS, ITERATIONS, STOP, generation, expected sum */
static unsigned threads_n, iterations;
static uint64_t sum;

static void die(const char *what)
{
	fprintf(stderr, "attach_storm: %s: %s\n", what, strerror(errno));
	_exit(1);
}

static uint64_t map_once(unsigned seed)
{
	size_t length = 4096 * (size_t)(seed % 13 + 1);
	unsigned char *p =
	    mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		die("mmap");
	memset(p, (int)(seed & 0xff), length);
	uint64_t all = p[0] + p[length - 1] + length;
	if (munmap(p, length) != 0)
		die("munmap");
	return all;
}

static void *brief(void *arg)
{
	return (void *)(uintptr_t)map_once((unsigned)(uintptr_t)arg);
}

static uint64_t thread_once(unsigned seed)
{
	pthread_t thread;
	void *result;
	errno = pthread_create(&thread, NULL, brief, (void *)(uintptr_t)seed);
	if (errno)
		die("pthread_create");
	pthread_join(thread, &result);
	return (uintptr_t)result;
}

static uint64_t wait_for(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			die("waitpid");
	}
	return (uint64_t)status;
}

static uint64_t fork_once(unsigned seed)
{
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		_exit((int)((map_once(seed) + seed) % 100));
	return wait_for(pid);
}

static uint64_t spawn_once(unsigned seed)
{
	char code[16];
	pid_t pid;
	snprintf(code, sizeof(code), "%u", seed % 100);
	char *argv[] = {args[0], "exit", code, NULL};
	errno = posix_spawn(&pid, args[0], NULL, NULL, argv, environ);
	if (errno)
		die("posix_spawn");
	return wait_for(pid);
}

static uint64_t pipe_once(unsigned seed)
{
	int ends[2];
	unsigned got = 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		die("pipe2");
	if (write(ends[1], &seed, sizeof(seed)) != sizeof(seed) ||
	    read(ends[0], &got, sizeof(got)) != sizeof(got))
		die("pipe");
	close(ends[0]);
	close(ends[1]);
	return got;
}

static void *work(void *arg)
{
	uint64_t own = 0;
	unsigned seed = (unsigned)(uintptr_t)arg * 7919 + 1;
	for (unsigned i = 0; i < iterations; i++) {
		seed = seed * 1103515245 + 12345;
		unsigned kind = seed >> 16 & 63;
		own += kind < 2    ? fork_once(seed)
		       : kind < 4  ? spawn_once(seed)
		       : kind < 12 ? thread_once(seed)
		       : kind < 20 ? pipe_once(seed)
		                   : map_once(seed);
	}
	__atomic_add_fetch(&sum, own, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *map_for_ever(void *arg)
{
	for (;;)
		map_once((unsigned)(uintptr_t)arg);
	return NULL;
}

static void *execute(void *arg)
{
	char generation[16], expected[32];
	pthread_t thread;
	(void)arg;
	for (uintptr_t i = 0; i < 8; i++)
		pthread_create(&thread, NULL, map_for_ever, (void *)i);
	snprintf(generation, sizeof(generation), "%d", args[4] ? atoi(args[4]) + 1 : 1);
	snprintf(expected, sizeof(expected), "%llu", (unsigned long long)sum);
	execl(args[0], args[0], args[1], args[2], args[3], generation, expected, (char *)NULL);
	die("exec");
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread, threads[256];
	args = argv;
	if (argc == 3)
		return atoi(argv[2]); /* "exit" CODE */
	threads_n = (unsigned)atoi(argv[1]);
	iterations = (unsigned)atoi(argv[2]);
	for (uintptr_t i = 0; i < threads_n; i++) {
		errno = pthread_create(&threads[i], NULL, work, (void *)i);
		if (errno)
			die("pthread_create");
	}
	for (unsigned i = 0; i < threads_n; i++)
		pthread_join(threads[i], NULL);
	if (argc > 5 && strtoull(argv[5], NULL, 10) != sum) {
		printf("generation %s comes to %llu, not %s\n", argv[4], (unsigned long long)sum, argv[5]);
		return 1;
	}
	if (argc > 5 && access(argv[3], F_OK) == 0) {
		printf("%llu\n", (unsigned long long)sum);
		return 7;
	}
	pthread_create(&thread, NULL, execute, NULL);
	for (;;)
		pause();
}
