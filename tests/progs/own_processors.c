/*
 * own_processors until FILE: a storm of mmap and munmap until there is FILE; then prints the processors that it may run
 * on.
 *
 * own_processors cpuset FILE: as below, and when it's held first, its cpuset (cpuset.cpus of two) loses that one and gets
 * it back.
 *
 * own_processors thread: a thread that doesn't lead storms until it's held, and executes this program again, which says
 * whether it may run where it could.
 *
 * own_processors children COUNT: so many children, each after a few mmaps and munmaps, may run where it could. Prints
 * "free".
 *
 * own_processors relay COUNT: a thread that is left alone makes a few mmaps and munmaps and executes this program, so
 * many times in turn; may each image run where the first could? Prints "free".
 *
 * own_processors crowd: as below, beside three threads that storm, too.
 *
 * own_processors beside: four threads storm until one is held on another processor than its parent is; then prints
 * "beside".
 *
 * own_processors [SECONDS]: a storm of mmap and munmap that looks, by each way that there is, on which processors it
 * may run, and so do its children and threads: always where it could at the start, or where it has chosen to be.
 * It goes on until /proc, which isn't asked, has shown it held on one (but SECONDS at most, 0: a fixed time), and then
 * waits until it's let go. Prints "held" or "never held"; 1 and a line for each thing that is as it shouldn't be.
 */
#include "raw.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static cpu_set_t own;
static int bad;
static bool held;

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void storm(unsigned pairs)
{
	for (unsigned i = 0; i < pairs; i++) {
		unsigned long p = raw_mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
		raw_munmap(p, 8192);
	}
}

/* What a file such as /proc/PID/status has behind `key`, up to the end of the line at least. Maps nothing. */
static const char *look_up(const char *file, const char *key)
{
	static _Thread_local char text[8192];
	int fd = open(file, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	const char *at = strstr(text, key);
	return at ? at + strlen(key) : "\n";
}

/* What /proc tells of the caller: no call that asks for it. */
static unsigned listed(void)
{
	unsigned count = 0;
	for (const char *mask = look_up("/proc/thread-self/status", "Cpus_allowed:\t"); *mask != '\n'; mask++) {
		char digit[2] = {*mask};
		count += (unsigned)__builtin_popcountl(strtoul(digit, NULL, 16));
	}
	return count;
}

static void expect(bool good, const char *what)
{
	if (good)
		return;
	printf("not as it should be: %s\n", what);
	bad = 1;
}

static bool has_own(void)
{
	cpu_set_t now;
	return sched_getaffinity(0, sizeof(now), &now) == 0 && CPU_EQUAL(&now, &own);
}

/* /proc first: the other asks. */
static bool is_free(void)
{
	unsigned n = listed();
	return n == (unsigned)CPU_COUNT(&own) && has_own();
}

static void by_a_child(void)
{
	int status;
	pid_t child = fork();
	if (child == 0)
		_exit(!is_free());
	waitpid(child, &status, 0);
	expect(status == 0, "a child's");
}

static void by_a_vforked_child(void)
{
	int status;
	pid_t child = vfork();
	if (child == 0)
		_exit(listed() != (unsigned)CPU_COUNT(&own));
	waitpid(child, &status, 0);
	expect(status == 0, "a vforked child's");
}

static void *thread(void *arg)
{
	*(bool *)arg = is_free();
	return NULL;
}

static void by_a_thread(void)
{
	pthread_t t;
	bool good = false;
	pthread_create(&t, NULL, thread, &good);
	pthread_join(t, NULL);
	expect(good, "a thread's");
}

static void by_asking(void)
{
	expect(has_own(), "sched_getaffinity's");
	expect(listed() == (unsigned)CPU_COUNT(&own), "what /proc shows after that");
}

/* What it chooses holds, and a child has it, too. */
static void by_choosing(void)
{
	cpu_set_t all = own;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all))
			continue;
		CPU_ZERO(&own);
		CPU_SET(cpu, &own);
		expect(sched_setaffinity(0, sizeof(own), &own) == 0, "setting it");
		storm(100);
		expect(is_free(), "the chosen one");
		by_a_child();
	}
	own = all;
	expect(sched_setaffinity(0, sizeof(own), &own) == 0, "setting it back");
}

static int storm_until(const char *file)
{
	while (access(file, F_OK) < 0)
		storm(100);
	sched_getaffinity(0, sizeof(own), &own);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (CPU_ISSET(cpu, &own))
			printf("%d ", cpu);
	}
	putchar('\n');
	return 0;
}

