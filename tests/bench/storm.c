/* The storm: pairs of mmap and munmap as fast as they go. storm PAIRS [THREADS] */
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

static long pairs;

static void *storm(void *arg)
{
	(void)arg;
	for (long i = 0; i < pairs; i++) {
		void *p =
		    mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED || munmap(p, 8192) < 0)
			abort();
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];
	pairs = argc > 1 ? atol(argv[1]) : 20000;
	int n = argc > 2 ? atoi(argv[2]) : 1;
	for (int i = 1; i < n; i++)
		pthread_create(&threads[i], NULL, storm, NULL);
	storm(NULL);
	for (int i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
