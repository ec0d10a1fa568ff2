/*
 * A filter for all threads (SECCOMP_FILTER_FLAG_TSYNC) while another sleeps in a call that the kernel doesn't
 * make again by itself: prints what became of that call.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pid_t sleeper;

static void *sleep_in_epoll(void *arg)
{
	struct epoll_event event;
	int fd = epoll_create1(0);

	__atomic_store_n(&sleeper, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	printf("epoll_wait %d", epoll_wait(fd, &event, 1, 300));
	printf(" %s\n", strerror(errno));
	return arg;
}

static void *sleep_for_signal(void *arg)
{
	struct timespec limit = {0, 300000000};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	__atomic_store_n(&sleeper, (pid_t)syscall(SYS_gettid), __ATOMIC_SEQ_CST);
	printf("sigtimedwait %d", sigtimedwait(&set, NULL, &limit));
	printf(" %s\n", strerror(errno));
	return arg;
}

static int sleeps(void)
{
	char path[64], line[256] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", sleeper);
	file = fopen(path, "r");
	if (file && !fgets(line, sizeof(line), file))
		line[0] = '\0';
	if (file)
		fclose(file);
	return strstr(line, ") S") != NULL;
}

static void try_with(void *(*sleep)(void *))
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {1, code};
	pthread_t thread;

	sleeper = 0;
	errno = 0;
	pthread_create(&thread, NULL, sleep, NULL);
	while (!__atomic_load_n(&sleeper, __ATOMIC_SEQ_CST) || !sleeps())
		;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program))
		perror("seccomp");
	pthread_join(thread, NULL);
}

int main(void)
{
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	try_with(sleep_in_epoll);
	try_with(sleep_for_signal);
	return 0;
}
