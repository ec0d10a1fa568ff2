/*
 * race_fixed THREADS OPS: threads that all map, unmap, protect and move within one region, at addresses that they
 * choose themselves. What is there in the end is up to the kernel's order, which no call's result tells.
 */
#include "raw.h"

#include <pthread.h>

#define PAGE  4096UL
#define PAGES 16

struct racer {
	pthread_t thread;
	unsigned long random;
};

static pthread_barrier_t barrier;
static unsigned long region;
static long operations;

/* xorshift64: fast, and the same in every run. */
static unsigned long pick(struct racer *racer, unsigned long bound)
{
	racer->random ^= racer->random << 13;
	racer->random ^= racer->random >> 7;
	racer->random ^= racer->random << 17;
	return racer->random % bound;
}

/* One that finds a hole where it wanted memory fails: ENOMEM, EFAULT. */
static void change(struct racer *racer)
{
	unsigned long first = pick(racer, PAGES), n = 1 + pick(racer, PAGES - first);
	unsigned long addr = region + first * PAGE, length = n * PAGE;
	unsigned long target = region + pick(racer, PAGES - n + 1) * PAGE;

	switch (pick(racer, 4)) {
	case 0: raw_mmap(addr, length, pick(racer, 4), MAP_PRIVATE | MAP_FIXED); break;
	case 1: raw_munmap(addr, length); break;
	case 2: syscall(SYS_mprotect, addr, length, pick(racer, 4)); break;
	default: syscall(SYS_mremap, addr, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, target);
	}
}

static void *run(void *argument)
{
	pthread_barrier_wait(&barrier);
	for (long i = 0; i < operations; i++)
		change(argument);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct racer racers[64];
	long threads = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	operations = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	if (threads < 1 || threads > 64 || operations < 1) {
		dprintf(2, "usage: race_fixed THREADS OPS\n");
		return 2;
	}
	/* What is around it stays, so that nobody else is given any of it: that would be another race. */
	region = raw_mmap(0, (PAGES + 2) * PAGE, PROT_NONE, MAP_PRIVATE) + PAGE;
	pthread_barrier_init(&barrier, NULL, (unsigned int)threads);
	for (long i = 0; i < threads; i++) {
		racers[i].random = 0x9e3779b97f4a7c15UL * (unsigned long)(i + 1);
		errno = pthread_create(&racers[i].thread, NULL, run, &racers[i]);
		if (errno != 0)
			raw_die("pthread_create");
	}
	for (long i = 0; i < threads; i++)
		pthread_join(racers[i].thread, NULL);
	return 0;
}
