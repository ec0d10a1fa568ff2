/*
 * Something to hunt: `hunt` maps a buffer for each of 200 requests and forgets to unmap those of every fourth;
 * on the way it maps and unmaps scratch space, starts three threads, and asks for more than there is. Prints, of
 * itself, how many bytes it leaked and the address of the last buffer that it did unmap.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NOINLINE __attribute__((noinline, noclone))
#define BUFFER   (64UL << 10)
#define SCRATCH  (1UL << 20)

static inline __attribute__((always_inline)) void *map_bytes(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

NOINLINE void *open_request(void)
{
	char *buffer = map_bytes(BUFFER);
	if (buffer)
		memset(buffer, 1, 4096);
	__asm__ volatile("");
	return buffer;
}

NOINLINE void close_request(void *buffer)
{
	munmap(buffer, BUFFER);
	__asm__ volatile("");
}

NOINLINE void use_scratch(void)
{
	munmap(map_bytes(SCRATCH), SCRATCH);
	__asm__ volatile("");
}

static void *worker(void *arg)
{
	void *volatile p = malloc(1000);
	free(p);
	return arg;
}

int main(void)
{
	size_t leaked = 0;
	void *last = NULL;
	pthread_t threads[3];
	for (int i = 0; i < 200; i++) {
		void *buffer = open_request();
		use_scratch();
		if (i % 4 == 3) {
			leaked += BUFFER;
			continue;
		}
		last = buffer;
		close_request(buffer);
	}
	for (int i = 0; i < 3; i++) {
		if (pthread_create(&threads[i], NULL, worker, NULL) != 0)
			return 1;
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	if (map_bytes(1UL << 50) || errno != ENOMEM)
		return 1;
	printf("%zu %p\n", leaked, last);
	return 0;
}
