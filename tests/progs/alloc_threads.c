/*
 * 16 threads that allocate and free at the same time, each the same sizes in every run, and now and then one
 * takes what another has left: what malloc makes of that depends on who is when.
 */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 16
#define ROUNDS  4000
#define KEPT    64
#define PASSED  8 /* one in so many is handed on */

static _Atomic(void *) shared[THREADS];

/* Xorshift: a generator of each thread's own, since rand's would be shared. */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Mostly small, some of a size that glibc maps. */
static void *allocate(uint32_t *state)
{
	size_t size = 16 + next(state) % (next(state) % 50 == 0 ? 200000 : 4000);
	void *block = malloc(size);
	if (!block)
		errx(1, "no memory");
	memset(block, 1, size);
	return block;
}

static void *run(void *argument)
{
	uint32_t state = 1 + (uint32_t)(uintptr_t)argument;
	void *kept[KEPT] = {0};

	for (int round = 0; round < ROUNDS; round++) {
		void **slot = &kept[next(&state) % KEPT];
		free(*slot);
		*slot = allocate(&state);
		if (next(&state) % PASSED == 0)
			*slot = atomic_exchange(&shared[next(&state) % THREADS], *slot);
	}
	for (int i = 0; i < KEPT; i++)
		free(kept[i]);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, run, (void *)i))
			errx(1, "pthread_create");
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
