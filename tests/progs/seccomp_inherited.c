/*
 * Runs a command under a filter that was there before, or is that command.
 * usage: seccomp_inherited errno|trap|kill|trace|log|allow COMMAND...: the filter answers so for
 *            remap_file_pages, which no library makes
 *        seccomp_inherited no-ptrace|no-seccomp COMMAND...: it fails that call
 *        seccomp_inherited calls: makes the calls
 */
#include "expect.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define PAGE    4096UL
#define ADDRESS 0x10000000000

static const struct {
	const char *name;
	unsigned int nr, action;
} filters[] = {
    {"errno", SYS_remap_file_pages, SECCOMP_RET_ERRNO | ENOTUNIQ},
    {"trap", SYS_remap_file_pages, SECCOMP_RET_TRAP},
    {"kill", SYS_remap_file_pages, SECCOMP_RET_KILL_PROCESS},
    {"trace", SYS_remap_file_pages, SECCOMP_RET_TRACE | 5},
    {"log", SYS_remap_file_pages, SECCOMP_RET_LOG},
    {"allow", SYS_remap_file_pages, SECCOMP_RET_ALLOW},
    {"no-ptrace", SYS_ptrace, SECCOMP_RET_ERRNO | EPERM},
    {"no-seccomp", SYS_seccomp, SECCOMP_RET_ERRNO | EPERM},
};

static void run_under(unsigned int nr, unsigned int action, char **command)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, action),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		expect_die("seccomp: needs CAP_SYS_ADMIN");
	execvp(command[0], command);
	expect_die(command[0]);
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	(void)context;
	dprintf(1, "signal %d: code %d call %d\n", signal, info->si_code, info->si_syscall);
}

static void said(const char *name, unsigned long length, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, length,
	    expect_failed(ret) ? strerrorname_np((int)-ret)
	    : ret == SYS_remap_file_pages ? "unfinished"
	                        : "ok");
}

static void make_calls(unsigned long pages)
{
	said("munmap", pages * PAGE, expect_raw(SYS_munmap, ADDRESS, pages * PAGE));
	long ret = expect_raw(SYS_remap_file_pages, ADDRESS, pages * PAGE, 0, 0, 0);

	said("remap_file_pages", pages * PAGE, ret);
	said("munmap", (pages + 1) * PAGE, expect_raw(SYS_munmap, ADDRESS, (pages + 1) * PAGE));
}

static int calls(void)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	int status;

	sigaction(SIGSYS, &action, NULL);
	if (fork() == 0) {
		make_calls(380);
		_exit(4);
	}
	wait(&status);
	dprintf(1, "the child ended with %x\n", status & ~0x80);
	make_calls(390);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2)
		return calls();
	for (size_t i = 0; argc > 2 && i < sizeof(filters) / sizeof(filters[0]); i++) {
		if (strcmp(argv[1], filters[i].name) == 0)
			run_under(filters[i].nr, filters[i].action, argv + 2);
	}
	return 2;
}
