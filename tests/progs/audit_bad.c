/* `audit_bad RULE` violates that rule in one way or another; `audit_bad good` does the like of each within the rules. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))
#define PAGE     4096UL
#define RW       (PROT_READ | PROT_WRITE)
#define RX       (PROT_READ | PROT_EXEC)

static inline __attribute__((always_inline)) char *map_at(void *at, size_t pages, int prot, int flags, int fd)
{
	void *p = mmap(at, pages * PAGE, prot, flags | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(3);
	}
	__asm__ volatile("");
	return p;
}

static int make_memfd(size_t pages)
{
	int fd = memfd_create("code", 0);
	if (fd < 0 || ftruncate(fd, (off_t)(pages * PAGE)) < 0)
		exit(3);
	return fd;
}

NOINLINE void wx(void)
{
	map_at(NULL, 1, RW | PROT_EXEC, MAP_PRIVATE, -1);
}

NOINLINE void wx_transition(void)
{
	char *p = map_at(NULL, 1, RW, MAP_PRIVATE, -1);
	mprotect(p, PAGE, RX);
}

/* Written, made unwritable, moved, and only then executable. */
NOINLINE void wx_moved(void)
{
	char *p = map_at(NULL, 1, RW, MAP_PRIVATE, -1);
	mprotect(p, PAGE, PROT_READ);
	p = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	mprotect(p, PAGE, RX);
}

/* Two mappings of one memfd. */
NOINLINE void wx_memfd(void)
{
	int fd = make_memfd(2);
	map_at(NULL, 2, RW, MAP_SHARED, fd);
	map_at(NULL, 2, RX, MAP_SHARED, fd);
}

/* The other way round, the executable one private. */
NOINLINE void wx_memfd_private(void)
{
	int fd = make_memfd(2);
	map_at(NULL, 2, RX, MAP_PRIVATE, fd);
	map_at(NULL, 2, RW, MAP_SHARED, fd);
}

/* A file on disk. */
NOINLINE void wx_file(void)
{
	int fd = open("code.bin", O_RDWR | O_CREAT | O_TRUNC, 0700);
	if (fd < 0 || ftruncate(fd, PAGE) < 0)
		exit(3);
	map_at(NULL, 1, RW, MAP_SHARED, fd);
	map_at(NULL, 1, RX, MAP_PRIVATE, fd);
}

/* A segment attached twice. */
NOINLINE void wx_shm(void)
{
	int id = shmget(IPC_PRIVATE, PAGE, IPC_CREAT | 0700);
	shmat(id, NULL, 0);
	shmat(id, NULL, SHM_RDONLY | SHM_EXEC);
	shmctl(id, IPC_RMID, NULL);
}

NOINLINE void exec_anon(void)
{
	map_at(NULL, 1, RX, MAP_PRIVATE, -1);
}

NOINLINE void exec_stack(void)
{
	volatile char here = 0;
	char *page = (char *)((uintptr_t)&here & ~(PAGE - 1));
	mprotect(page, PAGE, RW | PROT_EXEC);
}

NOINLINE void exec_deleted(void)
{
	char name[] = "gone.bin";
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0700);
	if (fd < 0 || ftruncate(fd, PAGE) < 0)
		exit(3);
	unlink(name);
	map_at(NULL, 1, RX, MAP_PRIVATE, fd);
}

NOINLINE void mdwe(void)
{
	char *p = map_at(NULL, 1, PROT_READ, MAP_PRIVATE, -1);
	mprotect(p, PAGE, RX);
}

NOINLINE void leak(void)
{
	for (int i = 0; i < 250; i++)
		map_at(NULL, 1, RW, MAP_PRIVATE, -1);
}

NOINLINE void clobber(void)
{
	char *p = map_at(NULL, 4, RW, MAP_PRIVATE, -1);
	map_at(p + PAGE, 1, RW, MAP_PRIVATE | MAP_FIXED, -1);
}

NOINLINE void null_page(void)
{
	map_at((void *)PAGE, 1, RW, MAP_PRIVATE | MAP_FIXED, -1);
}

NOINLINE void failed(void)
{
	munmap((void *)1, PAGE);
}

NOINLINE void vma_headroom(void)
{
	size_t pages = 60000;
	char *p = map_at(NULL, pages, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, -1);
	for (size_t i = 0; i < pages; i += 2)
		mprotect(p + i * PAGE, PAGE, PROT_NONE);
}

NOINLINE void huge(void)
{
	map_at(NULL, 20UL << 18, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE, -1);
}

/* 64 MiB. */
NOINLINE void budget(void)
{
	char *p = map_at(NULL, 1UL << 14, RW, MAP_PRIVATE, -1);
	munmap(p, PAGE << 14);
}

/* Near each rule, and within all of them. */
NOINLINE void good(void)
{
	char *p = map_at(NULL, 4, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE, -1);
	map_at(p, 2, RW, MAP_PRIVATE | MAP_FIXED, -1);        /* over what was reserved */
	map_at(p, 2, PROT_NONE, MAP_PRIVATE | MAP_FIXED, -1); /* and given back */
	char *many[150];
	for (int i = 0; i < 150; i++)
		many[i] = map_at(NULL, 1, RW, MAP_PRIVATE, -1);
	if (vfork() == 0) /* it leaves nothing: all of it is its parent's */
		_exit(0);
	for (int i = 90; i < 150; i++)
		munmap(many[i], PAGE);
	int fd = make_memfd(2);
	map_at(NULL, 2, RW, MAP_SHARED, fd);
	map_at(NULL, 2, PROT_READ, MAP_SHARED, fd);
	map_at(NULL, 1UL << 18, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE, -1);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*violate)(void);
	} ways[] = {{"wx", wx}, {"wx-transition", wx_transition}, {"wx-moved", wx_moved}, {"wx-memfd", wx_memfd},
	    {"wx-memfd-private", wx_memfd_private}, {"wx-file", wx_file}, {"wx-shm", wx_shm},
	    {"exec-anon", exec_anon}, {"exec-stack", exec_stack}, {"exec-deleted", exec_deleted}, {"mdwe", mdwe},
	    {"leak", leak}, {"clobber", clobber}, {"null-page", null_page}, {"failed", failed},
	    {"vma-headroom", vma_headroom}, {"huge", huge}, {"budget", budget}, {"good", good}};
	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strcmp(argv[1], ways[i].name) == 0) {
			ways[i].violate();
			return 0;
		}
	}
	return 2;
}
