/*
 * Dies in a way of its choice: `crash use-after-unmap|stack|thread-stack|read-only|not-executable|null|bus|
 * unaligned|privileged|forked|handled`; what it prints is the address.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))
#define PAGE 4096

static void *map_page(int prot)
{
	return mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static volatile char *say(volatile void *p)
{
	printf("%p\n", (void *)(uintptr_t)p);
	fflush(stdout);
	return p;
}

NOINLINE void use_after_unmap(void)
{
	void *p = map_page(PROT_READ | PROT_WRITE);
	munmap(p, PAGE);
	*say(p) = 1;
}

static volatile int deepest = 1 << 30;

NOINLINE int recurse(int depth)
{
	volatile char frame[256];
	frame[0] = (char)depth;
	return depth == deepest ? 0 : recurse(depth + 1) + frame[0];
}

NOINLINE void *overflow(void *arg)
{
	recurse(0);
	return arg;
}

NOINLINE void thread_stack(void)
{
	pthread_t t;
	if (pthread_create(&t, NULL, overflow, NULL) == 0)
		pthread_join(t, NULL);
}

NOINLINE void read_only(void)
{
	char *p = map_page(PROT_READ | PROT_WRITE);
	mprotect(p, PAGE, PROT_READ);
	*say(p) = 1;
}

NOINLINE void not_executable(void)
{
	char *p = map_page(PROT_READ | PROT_WRITE);
	p[0] = (char)0xc3; /* ret */
	((void (*)(void))(uintptr_t)say(p))();
}

NOINLINE void null_pointer(void)
{
	struct {
		char before[24];
		char member;
	} *volatile p = NULL;
	*say(&p->member) = 1;
}

NOINLINE void beyond_the_file(void)
{
	int fd = memfd_create("short", 0);
	*say(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) = 1;
}

/* Where the processor is told to mind (EFLAGS.AC); it doesn't say which address it was. */
NOINLINE void unaligned(void)
{
#ifdef __x86_64__
	__asm__ volatile("pushfq\n\torl $0x40000, (%%rsp)\n\tpopfq\n\tmovl $1, 1(%0)"
	                 :
	                 : "r"(map_page(PROT_READ | PROT_WRITE)));
#endif
}

NOINLINE void privileged(void)
{
#ifdef __x86_64__
	__asm__ volatile("hlt");
#endif
}

NOINLINE void forked(void)
{
	void *p = map_page(PROT_READ | PROT_WRITE);
	munmap(p, PAGE);
	if (fork() == 0)
		*say(p) = 1;
	wait(NULL);
}

static void leave(int signal)
{
	(void)signal;
	_exit(0);
}

NOINLINE void handled(void)
{
	signal(SIGSEGV, leave);
	null_pointer();
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*die)(void);
	} ways[] = {{"use-after-unmap", use_after_unmap}, {"thread-stack", thread_stack},
	    {"read-only", read_only}, {"not-executable", not_executable}, {"null", null_pointer},
	    {"bus", beyond_the_file}, {"unaligned", unaligned},
	    {"privileged", privileged}, {"forked", forked}, {"handled", handled}};
	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) == 0)
			ways[i].die();
	}
	return argc == 2 && strcmp(argv[1], "stack") == 0 ? recurse(0) : 1;
}
