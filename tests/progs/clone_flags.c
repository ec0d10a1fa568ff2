/*
 * Children by clone and clone3 with flags that few use. Each maps a length of its own and leaves a
 * status of its own; prints what its parent's waits say. usage: clone_flags [NAME]
 */
#include "expect.h"

#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define PAGE 4096UL

/* Also the children's exit codes and, behind FIRST, their lengths in pages. */
static const struct {
	const char *name;
	unsigned long flags;
	int signal; /* at its end, to its parent */
} kinds[] = {
    {"plain", 0, SIGCHLD},
    {"no signal", 0, 0},
    {"another signal", 0, SIGUSR1},
    {"CLONE_PTRACE", CLONE_PTRACE, SIGCHLD},
    {"CLONE_UNTRACED", CLONE_UNTRACED, SIGCHLD},
    {"CLONE_PTRACE, CLONE_UNTRACED", CLONE_PTRACE | CLONE_UNTRACED, 0},
    {"CLONE_VM", CLONE_VM, SIGCHLD},
    {"CLONE_VM, another signal", CLONE_VM, SIGUSR1},
    {"CLONE_VM, CLONE_SIGHAND", CLONE_VM | CLONE_SIGHAND, SIGCHLD},
    {"CLONE_VM, CLONE_UNTRACED", CLONE_VM | CLONE_UNTRACED, SIGCHLD},
    {"CLONE_VFORK", CLONE_VFORK, SIGCHLD},
    {"CLONE_VFORK, CLONE_UNTRACED", CLONE_VFORK | CLONE_UNTRACED, SIGCHLD},
    {"CLONE_VFORK, CLONE_VM", CLONE_VFORK | CLONE_VM, SIGCHLD},
    {"CLONE_VFORK, CLONE_VM, no signal", CLONE_VFORK | CLONE_VM, 0},
    {"CLONE_FILES, CLONE_FS", CLONE_FILES | CLONE_FS, SIGCHLD},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), FIRST = 410, PARENTS = 60 };

static _Alignas(16) char stack[65536];
static volatile int signals[65];

static void on_end(int signal)
{
	signals[signal]++;
}

static int child(void *argument)
{
	unsigned long number = (unsigned long)argument;

	expect_raw(SYS_munmap, 0x10000000000, (FIRST + number) * PAGE);
	_exit((int)number);
}

/* The child can't return on another stack: it is created and runs within one statement. */
static long clone3_child(struct clone_args *args, unsigned long number)
{
	long ret;

	__asm__ volatile("syscall\n\t"
	                 "test %%rax, %%rax\n\t"
	                 "jnz 1f\n\t"
	                 "mov %[number], %%rdi\n\t"
	                 "call *%[function]\n\t"
	                 "hlt\n"
	                 "1:"
	                 : "=a"(ret)
	                 : "a"(SYS_clone3), "D"(args), "S"(sizeof(*args)),
	                 [function] "r"(child), [number] "r"(number)
	                 : "rcx", "r11", "memory");
	return ret;
}

static long make(unsigned long flags, int signal, unsigned long number, bool by_clone3)
{
	struct clone_args args;

	if (!by_clone3)
		return clone(child, stack + sizeof(stack), (int)flags | signal, (void *)number);
	memset(&args, 0, sizeof(args));
	args.flags = flags;
	args.exit_signal = (unsigned)signal;
	if (flags & CLONE_VM) {
		args.stack = (unsigned long)stack;
		args.stack_size = sizeof(stack);
	}
	return clone3_child(&args, number);
}

/* What each kind of wait says of a child, and which signals came. */
static void wait_for(const char *name, long pid, unsigned long number)
{
	siginfo_t info;
	int status = -1, ret;

	dprintf(1, "%s: %s\n", name, pid > 0 ? "made" : strerrorname_np((int)-pid));
	dprintf(1, "call munmap %lu ok\n", (FIRST + number) * PAGE);
	memset(&info, 0, sizeof(info));
	ret = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	dprintf(1, "  waitid: %d, code %d status %d\n", ret, info.si_code, info.si_status);
	ret = waitpid((pid_t)pid, &status, __WCLONE);
	dprintf(1, "  __WCLONE: %d, %x\n", ret == pid, status);
	ret = waitpid((pid_t)pid, &status, 0);
	dprintf(1, "  waitpid: %d, %x\n", ret == pid, status);
	ret = waitpid((pid_t)pid, &status, __WALL);
	dprintf(1, "  __WALL: %d, %x\n", ret == pid, status);
	dprintf(1, "  signals: %d CHLD, %d USR1\n", signals[SIGCHLD], signals[SIGUSR1]);
	signals[SIGCHLD] = signals[SIGUSR1] = 0;
}

/* A child of our parent's, not ours: CLONE_PARENT. It waits for it, and we can't. */
static void sibling(bool by_clone3)
{
	unsigned long number = PARENTS + by_clone3;
	int ends[2], status = -1;
	long made;

	if (pipe(ends) < 0)
		expect_die("pipe");
	pid_t pid = fork();
	if (pid == 0) {
		made = make(CLONE_PARENT, by_clone3 ? 0 : SIGCHLD, number, by_clone3);
		int ret = waitpid((pid_t)made, &status, __WALL);
		dprintf(1, "not its maker's: %d %s\n", ret, strerrorname_np(errno));
		_exit(write(ends[1], &made, sizeof(made)) != sizeof(made));
	}
	if (read(ends[0], &made, sizeof(made)) != sizeof(made))
		expect_die("read");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	while (signals[SIGCHLD] < 1)
		sched_yield();
	dprintf(1, "CLONE_PARENT: its maker ended with %x\n", status);
	dprintf(1, "call munmap %lu ok\n", (FIRST + number) * PAGE);
	int ret;
	while ((ret = waitpid((pid_t)made, &status, __WALL)) < 0 && errno == EINTR)
		;
	dprintf(1, "CLONE_PARENT: waited: %d, ended with %x\n", ret == made, status);
	signals[SIGCHLD] = 0;
}

/* The first process's own sibling: a child of whoever started it. */
static void outer_sibling(void)
{
	long made = make(CLONE_PARENT, SIGCHLD, PARENTS + 2, false);
	int ret = waitpid((pid_t)made, NULL, __WALL);

	dprintf(1, "call munmap %lu ok\n", (FIRST + PARENTS + 2) * PAGE);
	dprintf(1, "our parent's: %d, waited: %d %s\n", made > 0, ret, strerrorname_np(errno));
	while (kill((pid_t)made, 0) == 0 && ret != -2) {
		char path[64], state[256] = "";
		snprintf(path, sizeof(path), "/proc/%ld/stat", made);
		int fd = open(path, O_RDONLY);
		if (fd < 0 || read(fd, state, sizeof(state) - 1) <= 0 || strstr(state, ") Z"))
			ret = -2; /* nobody has to wait for it */
		close(fd);
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_end, .sa_flags = SA_RESTART};

	sigaction(SIGCHLD, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	for (int by_clone3 = 0; by_clone3 < 2; by_clone3++) {
		for (unsigned long i = 0; i < KINDS; i++) {
			unsigned long number = i + (by_clone3 ? 30 : 1);

			if (argc > 1 && strcmp(argv[1], kinds[i].name) != 0)
				continue;
			dprintf(1, "%s ", by_clone3 ? "clone3" : "clone");
			wait_for(kinds[i].name,
			    make(kinds[i].flags, kinds[i].signal, number, by_clone3), number);
		}
		sibling(by_clone3);
	}
	outer_sibling();
	return 0;
}
