/*
 * attach_sleeper.c as a 32-bit program: m32_sleeper KIND SECONDS. One system call that sleeps, and what came of
 * it: those that fail with EINTR after any stop (signal(7)), by the ways that only 32-bit programs have.
 */
#include "m32.h"

struct time {
	long seconds, parts;
};

static long now(void)
{
	struct time t;

	call(265, 1, (long)&t, 0, 0, 0, 0); /* clock_gettime, CLOCK_MONOTONIC */
	return t.seconds * 1000 + t.parts / 1000000;
}

static long sleep_epoll(struct time t)
{
	char event[12];

	return call(256, call(329, 0, 0, 0, 0, 0, 0), (long)event, 1, t.seconds * 1000, 0, 0);
}

static long sleep_semtimedop(struct time t)
{
	short down[3] = {0, -1, 0};
	long none = 0, id = call(117, 2, 0, 1, 0600, 0, 0); /* ipc: SEMGET */
	long result = call(117, 4, id, 1, 0, (long)down, (long)&t);

	call(117, 3, id, 0, 0, (long)&none, 0); /* SEMCTL, IPC_RMID */
	return result;
}

static long sleep_sigtimedwait(struct time t)
{
	unsigned long set[2] = {1UL << (10 - 1), 0}; /* SIGUSR1 */

	return call(177, (long)set, 0, (long)&t, 8, 0, 0);
}

static long sleep_recv(struct time t)
{
	int ends[2];
	char byte;
	long pair[] = {1, 1, 0, (long)ends}; /* AF_UNIX, SOCK_STREAM */

	call(102, 8, (long)pair, 0, 0, 0, 0); /* socketcall: SYS_SOCKETPAIR */
	long limit[] = {ends[0], 1, 20, (long)&t, sizeof(t)}; /* SOL_SOCKET, SO_RCVTIMEO */
	long receive[] = {ends[0], (long)&byte, 1, 0};
	call(102, 14, (long)limit, 0, 0, 0, 0); /* SYS_SETSOCKOPT */
	return call(102, 10, (long)receive, 0, 0, 0, 0); /* SYS_RECV */
}

static long sleep_nanosleep(struct time t)
{
	return call(162, (long)&t, 0, 0, 0, 0, 0);
}

static const struct {
	const char *name;
	long (*sleep)(struct time t);
} kinds[] = {{"epoll", sleep_epoll}, {"semtimedop", sleep_semtimedop}, {"sigtimedwait", sleep_sigtimedwait},
    {"recv", sleep_recv}, {"nanosleep", sleep_nanosleep}};

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* `words`: how many arguments there are, and then these. */
__attribute__((used)) static void begin(long *words)
{
	char **argv = (char **)(words + 1);
	struct time t = {0, 0};

	for (const char *digit = argv[2]; *digit; digit++)
		t.seconds = t.seconds * 10 + *digit - '0';
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!is_same(kinds[i].name, argv[1]))
			continue;
		put("ready\n");
		long began = now();
		tell(kinds[i].name, kinds[i].sleep(t));
		put(now() - began < t.seconds * 1000 - 10 ? "too early\n" : "in time\n");
		call(1, 9, 0, 0, 0, 0, 0);
	}
	call(1, 2, 0, 0, 0, 0, 0);
}

/* At the start the stack has the arguments (the psABI of i386, "Process Initialization"). */
__asm__(".globl _start\n_start:\n\tmov %esp, %eax\n\tpush %eax\n\tcall begin\n");
