/* src/engine/residency.c: as smaps says, range by range, of a child that has all kinds of them and sleeps */
#include "engine/residency.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/maps.h"
#include "engine/proc.h"
#include "unit.h"

#define PAGES 64
#define SIZE  (PAGES * 4096UL)

static char *map(int flags, int fd)
{
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (p == MAP_FAILED)
		_exit(1);
	return p;
}

/* Every page, every other, only looked at; of memory, a file, a file's copy. */
static void fill(void)
{
	int file = open("/proc/self/exe", O_RDONLY), memory = memfd_create("memory", 0);
	if (file < 0 || memory < 0 || ftruncate(memory, SIZE) < 0)
		_exit(1);
	char *all = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *read_only = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *shared = map(MAP_SHARED | MAP_ANONYMOUS, -1);
	char *copied = map(MAP_PRIVATE, file);
	char *object = map(MAP_SHARED, memory);
	volatile char sum = 0;
	for (unsigned long at = 0; at < SIZE; at += 4096) {
		all[at] = 1;
		sum += read_only[at];
		if (at % 8192 == 0)
			shared[at] = object[at] = 1;
		if (at % 16384 == 0)
			copied[at] = 1;
	}
}

static pid_t start_sleeper(void)
{
	pid_t child = fork();
	int status;
	if (child == 0) {
		fill();
		raise(SIGSTOP);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, WUNTRACED), child);
	ck_assert(WIFSTOPPED(status));
	return child;
}

START_TEST(as_smaps_says)
{
	struct buf ours = {0}, smaps = {0};
	struct maps a = {0}, b = {0};
	uint64_t sum = 0;
	pid_t child = start_sleeper();
	ck_assert_int_eq(residency_read(child, &ours), 0);
	ck_assert_int_eq(proc_smaps(child, &smaps), 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ck_assert_uint_eq(maps_parse(buf_view(&ours), &a), 0);
	ck_assert_uint_eq(maps_parse(buf_view(&smaps), &b), 0);
	ck_assert_uint_eq(a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		const struct map *m = &a.v[i], *its = &b.v[i];
		ck_assert_uint_eq(m->start, its->start);
		unit_check(m->rss == its->rss, "%llx %s %.*s: %llu, not %llu", (unsigned long long)m->start, m->perms,
		    (int)m->path.len, m->path.s, (unsigned long long)m->rss, (unsigned long long)its->rss);
		sum += m->rss;
	}
	ck_assert_uint_gt(sum, SIZE);
	buf_free(&ours);
	buf_free(&smaps);
	maps_free(&a);
	maps_free(&b);
}
END_TEST

START_TEST(of_nobody)
{
	struct buf buf = {0};
	ck_assert_int_lt(residency_read(0x3fffff, &buf), 0);
	ck_assert_uint_eq(buf.len, 0);
	buf_free(&buf);
}
END_TEST

TEST_SUITE(residency)
{
	TEST(as_smaps_says);
	TEST(of_nobody);
}
