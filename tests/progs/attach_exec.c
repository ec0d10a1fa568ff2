/*
 * A process that a thread executes anew at the worst moment: attach_exec THREADS. Makes so many threads that
 * sleep, says "ready", and as soon as somebody traces the first of them executes a new image, for which the
 * kernel ends all others. That says "anew" and ends with 7 once standard input does.
 */
#include "raw.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>

static void *sleep_on(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static bool is_traced(void)
{
	char text[4096];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	if (n <= 0)
		raw_die("/proc/self/status");
	text[n] = 0;
	char *found = strstr(text, "TracerPid:\t");
	return found && strtol(found + strlen("TracerPid:\t"), NULL, 10) != 0;
}

static void *execute(void *arg)
{
	while (!is_traced())
		;
	execl("/proc/self/exe", "attach_exec", NULL);
	raw_die("execl");
	return arg;
}

static int image(void)
{
	char byte;

	dprintf(1, "anew\n");
	while (read(0, &byte, 1) > 0)
		;
	return 7;
}

int main(int argc, char **argv)
{
	int threads = argc > 1 ? atoi(argv[1]) : 0;
	pthread_attr_t small;
	pthread_t thread;

	if (!threads)
		return image();
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 64 << 10);
	for (int i = 0; i < threads; i++) {
		if ((errno = pthread_create(&thread, &small, sleep_on, NULL)) != 0)
			raw_die("pthread_create");
	}
	if ((errno = pthread_create(&thread, &small, execute, NULL)) != 0)
		raw_die("pthread_create");
	dprintf(1, "ready\n");
	sleep_on(NULL);
}
