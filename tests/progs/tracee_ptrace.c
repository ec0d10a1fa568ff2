/* Traces a child by PTRACE_TRACEME, PTRACE_ATTACH and PTRACE_SEIZE, and prints what came of it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void say(const char *what, long ret)
{
	dprintf(1, "%s: %s\n", what, ret < 0 ? strerrorname_np(errno) : "done");
}

static void traceme(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		say("TRACEME", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		munmap((void *)0x10000000000, 4096 * 401);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	dprintf(1, "it ended with %x\n", status);
}

static void attach(const char *what, int request)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	say(what, ptrace(request, pid, NULL, NULL));
	munmap((void *)0x10000000000, 4096 * 402);
	kill(pid, SIGKILL);
	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status))
		;
	dprintf(1, "it ended with %x\n", status);
}

int main(void)
{
	traceme();
	attach("ATTACH", PTRACE_ATTACH);
	attach("SEIZE", PTRACE_SEIZE);
	return 0;
}
