/*
 * Threads that unmap one page after another of a range of their own, so that the address space itself says
 * how many calls each has made: attach_counter THREADS. Prints "TID BASE END" for each, then runs until
 * SIGTERM, and prints how often each range was used up.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE  4096UL
#define PAGES 16384UL

static volatile sig_atomic_t stop;
static pthread_barrier_t ready;

struct counter {
	char *base;
	unsigned long rounds;
};

static void on_term(int signal)
{
	(void)signal;
	stop = 1;
}

static void reserve(struct counter *c, int fixed)
{
	void *got = mmap(c->base, PAGES * PAGE, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | (fixed ? MAP_FIXED_NOREPLACE : 0), -1, 0);
	if (got == MAP_FAILED || (c->base && got != c->base))
		abort();
	c->base = got;
}

static void *run(void *arg)
{
	struct counter *c = arg;
	reserve(c, 0);
	printf("%ld %p %p\n", syscall(SYS_gettid), (void *)c->base, (void *)(c->base + PAGES * PAGE));
	pthread_barrier_wait(&ready);
	pthread_barrier_wait(&ready); /* all is printed */
	while (!stop) {
		for (unsigned long i = 0; i < PAGES && !stop; i++) {
			if (munmap(c->base + i * PAGE, PAGE) != 0)
				abort();
			if (i % 64 == 0) /* others come to run, and the range lasts */
				nanosleep(&(struct timespec){0, 100000}, NULL);
		}
		if (!stop)
			reserve(c, 1);
		c->rounds++;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)atoi(argv[1]) : 4;
	struct counter *counters = calloc(n, sizeof(*counters));
	pthread_t *threads = calloc(n, sizeof(*threads));
	signal(SIGTERM, on_term);
	pthread_barrier_init(&ready, NULL, n + 1);
	for (unsigned i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, run, &counters[i]);
	pthread_barrier_wait(&ready);
	fflush(stdout);
	pthread_barrier_wait(&ready);
	for (unsigned i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	printf("done\n");
	return 5;
}
