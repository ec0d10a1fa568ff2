/* 300 children execute a program and are killed, each a little later than the one before: some in execve(2). */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

int main(void)
{
	for (int i = 0; i < 300; i++) {
		int ready[2];
		char byte;
		if (pipe(ready) < 0)
			return 1;
		pid_t pid = fork();
		if (pid < 0)
			return 1;
		if (pid == 0) {
			close(ready[0]);
			(void)!write(ready[1], "", 1);
			execl("/usr/bin/python3", "python3", "-c", "pass", NULL);
			_exit(1);
		}
		close(ready[1]);
		(void)!read(ready[0], &byte, 1);
		for (long end = now() + i * 4000; now() < end;)
			;
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		close(ready[0]);
	}
	return 0;
}
