/*
 * race_maps THREADS OPS: threads that map, unmap and move at full speed, so that ranges which
 * one thread gives up are at once another's. A fixed number of operations, in an order of each
 * thread's own; results depend on the race.
 */
#include "raw.h"

#include <pthread.h>

#define PAGE   4096UL
#define SLOTS  16
#define REGION (64 * PAGE)

struct slot {
	unsigned long addr, length;
};

struct racer {
	pthread_t thread;
	unsigned long random;
	unsigned long region; /* reserved, for MAP_FIXED */
	struct slot slots[SLOTS];
};

static pthread_barrier_t barrier;
static long operations;

/* xorshift64: fast, and the same in every run. */
static unsigned long pick(struct racer *racer, unsigned long bound)
{
	racer->random ^= racer->random << 13;
	racer->random ^= racer->random >> 7;
	racer->random ^= racer->random << 17;
	return racer->random % bound;
}

static void toggle(struct racer *racer, struct slot *slot)
{
	if (slot->addr) {
		raw_munmap(slot->addr, slot->length);
		slot->addr = 0;
		return;
	}
	slot->length = (1 + pick(racer, 16)) * PAGE;
	slot->addr = raw_mmap(0, slot->length, PROT_READ | PROT_WRITE, MAP_PRIVATE);
}

static void resize(struct racer *racer, struct slot *slot)
{
	unsigned long length = (1 + pick(racer, 32)) * PAGE;

	slot->addr = raw_mremap(slot->addr, slot->length, length, MREMAP_MAYMOVE, 0);
	slot->length = length;
}

static void replace(struct racer *racer)
{
	unsigned long first = pick(racer, 64);
	unsigned long length = (1 + pick(racer, 64 - first)) * PAGE;

	raw_mmap(racer->region + first * PAGE, length, pick(racer, 4), MAP_PRIVATE | MAP_FIXED);
}

static void *run(void *argument)
{
	struct racer *racer = argument;

	racer->region = raw_mmap(0, REGION, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
	pthread_barrier_wait(&barrier);
	for (long i = 0; i < operations; i++) {
		struct slot *slot = &racer->slots[pick(racer, SLOTS)];
		unsigned long kind = pick(racer, 8);

		if (kind == 0)
			replace(racer);
		else if (kind == 1 && slot->addr)
			resize(racer, slot);
		else
			toggle(racer, slot);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct racer racers[256];
	long threads = argc == 3 ? strtol(argv[1], NULL, 10) : 0;

	operations = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	if (threads < 1 || threads > 256 || operations < 1) {
		dprintf(2, "usage: race_maps THREADS OPS\n");
		return 2;
	}
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
