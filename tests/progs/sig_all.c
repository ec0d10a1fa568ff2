/*
 * Every signal with a siginfo of its own, and every fault that gives one: prints what handlers got.
 * usage: sig_all queued|pending|faults|defaults
 */
#include "raw.h"

#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>

#define COUNT 64

/* As the kernel has it: glibc's sigaction(3) refuses the two signals that it uses itself. */
struct kernel_action {
	void (*handler)(int, siginfo_t *, void *);
	unsigned long flags;
	void (*restorer)(void);
	uint64_t mask;
};

extern void restorer(void) __asm__("restorer");
__asm__(".text\nrestorer:\n\tmov $15, %eax\n\tsyscall\n");

static volatile int *count; /* shared with children */
static sigjmp_buf back;

static void say(const siginfo_t *info, uint64_t mask)
{
	int pid = info->si_pid == getpid() ? 0 : info->si_pid; /* its own differs from run to run */

	dprintf(1, "signal %d: code %d errno %d pid %d uid %u value %lx mask %016lx\n",
	    info->si_signo, info->si_code, info->si_errno, pid, info->si_uid,
	    (unsigned long)info->si_value.sival_ptr, mask);
}

static void on_signal(int signal, siginfo_t *info, void *context)
{
	uint64_t mask = 0, now;

	memcpy(&mask, &((ucontext_t *)context)->uc_sigmask, sizeof(mask));
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &now, sizeof(now));
	say(info, mask);
	dprintf(1, "signal %d: mask of its handler %016lx\n", signal, now);
	count[signal]++;
}

static void handle_all(void)
{
	for (int signal = 1; signal <= COUNT; signal++) {
		struct kernel_action action = {
		    on_signal, SA_SIGINFO | 0x04000000, restorer, 1UL << (signal * 7 % COUNT)};

		if (signal != SIGKILL && signal != SIGSTOP &&
		    syscall(SYS_rt_sigaction, signal, &action, NULL, 8) < 0)
			raw_die("rt_sigaction");
	}
}

static void queue(pid_t pid, int signal, int code, int number)
{
	siginfo_t info;

	memset(&info, 0, sizeof(info));
	info.si_signo = signal;
	info.si_code = code;
	info.si_errno = 300 + signal;
	info.si_pid = 5000000 + signal; /* above the kernel's most: one that exists can be shown as another */
	info.si_uid = 2000u + (unsigned)signal;
	info.si_value.sival_ptr = (void *)(0x123400000000UL + (unsigned)(signal * 16 + number));
	if (syscall(SYS_rt_sigqueueinfo, pid, signal, &info) < 0)
		raw_die("rt_sigqueueinfo");
}

static bool can_be_caught(int signal)
{
	return signal != SIGKILL && signal != SIGSTOP;
}

/* One after the other: from itself, where any code may be given, and from a child. */
static void queued(void)
{
	static const int codes[] = {
	    0, 5, 0x80, -1, -60, SIGTRAP | 1 << 8, SIGTRAP | 128 << 8, 0x8005};
	pid_t self = getpid();

	for (int signal = 1; signal <= COUNT; signal++) {
		for (int i = 0; can_be_caught(signal) && i < 8; i++)
			queue(self, signal, codes[i], i);
	}
	long child = syscall(SYS_clone, 0, 0, 0, 0, 0); /* no SIGCHLD when it ends */
	for (int signal = 1; child == 0 && signal <= COUNT; signal++) {
		if (!can_be_caught(signal))
			continue;
		queue(self, signal, -70 - signal, 9);
		while (count[signal] < 9)
			sched_yield();
	}
	if (child == 0)
		_exit(0);
	while (waitpid((pid_t)child, NULL, __WALL) < 0 && errno == EINTR)
		;
	for (int signal = 1; signal <= COUNT; signal++)
		dprintf(1, "signal %d: %d times\n", signal, count[signal]);
}

/* All together, thrice each, while they are blocked. */
static void pending(void)
{
	uint64_t all = ~0UL, none = 0;

	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
	for (int signal = COUNT; signal >= 1; signal--) {
		for (int i = 0; can_be_caught(signal) && i < 3; i++)
			queue(getpid(), signal, -1, i);
	}
	kill(getpid(), SIGTRAP);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, sizeof(none));
	for (int signal = 1; signal <= COUNT; signal++)
		dprintf(1, "signal %d: %d times\n", signal, count[signal]);
	kill(getpid(), SIGTRAP);
	raise(SIGTRAP);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	bool in_code = signal == SIGFPE || signal == SIGILL;

	dprintf(1, "fault %d: code %d errno %d address %s trapno %llx error %llx\n", signal,
	    info->si_code, info->si_errno,
	    in_code ? ((greg_t)info->si_addr == regs[REG_RIP] ? "here" : "elsewhere")
	    : info->si_addr == NULL ? "none" : "some",
	    regs[REG_TRAPNO], regs[REG_ERR]);
	if (signal == SIGTRAP) {
		regs[REG_EFL] &= ~0x100LL;
		return; /* behind the trap */
	}
	siglongjmp(back, 1);
}

static void touch(volatile char *address)
{
	if (sigsetjmp(back, 1) == 0)
		*address = 1;
}

static void divide(int number)
{
	if (sigsetjmp(back, 1) == 0)
		__asm__ volatile("cltd; idivl %1" : : "a"(1), "r"(number) : "edx", "cc");
}

static void faults(void)
{
	struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO};
	static const int signals[] = {SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGTRAP};
	int fd = memfd_create("short", 0);

	for (int i = 0; i < 5; i++)
		sigaction(signals[i], &action, NULL);
	touch(NULL);
	touch((volatile char *)raw_mmap(0, 4096, PROT_READ, MAP_PRIVATE));
	touch((volatile char *)0x8000000000000000UL); /* not canonical: no address */
	touch(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	divide(0);
	if (sigsetjmp(back, 1) == 0)
		__asm__ volatile("ud2");
	__asm__ volatile("int3");
	__asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop; nop" : : : "cc", "memory");
	kill(getpid(), SIGTRAP);
	close(fd);
}

static void end_by(int signal)
{
	struct rlimit no_core = {0, 0};
	siginfo_t info;
	int status;
	pid_t pid;

	setrlimit(RLIMIT_CORE, &no_core);
	pid = fork();
	if (pid == 0) {
		kill(getpid(), signal);
		_exit(signal);
	}
	memset(&info, 0, sizeof(info));
	waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOWAIT);
	dprintf(1, "default %d: code %d status %d\n", signal, info.si_code, info.si_status);
	while (waitpid(pid, &status, WUNTRACED) == pid) {
		dprintf(1, "default %d: %x\n", signal, status);
		if (WIFSTOPPED(status))
			kill(pid, SIGCONT);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (what[0] == 'q' || what[0] == 'p')
		handle_all();
	if (what[0] == 'q')
		queued();
	if (what[0] == 'p')
		pending();
	if (what[0] == 'f')
		faults();
	for (int signal = 1; what[0] == 'd' && signal <= COUNT; signal++)
		end_by(signal);
	return 0;
}
