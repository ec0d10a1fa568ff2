/*
 * Threads that make calls about ranges of a length that nobody else uses, and count them:
 * count_calls THREADS ROUNDS PAUSE HOW. PAUSE: microseconds after each hundred rounds. HOW: "all" kinds, or "unmap",
 * pages one by one. It says "ready", begins when a line comes, prints "NAME COUNT" for each kind, and ends when
 * another comes or its input does.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE   4096UL
#define LENGTH (291 * PAGE)

enum { MMAP, MPROTECT, MREMAP, MADVISE, MUNMAP, KINDS };
static const char *const names[KINDS] = {"mmap", "mprotect", "mremap", "madvise", "munmap"};

static unsigned long rounds, pause_us;
static int unmaps;
static pthread_barrier_t begin, end;

struct counter {
	unsigned long made[KINDS];
	char *base;
};

/* The same length in all, so that all are found by it. */
static void make_kinds(struct counter *c)
{
	char *p = mmap(NULL, LENGTH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p, LENGTH, PROT_READ | PROT_WRITE) != 0)
		abort();
	p = mremap(p, LENGTH, LENGTH, 0);
	if (p == MAP_FAILED || madvise(p, LENGTH, MADV_DONTFORK) != 0 || munmap(p, LENGTH) != 0)
		abort();
	for (int kind = 0; kind < KINDS; kind++)
		c->made[kind]++;
}

static void *count(void *arg)
{
	struct counter *c = arg;
	pthread_barrier_wait(&begin);
	for (unsigned long i = 0; i < rounds; i++) {
		if (unmaps && munmap(c->base + i * PAGE, PAGE) == 0)
			c->made[MUNMAP]++;
		if (!unmaps)
			make_kinds(c);
		if (pause_us && i % 100 == 99)
			usleep((useconds_t)pause_us);
	}
	pthread_barrier_wait(&end);
	pause();
	return NULL;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	unsigned n = (unsigned)atoi(argv[1]);
	rounds = strtoul(argv[2], NULL, 10);
	pause_us = strtoul(argv[3], NULL, 10);
	unmaps = strcmp(argv[4], "unmap") == 0;
	struct counter *counters = calloc(n, sizeof(*counters));
	pthread_barrier_init(&begin, NULL, n + 1);
	pthread_barrier_init(&end, NULL, n + 1);
	for (unsigned i = 0; i < n; i++) {
		pthread_t thread;
		if (unmaps)
			counters[i].base = mmap(NULL, rounds * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		pthread_create(&thread, NULL, count, &counters[i]);
	}
	char line[16];
	static const char ready[] = "ready\n";
	if (write(STDOUT_FILENO, ready, strlen(ready)) < 0 || read(STDIN_FILENO, line, sizeof(line)) < 0)
		return 1;
	pthread_barrier_wait(&begin);
	pthread_barrier_wait(&end);
	char text[256];
	int len = 0;
	for (int kind = 0; kind < KINDS; kind++) {
		unsigned long all = 0;
		for (unsigned i = 0; i < n; i++)
			all += counters[i].made[kind];
		len += snprintf(text + len, sizeof(text) - (size_t)len, "%s %lu\n", names[kind], all);
	}
	if (write(STDOUT_FILENO, text, (size_t)len) < 0 || read(STDIN_FILENO, line, sizeof(line)) < 0)
		return 1;
	_exit(0);
}
