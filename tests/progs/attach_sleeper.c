/*
 * One system call that sleeps, and what came of it: attach_sleeper KIND SECONDS. Prints "ready", sleeps, and
 * prints the result. KINDs that wait for somebody are woken through standard input, or a connection to the
 * port that was printed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long sleep_nanosleep(long seconds)
{
	return nanosleep(&(struct timespec){seconds, 0}, NULL);
}

static long sleep_futex(long seconds)
{
	static int word;
	struct timespec t = {seconds, 0};
	return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &t, NULL, 0);
}

static long sleep_poll(long seconds)
{
	return poll(NULL, 0, (int)seconds * 1000);
}

static long sleep_epoll(long seconds)
{
	struct epoll_event event;
	return epoll_wait(epoll_create1(0), &event, 1, (int)seconds * 1000);
}

static long sleep_read(long seconds)
{
	char byte;
	(void)seconds;
	return read(STDIN_FILENO, &byte, 1);
}

static long sleep_accept(long seconds)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	(void)seconds;
	if (bind(fd, (struct sockaddr *)&address, length) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&address, &length))
		return -1;
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return accept(fd, NULL, NULL) >= 0 ? 0 : -1;
}

static long sleep_semtimedop(long seconds)
{
	int id = semget(IPC_PRIVATE, 1, 0600);
	struct sembuf down = {0, -1, 0};
	long result = semtimedop(id, &down, 1, &(struct timespec){seconds, 0});
	int error = errno;
	semctl(id, 0, IPC_RMID);
	errno = error;
	return result;
}

static long sleep_sigtimedwait(long seconds)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return sigtimedwait(&set, NULL, &(struct timespec){seconds, 0});
}

/* One that has nothing to read and no room to write, for so long. */
static int limited_socket(long seconds)
{
	int ends[2];
	char bytes[4096] = "";
	struct timeval limit = {seconds, 0};
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	while (send(ends[0], bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	return ends[0];
}

static long sleep_recv(long seconds)
{
	char byte;
	return recv(limited_socket(seconds), &byte, 1, 0);
}

static long sleep_readv(long seconds)
{
	char byte;
	return readv(limited_socket(seconds), &(struct iovec){&byte, 1}, 1);
}

static long sleep_recvmmsg(long seconds)
{
	char byte;
	struct iovec part = {&byte, 1};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
	return recvmmsg(limited_socket(seconds), &message, 1, 0, NULL);
}

static long sleep_write(long seconds)
{
	return write(limited_socket(seconds), "", 1);
}

static long sleep_writev(long seconds)
{
	return writev(limited_socket(seconds), &(struct iovec){"", 1}, 1);
}

static long sleep_send(long seconds)
{
	return send(limited_socket(seconds), "", 1, 0);
}

static long sleep_sendmsg(long seconds)
{
	struct iovec part = {"", 1};
	return sendmsg(limited_socket(seconds), &(struct msghdr){.msg_iov = &part, .msg_iovlen = 1}, 0);
}

static long sleep_sendmmsg(long seconds)
{
	struct iovec part = {"", 1};
	struct mmsghdr message = {.msg_hdr = {.msg_iov = &part, .msg_iovlen = 1}};
	return sendmmsg(limited_socket(seconds), &message, 1, 0);
}

/* To a listener whose queue is full. */
static long sleep_connect(long seconds)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t length = sizeof(sa_family_t); /* a name of the kernel's choice: unix(7), autobind */
	struct timeval limit = {seconds, 0};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0), last = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(listener, (struct sockaddr *)&address, length);
	length = sizeof(address);
	getsockname(listener, (struct sockaddr *)&address, &length);
	listen(listener, 0);
	connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, length);
	setsockopt(last, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return connect(last, (struct sockaddr *)&address, length);
}

static long sleep_io_getevents(long seconds)
{
	aio_context_t context = 0;
	struct io_event event;
	struct timespec limit = {seconds, 0};
	syscall(SYS_io_setup, 1, &context);
	return syscall(SYS_io_getevents, context, 1, 1, &event, &limit);
}

/* Read of an inotify instance, which standard input doesn't end: an alarm does. */
static void on_alarm(int signal)
{
	(void)signal;
}

static long sleep_inotify(long seconds)
{
	char event[4096];
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = on_alarm}, NULL);
	alarm((unsigned)seconds);
	return read(inotify_init(), event, sizeof(event));
}

static long sleep_stopped(long seconds)
{
	(void)seconds;
	return raise(SIGSTOP);
}

static long sleep_vfork(long seconds)
{
	volatile pid_t pid = vfork();
	if (pid == 0) {
		struct timespec t = {seconds, 0};
		syscall(SYS_nanosleep, &t, NULL);
		_exit(3);
	}
	int status;
	return waitpid(pid, &status, 0) == pid ? WEXITSTATUS(status) : -1;
}

static const struct {
	const char *name;
	long (*sleep)(long seconds);
} kinds[] = {{"nanosleep", sleep_nanosleep}, {"futex", sleep_futex}, {"poll", sleep_poll},
    {"epoll", sleep_epoll}, {"read", sleep_read}, {"accept", sleep_accept},
    {"semtimedop", sleep_semtimedop}, {"sigtimedwait", sleep_sigtimedwait}, {"recv", sleep_recv},
    {"readv", sleep_readv}, {"recvmmsg", sleep_recvmmsg}, {"write", sleep_write}, {"writev", sleep_writev},
    {"send", sleep_send}, {"sendmsg", sleep_sendmsg}, {"sendmmsg", sleep_sendmmsg}, {"connect", sleep_connect},
    {"io_getevents", sleep_io_getevents}, {"inotify", sleep_inotify},
    {"stopped", sleep_stopped}, {"vfork", sleep_vfork}};

int main(int argc, char **argv)
{
	long seconds = argc > 2 ? atol(argv[2]) : 1;
	for (unsigned i = 0; argc > 1 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(kinds[i].name, argv[1]) != 0)
			continue;
		double begin = now();
		printf("ready\n");
		fflush(stdout);
		errno = 0;
		long result = kinds[i].sleep(seconds);
		int error = errno;
		printf("%ld %s %s\n", result, strerror(error),
		    now() - begin < (double)seconds - 0.01 ? "too early" : "in time");
		return 9;
	}
	return 2;
}
