#include "util/sig.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/cleanup.h"

#define TICK_USEC      100000
#define FAST_TICK_USEC 5000

static const int changed[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE,
    SIGXFSZ, SIGALRM, SIGCHLD};
static struct sigaction saved[countof(changed)];
static sigset_t saved_mask;

static volatile sig_atomic_t stops, last_stop;
static sig_atomic_t stops_told; /* by sig_stops */
static volatile sig_atomic_t interrupts;
static sig_atomic_t interrupts_told; /* by sig_interrupts */
static volatile sig_atomic_t ticking;
static volatile sig_atomic_t tick_fast;

static void set_ticker(bool on)
{
	long usec = !on ? 0 : tick_fast ? FAST_TICK_USEC : TICK_USEC;
	struct itimerval every = {.it_interval.tv_usec = usec, .it_value.tv_usec = usec};
	ticking = on;
	/* Unlike timer_create(2) it can't fail for want of signals that may be queued (setrlimit(2), RLIMIT_SIGPENDING). */
	setitimer(ITIMER_REAL, &every, NULL); /* nothing but a system call: handlers may make it */
}

static void on_stop(int signal)
{
	stops++;
	last_stop = signal;
	set_ticker(true);
}

/* What each tick calls; of the signal handler, so only set around system calls. */
static void (*volatile tick_hook)(void *);
static void *volatile tick_hook_arg;

static void on_tick(int signal)
{
	int error = errno;
	(void)signal;
	if (tick_hook)
		tick_hook(tick_hook_arg);
	errno = error;
}

static void (*handler_for(int signal, const struct sigaction *old))(int)
{
	switch (signal) {
	case SIGTERM:
	case SIGHUP: return old->sa_handler == SIG_IGN ? SIG_IGN : on_stop;
	case SIGALRM: return on_tick;
	case SIGCHLD: return SIG_DFL; /* ignored, it would reap children for us: wait(2), NOTES */
	default: return SIG_IGN;
	}
}

/* For sig_restore. */
static void save(void)
{
	for (size_t i = 0; i < countof(changed); i++)
		sigaction(changed[i], NULL, &saved[i]);
	sigprocmask(SIG_BLOCK, NULL, &saved_mask);
}

void sig_init(void)
{
	sigset_t ours;
	save();
	sigemptyset(&ours);
	for (size_t i = 0; i < countof(changed); i++) {
		/* Who waits for stops needs no signal for each: sigaction(2), SA_NOCLDSTOP. */
		struct sigaction action = {.sa_handler = handler_for(changed[i], &saved[i]),
		    .sa_flags = changed[i] == SIGCHLD ? SA_NOCLDSTOP : 0};
		sigaction(changed[i], &action, NULL);
		sigaddset(&ours, changed[i]);
	}
	sigprocmask(SIG_UNBLOCK, &ours, NULL);
}

void sig_init_reading(void)
{
	save();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

void sig_heed_ticks(void)
{
	struct sigaction action = {.sa_handler = on_tick};
	sigset_t alarm;
	sigemptyset(&alarm);
	sigaddset(&alarm, SIGALRM);
	sigaction(SIGALRM, &action, NULL);
	sigprocmask(SIG_UNBLOCK, &alarm, NULL);
}

static volatile size_t page_size;

/* mmap(2) isn't in signal-safety(7), but it's a plain system call. */
static void on_short_file(int signal, siginfo_t *info, void *context)
{
	int error = errno;
	void *page = (void *)((uintptr_t)info->si_addr & ~(page_size - 1));
	(void)context;
	if (info->si_code != BUS_ADRERR || mmap(page, page_size, PROT_READ | PROT_WRITE,
	                                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED) {
		struct sigaction action = {.sa_handler = SIG_DFL};
		sigaction(signal, &action, NULL); /* it comes again */
	}
	errno = error;
}

void sig_bear_short_files(void)
{
	struct sigaction action = {.sa_sigaction = on_short_file, .sa_flags = SA_SIGINFO};
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	sigaction(SIGBUS, &action, NULL);
}

static void on_interrupt(int signal)
{
	(void)signal;
	interrupts++;
	set_ticker(true);
}

void sig_heed_interrupts(void)
{
	static const int keys[] = {SIGINT, SIGQUIT};
	for (size_t i = 0; i < countof(changed); i++) {
		for (size_t k = 0; k < countof(keys); k++) {
			struct sigaction action = {.sa_handler = on_interrupt};
			if (changed[i] == keys[k] && saved[i].sa_handler != SIG_IGN)
				sigaction(keys[k], &action, NULL);
		}
	}
}

unsigned sig_interrupts(void)
{
	interrupts_told = interrupts;
	return (unsigned)interrupts_told;
}

void sig_restore(void)
{
	for (size_t i = 0; i < countof(changed); i++)
		sigaction(changed[i], &saved[i], NULL);
	sigprocmask(SIG_SETMASK, &saved_mask, NULL);
}

unsigned sig_stops(int *ret_last)
{
	stops_told = stops;
	*ret_last = last_stop;
	return (unsigned)stops_told;
}

void sig_tick(bool on)
{
	if (on == (ticking != 0) || (!on && tick_fast))
		return;
	set_ticker(on);
	/* A request that came in between started the tick, which we then stopped. */
	if (!on && (stops != stops_told || interrupts != interrupts_told))
		set_ticker(true);
}

static void on_child(int signal)
{
	(void)signal;
}

void sig_on_child(void)
{
	struct sigaction action = {.sa_handler = on_child};
	sigaction(SIGCHLD, &action, NULL);
}

void sig_tick_fast(bool on)
{
	tick_fast = on;
	set_ticker(true);
}

void sig_on_tick(void (*hook)(void *), void *arg)
{
	tick_hook_arg = arg;
	tick_hook = hook;
}

void sig_stop_with(pid_t command)
{
	int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (terminal < 0)
		return;
	close(terminal);
	if (getpgid(command) == getpgrp())
		raise(SIGSTOP);
}

void sig_die(int signal)
{
	struct rlimit none = {0, 0};
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t set;
	/* The limit alone doesn't keep a dump from being piped to a handler: core(5). */
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	sigaction(signal, &action, NULL); /* fails for SIGKILL, which needs nothing */
	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal);
}
