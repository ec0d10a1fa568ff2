/*
 * odd_maps KIND: memory that is other than what the calls which made it say, or that changes without one. After
 * most steps there's another call, so that a tracer can look.
 */
#include "raw.h"

#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>

#define PAGE  4096UL
#define PAGES 64UL

static void look(void)
{
	raw_munmap(raw_mmap(0, PAGE, PROT_READ, MAP_PRIVATE), PAGE);
}

static void touch_down(unsigned long from, unsigned long pages)
{
	for (unsigned long i = 1; i <= pages; i++)
		*(volatile char *)(from - i * PAGE) = 1;
}

/* What has grown is cut, protected, mapped over, and moved onto. */
static void change_grown(unsigned long top)
{
	raw_munmap(top - 40 * PAGE, 2 * PAGE);
	raw_mprotect(top - 30 * PAGE, PAGE, PROT_READ);
	raw_mmap(top - 20 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED);
	raw_mremap(raw_mmap(0, PAGE, PROT_READ, MAP_PRIVATE), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
	    top - 10 * PAGE);
	look();
}

static void grows_down(void)
{
	unsigned long at = raw_mmap(0, 2 * PAGES * PAGE, PROT_NONE, MAP_PRIVATE);
	unsigned long top = at + (2 * PAGES - 1) * PAGE;

	raw_munmap(at + PAGE, (2 * PAGES - 1) * PAGE); /* one is left to keep others out */
	raw_mmap(top, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED | MAP_GROWSDOWN);
	touch_down(top, PAGES);
	change_grown(top);
}

static void stack(void)
{
	char here;
	unsigned long sp = (unsigned long)&here & ~(PAGE - 1);

	touch_down(sp, 4 * PAGES); /* more than what it begins with */
	change_grown(sp - 2 * PAGES * PAGE);
}

static void in_child(void)
{
	pid_t child = fork();

	if (child == 0) {
		look();
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

/* madvise(2) goes on behind a hole, and then fails. */
static void unforked(void)
{
	unsigned long at = raw_mmap(0, 10 * PAGE, PROT_READ, MAP_PRIVATE);

	raw_munmap(at + 3 * PAGE, PAGE);
	madvise((void *)at, 10 * PAGE, MADV_DONTFORK);
	in_child();
}

/* The kernel's record of a process isn't given to its children, either. */
static void perf_event(void)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(attr),
	    .config = PERF_COUNT_SW_CPU_CLOCK,
	    .exclude_kernel = 1,
	    .disabled = 1};
	int fd = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);

	if (fd < 0)
		return; /* not everyone may */
	mmap(NULL, 9 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	in_child();
}

/* Private, it's no file but anonymous memory, and its offset goes by its address. */
static void zero(void)
{
	int fd = open("/dev/zero", O_RDWR);
	void *at = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);

	raw_munmap((unsigned long)at + PAGE, PAGE);
	raw_mremap((unsigned long)at, PAGE, 8 * PAGE, MREMAP_MAYMOVE, 0);
	at = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	raw_munmap((unsigned long)at + PAGE, PAGE);
	raw_mremap((unsigned long)at, PAGE, 8 * PAGE, MREMAP_MAYMOVE, 0);
	in_child();
}

/* A segment that has no name any more, in pieces. */
static void removed(void)
{
	int id = shmget(IPC_PRIVATE, 5 * PAGE, 0600 | IPC_CREAT);
	void *first = shmat(id, NULL, 0), *second = shmat(id, NULL, SHM_RDONLY);

	shmctl(id, IPC_RMID, NULL);
	in_child();
	raw_munmap((unsigned long)first + PAGE, PAGE);
	raw_mprotect((unsigned long)first, PAGE, PROT_READ);
	shmdt(first);
	look();
	shmdt(second);
	look();
}

static const struct {
	const char *name;
	void (*run)(void);
} kinds[] = {{"grows_down", grows_down}, {"stack", stack}, {"unforked", unforked},
    {"perf_event", perf_event}, {"zero", zero}, {"removed", removed}};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcmp(argv[1], kinds[i].name) != 0)
			continue;
		kinds[i].run();
		return 0;
	}
	dprintf(2, "usage: odd_maps grows_down|stack|unforked|perf_event|zero|removed\n");
	return 2;
}
