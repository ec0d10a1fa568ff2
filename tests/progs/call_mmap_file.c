/* mmap of files: the ways to map one, and failures, which name the file too. */
#include "expect.h"

static char path[8192];
static const struct expect_file file = {.path = path};

static void kinds(int fd)
{
	unsigned long addr;

	addr = expect_mmap_file(&file, 0, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
	expect_munmap(addr, 8192);
	addr = expect_mmap_file(&file, 0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
	expect_munmap(addr, 8192);
	addr = expect_mmap_file(
	    &file, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, fd, 8192);
	expect_drop(addr, 4096);
	/* EPERM if the file's mount is noexec. */
	addr = expect_mmap_file(
	    &file, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_DENYWRITE, fd, 0);
	expect_drop(addr, 4096);
	/* Beyond the file's end: touching it would be SIGBUS, mapping it is fine. */
	addr = expect_mmap_file(
	    &file, 0, 1 << 20, PROT_NONE, MAP_SHARED | MAP_NORESERVE, fd, 1UL << 40);
	expect_munmap(addr, 1 << 20);
	/* The upper half of the register isn't part of the descriptor. */
	addr = expect_mmap_file(
	    &file, 0, 4096, PROT_READ, MAP_PRIVATE, (unsigned long)fd | 1UL << 32, 0);
	expect_drop(addr, 4096);
	/* Anonymous memory has no file, whatever the descriptor. */
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, fd, 0);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, fd, 0);
	expect_mmap(0, 0, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, fd, 0);
}

static void bad_arguments(int fd)
{
	expect_mmap_file(&file, 0, 0, PROT_READ, MAP_PRIVATE, fd, 0);
	expect_mmap_file(&file, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 1);
	expect_mmap_file(&file, 0, ~0UL, PROT_READ, MAP_PRIVATE, fd, 0);
	expect_mmap_file(&file, 0, 8192, PROT_READ, MAP_PRIVATE, fd, ~0UL - 4095);
	expect_mmap_file(&file, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 1UL << 63);
	expect_mmap_file(&file, 1, 4096, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
}

static void access_modes(void)
{
	unsigned long addr;
	int fd = open("mapped", O_RDONLY | O_CLOEXEC);

	expect_mmap_file(&file, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	addr = expect_mmap_file(&file, 0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	expect_drop(addr, 4096);
	close(fd);
	fd = open("mapped", O_WRONLY | O_CLOEXEC);
	expect_mmap_file(&file, 0, 4096, PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	expect_mmap(0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
}

int main(void)
{
	int fd = expect_make("mapped", 16384);

	expect_path(path, sizeof(path), "mapped");
	expect_begin();
	kinds(fd);
	bad_arguments(fd);
	access_modes();
	expect_end();
	unlink("mapped");
	return 0;
}
