/*
 * A process of many threads whose image is replaced by any of them, or that ends in odd ways.
 * usage: exec_threads exec THREADS WHO | leader THREADS WHO | late THREADS | core THREADS
 * WHO is a thread's number, 0 the first one's. The others wait in calls or a vfork, or are busy.
 */
#include "expect.h"

#include <dirent.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define PAGE    4096UL
#define ADDRESS 0x10000000000

static int who, threads;
static bool leader_ends;
static volatile int ready, futex_word;
static int never[2]; /* a pipe of which no end is closed before the image goes */

static void said(const char *name, unsigned long length, long ret)
{
	dprintf(1, "call %s %lu %s\n", name, length,
	    expect_failed(ret) ? strerrorname_np((int)-ret) : "ok");
}

static int count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	int n = -2; /* . and .. */

	while (dir && readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static _Noreturn void replace(void)
{
	char path[4096] = {0}, pid[32];

	if (readlink("/proc/thread-self/exe", path, sizeof(path) - 1) < 0)
		expect_die("/proc/thread-self/exe");
	while (ready < threads - 1)
		sched_yield();
	snprintf(pid, sizeof(pid), "%d", getpid());
	said("munmap", 501 * PAGE, expect_raw(SYS_munmap, ADDRESS, 501 * PAGE));
	execl(path, path, "again", pid, (char *)NULL);
	expect_die(path);
}

static void vfork_and_wait(void)
{
	char byte;
	pid_t pid = vfork();

	if (pid == 0) {
		/* Reads end when the parent's image, with its end of the pipe, is gone. */
		syscall(SYS_close, never[1]);
		syscall(SYS_read, never[0], &byte, 1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void *thread_main(void *argument)
{
	long number = (long)argument;
	struct timespec long_time = {1000, 0};

	if (number == who)
		replace();
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	switch (number % 5) {
	case 0: nanosleep(&long_time, NULL); break;
	case 1: syscall(SYS_futex, &futex_word, FUTEX_WAIT, 0, NULL); break;
	case 2:
		if (number < 10)
			vfork_and_wait();
		break;
	case 3:
		while (number < 10)
			expect_raw(SYS_munmap, ADDRESS, 502 * PAGE);
		break;
	default:
		while (number < 5)
			;
	}
	for (;;)
		pause();
	return NULL;
}

static void start_all(void)
{
	pthread_attr_t small;
	pthread_t thread;

	if (pipe2(never, O_CLOEXEC) < 0)
		expect_die("pipe");
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 65536);
	for (long i = 1; i < threads; i++) {
		if (pthread_create(&thread, &small, thread_main, (void *)i) != 0)
			expect_die("pthread_create");
	}
	if (who == 0)
		replace();
	__atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
	if (leader_ends)
		pthread_exit(NULL);
	for (;;)
		pause();
}

/* A thread that ends the process when the first one has long ended. */
static void *late(void *argument)
{
	char state[256];
	pid_t tid = getpid();

	(void)argument;
	do {
		int fd = open("/proc/self/stat", O_RDONLY);
		ssize_t n = read(fd, state, sizeof(state) - 1);
		state[n > 0 ? n : 0] = '\0';
		close(fd);
	} while (!strstr(state, ") Z"));
	said("munmap", 503 * PAGE, expect_raw(SYS_munmap, ADDRESS, 503 * PAGE));
	dprintf(1, "the first thread is still there: %d\n", syscall(SYS_tgkill, tid, tid, 0) == 0);
	exit(11);
}

static void *dump(void *argument)
{
	if (argument)
		abort();
	for (;;)
		pause();
}

static void core(bool by_leader)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	pthread_t thread;

	setrlimit(RLIMIT_CORE, &all);
	for (int i = 1; i < threads; i++)
		pthread_create(&thread, NULL, dump, NULL);
	if (by_leader)
		*(volatile int *)16 = 1;
	pthread_create(&thread, NULL, dump, (void *)1);
	for (;;)
		pause();
}

/* Runs it in a child, which may die, and tells how it ended. */
static void in_child(void (*function)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		function();
	waitpid(pid, &status, 0);
	dprintf(1, "ended with %x, dumped core: %d\n", status, !!WCOREDUMP(status));
}

static void late_main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, late, NULL);
	pthread_exit(NULL);
}

static void core_of_leader(void)
{
	core(true);
}

static void core_of_thread(void)
{
	core(false);
}

int main(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[1], "again") == 0) {
		said("munmap", 504 * PAGE, expect_raw(SYS_munmap, ADDRESS, 504 * PAGE));
		dprintf(1, "the same process: %d, threads: %d\n", atoi(argv[2]) == getpid(),
		    count_threads());
		return 12;
	}
	threads = argc > 2 ? atoi(argv[2]) : 2;
	who = argc > 3 ? atoi(argv[3]) : 1;
	leader_ends = strcmp(argv[1], "leader") == 0;
	if (strcmp(argv[1], "late") == 0)
		in_child(late_main);
	else if (strcmp(argv[1], "core") == 0) {
		in_child(core_of_leader);
		in_child(core_of_thread);
	} else {
		in_child(start_all);
	}
	return 0;
}
