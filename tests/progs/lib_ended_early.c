/*
 * Preloaded into memtrace, it makes the worst of the moment between the look at a process that made its first call
 * and pidfd_open(2): the second one that is opened is killed there, and gone when the request is made.
 */
#include "lib_syscall.h"

#include <signal.h>

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	while (kill(pid, 0) == 0) /* until its parent has waited for it */
		usleep(1000);
}

static bool before_syscall(long nr, const long a[6])
{
	static int opened;
	if (nr == SYS_pidfd_open && ++opened == 2)
		end((pid_t)a[0]);
	return true;
}
