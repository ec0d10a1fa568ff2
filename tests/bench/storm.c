/*
 * The storm: pairs of mmap and munmap as fast as they go. storm PAIRS [THREADS [PROCESSES]]: by so many threads in
 * each of so many processes, which all live until the last is done. storm PAIRS beside IDLE: by one, beside so many
 * processes that do nothing.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

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

static void storm_by_threads(int n)
{
	pthread_t threads[64];
	for (int i = 1; i < n; i++)
		pthread_create(&threads[i], NULL, storm, NULL);
	storm(NULL);
	for (int i = 1; i < n; i++)
		pthread_join(threads[i], NULL);
}

/* They begin when all are there, and end when all have stormed. */
static void child(int threads, const int go[2], const int over[2])
{
	char byte;
	close(go[1]);
	if (read(go[0], &byte, 1) < 0)
		abort();
	storm_by_threads(threads);
	close(over[1]);
	_exit(read(over[0], &byte, 1) < 0);
}

static void storm_by_processes(int threads, int n)
{
	int go[2], over[2];
	if (pipe(go) < 0 || pipe(over) < 0)
		abort();
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid < 0)
			abort();
		if (pid == 0)
			child(threads, go, over);
	}
	close(go[1]);
	close(over[1]);
	while (wait(NULL) > 0)
		;
}

/* They end when we do. */
static void start_idle(int n)
{
	char byte;
	int ours[2];
	if (pipe(ours) < 0)
		abort();
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid < 0)
			abort();
		if (pid == 0) {
			close(ours[1]);
			_exit(read(ours[0], &byte, 1) != 0);
		}
	}
}

int main(int argc, char **argv)
{
	pairs = argc > 1 ? atol(argv[1]) : 20000;
	if (argc > 3 && strcmp(argv[2], "beside") == 0) {
		start_idle(atoi(argv[3]));
		storm(NULL);
		return 0;
	}
	int threads = argc > 2 ? atoi(argv[2]) : 1;
	if (argc > 3)
		storm_by_processes(threads, atoi(argv[3]));
	else
		storm_by_threads(threads);
	return 0;
}
