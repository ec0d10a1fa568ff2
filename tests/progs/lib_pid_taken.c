/*
 * Preloaded into memtrace, it makes the worst of the moment between the look at a target and PTRACE_SEIZE: the
 * target is killed there, and its id is another's (the file "taken" tells) when the request is made.
 */
#include "lib_ptrace.h"

#include <signal.h>

static bool before_ptrace(int request, pid_t pid)
{
	static int done;

	if (request == PTRACE_SEIZE && !done++) {
		kill(pid, SIGKILL);
		while (access("taken", F_OK) != 0)
			usleep(1000);
	}
	return true;
}
