#include "engine/perf_pump.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/mem.h"

static void *pump_on(void *arg)
{
	struct perf_pump *pump = arg;
	/* Beside those who fill the rings it would get its turn too late; of this thread alone, as Linux has it. */
	setpriority(PRIO_PROCESS, 0, -20);
	while (!(pump->polled[pump->rings_n].revents & POLLIN)) {
		if (poll(pump->polled, pump->rings_n + 1, -1) < 0 && errno != EINTR)
			return NULL;
		pthread_mutex_lock(&pump->lock);
		for (unsigned i = 0; i < pump->rings_n; i++) {
			if (pump->polled[i].revents)
				perf_ring_pull(&pump->rings[i]);
		}
		pthread_mutex_unlock(&pump->lock);
	}
	return NULL;
}

void perf_pump_start(struct perf_pump *pump, struct perf_ring *rings, const int *fds, unsigned n)
{
	sigset_t all, mask;
	*pump = (struct perf_pump){.rings = rings, .rings_n = n, .lock = PTHREAD_MUTEX_INITIALIZER};
	pump->polled = mem_alloc((n + 1) * sizeof(*pump->polled));
	for (unsigned i = 0; i < n; i++)
		pump->polled[i] = (struct pollfd){fds[i], POLLIN, 0};
	int end = eventfd(0, EFD_CLOEXEC);
	pump->polled[n] = (struct pollfd){end, POLLIN, 0};
	sigfillset(&all); /* signals are the main thread's */
	pthread_sigmask(SIG_SETMASK, &all, &mask);
	pump->runs = end >= 0 && pthread_create(&pump->thread, NULL, pump_on, pump) == 0;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
}

void perf_pump_pull(struct perf_pump *pump, unsigned i)
{
	pthread_mutex_lock(&pump->lock);
	perf_ring_pull(&pump->rings[i]);
	pthread_mutex_unlock(&pump->lock);
}

void perf_pump_drain(struct perf_pump *pump, unsigned i)
{
	pthread_mutex_lock(&pump->lock);
	perf_ring_drain(&pump->rings[i]);
	pthread_mutex_unlock(&pump->lock);
}

void perf_pump_stop(struct perf_pump *pump)
{
	if (!pump->polled)
		return;
	int end = pump->polled[pump->rings_n].fd;
	if (pump->runs) {
		eventfd_write(end, 1);
		pthread_join(pump->thread, NULL);
	}
	if (end >= 0)
		close(end);
	free(pump->polled);
	*pump = (struct perf_pump){0};
}
