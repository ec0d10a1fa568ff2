/*
 * 500 threads, alive together, that take turns at memory calls: the order of all calls is the
 * same in every run. The process exits with all of them alive, so no stack is given back.
 */
#include "raw.h"

#include <pthread.h>
#include <semaphore.h>

#define THREADS 500
#define ROUNDS  3
#define PAGE    4096UL

static sem_t turn[THREADS + 1]; /* the last one is the main thread's */

static void work(unsigned long self, int round)
{
	unsigned long length = (self % 7 + 1) * PAGE;
	unsigned long addr = raw_mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	*(volatile unsigned long *)addr = self;
	raw_mprotect(addr, PAGE, PROT_READ);
	if ((self + (unsigned long)round) % 3 != 0)
		raw_munmap(addr, length);
}

static void *run(void *argument)
{
	unsigned long self = (unsigned long)argument;

	for (int round = 0; round < ROUNDS; round++) {
		sem_wait(&turn[self]);
		work(self, round);
		sem_post(round == 0 ? &turn[THREADS] : &turn[self + 1]);
	}
	pause(); /* for good: no signal comes */
	return NULL;
}

/* The first turn is at birth, so that the next thread's stack is mapped after it. */
static void start(unsigned long self)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, run, (void *)self);
	if (errno != 0)
		raw_die("pthread_create");
	sem_post(&turn[self]);
	sem_wait(&turn[THREADS]);
}

int main(void)
{
	for (int i = 0; i <= THREADS; i++)
		sem_init(&turn[i], 0, 0);
	for (unsigned long i = 0; i < THREADS; i++)
		start(i);
	for (int round = 1; round < ROUNDS; round++) {
		sem_post(&turn[0]);
		sem_wait(&turn[THREADS]);
	}
	_exit(0);
}
