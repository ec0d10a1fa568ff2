/*
 * Calls made through known chains of functions, each mapping a length of its own: 1 page from main's outer(),
 * 2 from a signal handler, 3 from a comparison of qsort(3), 4 from another thread.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#define NOINLINE __attribute__((noinline, noclone))

NOINLINE void inner(unsigned pages)
{
	void *p = mmap(NULL, pages * 4096UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p, pages * 4096UL);
	__asm__ volatile("");
}

NOINLINE void outer(unsigned pages)
{
	inner(pages);
	__asm__ volatile("");
}

NOINLINE void handler(int signal)
{
	(void)signal;
	outer(2);
	__asm__ volatile("");
}

NOINLINE int compare(const void *a, const void *b)
{
	outer(3);
	return *(const int *)a - *(const int *)b;
}

NOINLINE void *thread(void *arg)
{
	outer(4);
	return arg;
}

int main(void)
{
	int v[2] = {2, 1};
	pthread_t t;
	outer(1);
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	qsort(v, 2, sizeof(v[0]), compare);
	if (pthread_create(&t, NULL, thread, NULL) == 0)
		pthread_join(t, NULL);
	return 0;
}
