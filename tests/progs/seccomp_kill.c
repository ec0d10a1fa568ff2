/*
 * The answers of a seccomp filter of the program's own to a memory call: kill the thread or the
 * process, trap, log, fail; and filters set for all threads at once, with and without success.
 * usage: seccomp_kill thread|process|trap|log|errno|all|conflict
 */
#include "expect.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <ucontext.h>

#define PAGE    4096UL
#define ADDRESS 0x10000000000
#define THREADS 4

static const struct {
	const char *name;
	unsigned int action;
	const char *result; /* NULL: as it comes */
} actions[] = {
    {"thread", SECCOMP_RET_KILL_THREAD, "unfinished"},
    {"process", SECCOMP_RET_KILL_PROCESS, "unfinished"},
    {"trap", SECCOMP_RET_TRAP | 77, "unfinished"},
    {"log", SECCOMP_RET_LOG, NULL},
    {"errno", SECCOMP_RET_ERRNO | ENOTUNIQ, NULL},
    {"all", SECCOMP_RET_ERRNO | EBADE, NULL},
    {"conflict", SECCOMP_RET_ERRNO | EBADE, NULL},
};

static pthread_barrier_t before, after;
static volatile pid_t acting;

static void said(const char *name, unsigned long length, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, length,
	    expect_failed(ret) ? strerrorname_np((int)-ret) : "ok");
}

/* For mprotect of our address only: printing makes such calls, too. */
static long install(unsigned int action, unsigned int flags)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 0, 3),
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]) + 4),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ADDRESS >> 32, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, action),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		expect_die("no_new_privs");
	return expect_raw(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	greg_t rip = ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

	dprintf(1, "signal %d: code %d errno %d call %d arch %x here %d\n", signal, info->si_code,
	    info->si_errno, info->si_syscall, info->si_arch,
	    (greg_t)info->si_call_addr == rip);
}

/* One call under the filter of `action`, and one that it lets through. */
static void *act(void *argument)
{
	size_t i = *(size_t *)argument;

	acting = gettid();
	dprintf(1, "filter: %ld\n", install(actions[i].action, 0));
	if (actions[i].result)
		dprintf(1, "call mprotect %lu %s\n", (330 + i) * PAGE, actions[i].result);
	long ret = expect_raw(SYS_mprotect, ADDRESS, (330 + i) * PAGE, PROT_READ);
	if (!actions[i].result)
		said("mprotect", (330 + i) * PAGE, ret);
	else
		dprintf(1, "it returned %ld\n", ret);
	said("munmap", (340 + i) * PAGE, expect_raw(SYS_munmap, ADDRESS, (340 + i) * PAGE));
	return NULL;
}

/* In a thread, whose end leaves the process alive, unless the filter kills it whole. */
static _Noreturn void single(size_t i)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, act, &i) != 0)
		expect_die("pthread_create");
	while (!acting || syscall(SYS_tgkill, getpid(), acting, 0) == 0)
		sched_yield();
	said("munmap", 350 * PAGE, expect_raw(SYS_munmap, ADDRESS, 350 * PAGE));
	_exit(5);
}

static void *sibling(void *argument)
{
	unsigned long number = (unsigned long)argument;

	if (number == 100) /* which no other can then set a filter for */
		dprintf(1, "its own filter: %ld\n", install(SECCOMP_RET_ERRNO | ENOANO, 0));
	pthread_barrier_wait(&before);
	pthread_barrier_wait(&after);
	said("mprotect", (360 + number) * PAGE,
	    expect_raw(SYS_mprotect, ADDRESS, (360 + number) * PAGE, PROT_READ));
	said("munmap", (360 + number) * PAGE,
	    expect_raw(SYS_munmap, ADDRESS, (360 + number) * PAGE));
	return NULL;
}

static _Noreturn void together(size_t i)
{
	pthread_t threads[THREADS];
	unsigned long conflict = strcmp(actions[i].name, "conflict") == 0 ? 100 : 0;

	pthread_barrier_init(&before, NULL, THREADS + 1);
	pthread_barrier_init(&after, NULL, THREADS + 1);
	for (unsigned long n = 0; n < THREADS; n++)
		pthread_create(
		    &threads[n], NULL, sibling, (void *)(n == 2 && conflict ? conflict : n));
	pthread_barrier_wait(&before);
	long ret = install(actions[i].action, SECCOMP_FILTER_FLAG_TSYNC);
	dprintf(1, "for all: %s\n", ret > 0 ? "not for one of them" : ret < 0 ? "failed" : "done");
	pthread_barrier_wait(&after);
	for (int n = 0; n < THREADS; n++)
		pthread_join(threads[n], NULL);
	said("mprotect", 370 * PAGE, expect_raw(SYS_mprotect, ADDRESS, 370 * PAGE, PROT_READ));
	_exit(6);
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
	const size_t n = sizeof(actions) / sizeof(actions[0]);
	size_t i = 0;
	int status;

	while (argc < 2 || strcmp(argv[1], actions[i].name) != 0) {
		if (++i == n)
			return 2;
	}
	if (strcmp(argv[1], "trap") == 0)
		sigaction(SIGSYS, &action, NULL);
	pid_t pid = fork();
	if (pid == 0 && i < 5)
		single(i);
	if (pid == 0)
		together(i);
	waitpid(pid, &status, 0);
	/* Whether there's a core is the machine's affair. */
	dprintf(1, "%s: ended with %x\n", argv[1], status & ~0x80);
	return 0;
}
