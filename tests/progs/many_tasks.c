/*
 * Very many tasks: usage: many_tasks processes COUNT | threads COUNT
 * Says a line and reads a line after a first part of them, and after all.
 */
#include "raw.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define ADDRESS 0x10000000000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t threads[20000];

static void meet(const char *word)
{
	char byte;

	dprintf(1, "%s\n", word);
	if (read(0, &byte, 1) < 0)
		raw_die("read");
}

static void start_process(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		syscall(SYS_munmap, ADDRESS, 4096 * 601);
		_exit(0);
	}
	if (pid < 0)
		raw_die("fork");
}

static void run_processes(int count)
{
	for (int i = 0; i < count; i++) {
		start_process();
		if (i >= 20)
			wait(NULL);
	}
	while (wait(NULL) > 0)
		;
}

static void *thread_main(void *argument)
{
	syscall(SYS_munmap, ADDRESS, 4096 * 602);
	pthread_mutex_lock(&lock); /* all live till the last was made */
	pthread_mutex_unlock(&lock);
	return argument;
}

static void run_threads(int count)
{
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 16384);
	pthread_mutex_lock(&lock);
	for (int i = 0; i < count; i++) {
		errno = pthread_create(&threads[i], &small, thread_main, NULL);
		if (errno != 0)
			raw_die("pthread_create");
	}
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;

	if (strcmp(argv[1], "processes") == 0) {
		run_processes(count / 10);
		meet("first");
		run_processes(count - count / 10);
	} else {
		run_threads(count / 2); /* as many at once as later */
		meet("first");
		run_threads(count / 2);
	}
	meet("second");
	return 0;
}