/* Take the processor that it's held on from its cpuset, and give it back. */
static void lose_processor(const char *cpuset)
{
	char text[32];
	int fd = open(cpuset, O_RDWR), cpu = sched_getcpu();
	ssize_t n = read(fd, text, sizeof(text));
	CPU_CLR(cpu, &own);
	for (int other = 0; other < CPU_SETSIZE; other++) {
		if (CPU_ISSET(other, &own))
			expect(dprintf(fd, "%d\n", other) > 0, "the cpuset without it");
	}
	storm(100);
	expect(is_free(), "what is left");
	by_a_child();
	CPU_SET(cpu, &own);
	expect(write(fd, text, (size_t)n) == n, "the cpuset as it was");
	close(fd);
	storm(100);
	expect(has_own() && is_free(), "what came back"); /* it may be held again */
	by_a_child();
}

static void *storm_and_execute(void *count)
{
	do
		storm(200);
	while (listed() == (unsigned)CPU_COUNT(&own));
	execl("/proc/self/exe", "own_processors", "executed", (char *)count, NULL);
	return NULL;
}

static int execute_held(void)
{
	pthread_t t;
	char count[16];
	snprintf(count, sizeof(count), "%d", CPU_COUNT(&own));
	pthread_create(&t, NULL, storm_and_execute, count);
	pthread_join(t, NULL);
	return 1;
}

static int say_executed(int count)
{
	expect(CPU_COUNT(&own) == count, "a new image's");
	puts("executed");
	return bad;
}

static void *hand_over(void *args)
{
	char **argv = args, left[16], count[16];
	bool is_first = !argv[3];
	snprintf(left, sizeof(left), "%d", atoi(argv[2]) - 1);
	snprintf(count, sizeof(count), "%d", is_first ? CPU_COUNT(&own) : atoi(argv[3]));
	/* Its memory goes with it: a leader that has ended has no executable in /proc. */
	while (access("/proc/self/exe", F_OK) == 0)
		sched_yield();
	storm(10);
	execl(argv[0], argv[0], "relay", left, count, NULL);
	return NULL;
}

static int run_relay(char **argv)
{
	pthread_t t;
	expect(!argv[3] || CPU_COUNT(&own) == atoi(argv[3]), "a new image's, made by a thread");
	if (bad || atoi(argv[2]) == 0) {
		puts("free");
		return bad;
	}
	pthread_create(&t, NULL, hand_over, argv);
	pthread_exit(NULL);
}

static void *storm_on(void *unused)
{
	for (;;)
		storm(100);
	return unused;
}

static void begin_crowd(void)
{
	pthread_t t;
	for (unsigned i = 0; i < 3; i++)
		pthread_create(&t, NULL, storm_on, NULL);
}

/* The one processor where it may run, or -1. */
static int held_on(const char *status)
{
	const char *list = look_up(status, "Cpus_allowed_list:\t");
	char *end;
	int cpu = (int)strtol(list, &end, 10);
	return end > list && *end == '\n' ? cpu : -1;
}

static int storm_beside(void)
{
	char parent[32];
	snprintf(parent, sizeof(parent), "/proc/%d/status", getppid());
	begin_crowd();
	for (double began = seconds(); seconds() - began < 60;) {
		storm(200);
		int mine = held_on("/proc/thread-self/status"), its = held_on(parent);
		if (mine >= 0 && its >= 0 && mine != its) {
			puts("beside");
			return 0;
		}
	}
	return 1;
}

static int have_children(int count)
{
	for (int i = 0; i < count; i++) {
		storm(5);
		by_a_child();
	}
	puts("free");
	return bad;
}

int main(int argc, char **argv)
{
	static void (*const ways[])(void) = {by_asking, by_a_child, by_a_thread, by_a_vforked_child, by_choosing};
	if (argc == 3 && strcmp(argv[1], "until") == 0)
		return storm_until(argv[2]);
	sched_getaffinity(0, sizeof(own), &own);
	if (argc == 2 && strcmp(argv[1], "thread") == 0)
		return execute_held();
	if (argc >= 3 && strcmp(argv[1], "relay") == 0)
		return run_relay(argv);
	if (argc == 3 && strcmp(argv[1], "children") == 0)
		return have_children(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "executed") == 0)
		return say_executed(atoi(argv[2]));
	if (argc == 2 && strcmp(argv[1], "beside") == 0)
		return storm_beside();
	bool crowd = argc == 2 && strcmp(argv[1], "crowd") == 0;
	if (crowd)
		begin_crowd();
	const char *cpuset = argc == 3 ? argv[2] : NULL;
	double most = argc == 2 && !crowd ? atof(argv[1]) : 60, began = seconds();
	for (unsigned i = 0; i < 20 || (!held && seconds() - began < most); i++) {
		storm(200);
		if (listed() < (unsigned)CPU_COUNT(&own)) {
			held = true;
			if (cpuset)
				lose_processor(cpuset);
			cpuset = NULL;
		}
		ways[i % (sizeof(ways) / sizeof(ways[0]))]();
	}
	storm(300);
	for (began = seconds(); listed() != (unsigned)CPU_COUNT(&own) && seconds() - began < 10;)
		;
	expect(is_free(), "after the storm");
	puts(held ? "held" : "never held");
	return bad;
}
