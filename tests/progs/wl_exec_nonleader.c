/* A thread that isn't the leader execs this program again, which then makes a few calls. */
#include "raw.h"

#include <pthread.h>

static void *exec_self(void *argument)
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		raw_die("/proc/self/exe");
	path[n] = '\0';
	raw_munmap(raw_mmap(0, 12288, PROT_READ, MAP_PRIVATE), 12288);
	/* By its name, not by /proc/self/exe: the task's comm would be "exe". */
	execl(path, path, "again", (char *)NULL);
	raw_die("exec");
	return argument;
}

static void after_exec(void)
{
	unsigned long addr = raw_mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	raw_mprotect(addr, 4096, PROT_NONE);
	addr = raw_mremap(addr, 65536, 32768, 0, 0);
	raw_munmap(addr, 32768);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	(void)argv;
	if (argc > 1) {
		after_exec();
		return 0;
	}
	raw_munmap(raw_mmap(0, 8192, PROT_READ, MAP_PRIVATE), 8192);
	errno = pthread_create(&thread, NULL, exec_self, NULL);
	if (errno != 0)
		raw_die("pthread_create");
	/* exec(2) ends this thread, with its pid going to the one that called it. */
	for (;;)
		pause();
}
