/*
 * What tracing needs at least: a filter, two stops a call, a look at each, on one processor, and nothing that is made
 * of it. floor COMMAND... prints how many calls it saw. Beside memtrace it shows what is memtrace's own.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESECCOMP | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | \
	    PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void hold(void)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	if (sched_setaffinity(0, sizeof(one), &one) < 0)
		die("sched_setaffinity");
}

/* The calls of a storm. */
static void set_filter(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		die("seccomp");
}

static pid_t launch(char **command)
{
	int go[2];
	char byte;
	if (pipe(go) < 0)
		die("pipe");
	pid_t child = fork();
	if (child < 0)
		die("fork");
	if (child == 0) {
		close(go[1]);
		if (read(go[0], &byte, 1) != 0)
			_exit(127);
		set_filter();
		execvp(command[0], command);
		_exit(127);
	}
	if (ptrace(PTRACE_SEIZE, child, 0, OPTIONS) < 0)
		die("ptrace");
	close(go[0]);
	close(go[1]);
	return child;
}

/* Let whoever stopped go on. Returns whether that was at the entry of a call. */
static bool serve(pid_t tid, int status)
{
	struct __ptrace_syscall_info info;
	int signal = WSTOPSIG(status), event = status >> 16;
	if (event == PTRACE_EVENT_SECCOMP || signal == (SIGTRAP | 0x80))
		ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info);
	if (event == PTRACE_EVENT_SECCOMP)
		ptrace(PTRACE_SYSCALL, tid, 0, 0);
	else
		ptrace(PTRACE_CONT, tid, 0, event || signal == (SIGTRAP | 0x80) ? 0L : (long)signal);
	return event == PTRACE_EVENT_SECCOMP;
}

/* Whoever is to stop runs on this processor: let it, without going to sleep. */
static pid_t next_stop(int *ret_status)
{
	for (unsigned i = 0; i < 2; i++) {
		pid_t tid = wait4(-1, ret_status, __WALL | WNOHANG, NULL);
		if (tid != 0)
			return tid;
		sched_yield();
	}
	return wait4(-1, ret_status, __WALL, NULL);
}

int main(int argc, char **argv)
{
	unsigned long calls = 0;
	int status, result = 0;
	if (argc < 2)
		return 2;
	hold();
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP}, NULL);
	pid_t child = launch(argv + 1);
	for (pid_t tid; (tid = next_stop(&status)) > 0;) {
		if (WIFSTOPPED(status))
			calls += serve(tid, status);
		else if (tid == child)
			result = status;
	}
	printf("%lu calls\n", calls);
	return WIFEXITED(result) ? WEXITSTATUS(result) : 1;
}
