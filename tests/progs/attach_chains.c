/*
 * Chains of threads, each of which makes the next one and ends: attach_chains CHAINS. Who attaches and
 * misses one link misses all of its chain. Prints "ready", runs until SIGTERM, and ends with 7.
 */
#include "raw.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>

static atomic_int living;
static atomic_bool stop;
static pthread_attr_t detached;

static void *link_on(void *arg)
{
	pthread_t next;

	raw_munmap(raw_mmap(0, 8192, PROT_READ, MAP_PRIVATE), 8192);
	if (atomic_load(&stop))
		atomic_fetch_sub(&living, 1);
	else if ((errno = pthread_create(&next, &detached, link_on, arg)) != 0)
		raw_die("pthread_create");
	return NULL;
}

int main(int argc, char **argv)
{
	int chains = argc > 1 ? atoi(argv[1]) : 8, signal;
	pthread_t first;
	sigset_t terms;

	sigemptyset(&terms);
	sigaddset(&terms, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &terms, NULL);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	atomic_store(&living, chains);
	for (int i = 0; i < chains; i++)
		pthread_create(&first, &detached, link_on, NULL);
	dprintf(1, "ready\n");
	sigwait(&terms, &signal);
	atomic_store(&stop, true);
	while (atomic_load(&living) > 0)
		usleep(1000);
	return 7;
}
