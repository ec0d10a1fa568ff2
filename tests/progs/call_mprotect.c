/* mprotect with every protection, over several mappings, half-way to a hole, and refused. */
#include "expect.h"

#define PAGE 4096UL

static void protections(unsigned long addr)
{
	expect_mprotect(addr, PAGE, PROT_READ);
	expect_mprotect(addr, PAGE, PROT_NONE);
	expect_mprotect(addr, PAGE, PROT_WRITE);
	expect_mprotect(addr, PAGE, PROT_EXEC);
	expect_mprotect(addr, PAGE, PROT_READ | PROT_WRITE);
	expect_mprotect(addr, PAGE, PROT_READ | PROT_WRITE);
	expect_mprotect(addr + 2 * PAGE, PAGE, PROT_READ | PROT_EXEC);
	expect_mprotect(addr, 8 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
	expect_mprotect(addr, PAGE, PROT_READ | PROT_SEM);
	expect_mprotect(addr, 0, PROT_READ);
	expect_mprotect(addr, 1, PROT_READ);
	expect_mprotect(addr, PAGE + 1, PROT_NONE);
}

static void refused(unsigned long addr)
{
	/* mmap takes bits that it doesn't know, mprotect doesn't. */
	expect_mprotect(addr, PAGE, PROT_READ | 0x10);
	expect_mprotect(addr, PAGE, 0x80000000);
	expect_mprotect(addr, PAGE, PROT_READ | 0x100000000);
	expect_mprotect(addr + 1, PAGE, PROT_READ);
	expect_mprotect(addr, PAGE, PROT_READ | PROT_GROWSDOWN);
	expect_mprotect(addr, PAGE, PROT_READ | PROT_GROWSUP);
	expect_mprotect(addr, PAGE, PROT_GROWSDOWN | PROT_GROWSUP);
	expect_mprotect(addr, ~0UL, PROT_READ);
	expect_mprotect(addr, ~0UL - 4095, PROT_READ);
	/* Changes all up to the first hole before it fails, so that hole had better be near. */
	expect_mprotect(addr, 128UL << 40, PROT_READ);
	expect_mprotect(0, PAGE, PROT_READ);
	expect_mprotect(~0UL - 4095, PAGE, PROT_READ);
}

/* The pages before the hole are changed, and then the call fails. */
static void hole(unsigned long addr)
{
	expect_munmap(addr + 4 * PAGE, PAGE);
	expect_mprotect(addr + 2 * PAGE, 4 * PAGE, PROT_WRITE);
	expect_mprotect(addr + 4 * PAGE, 2 * PAGE, PROT_EXEC);
	expect_mprotect(addr + 5 * PAGE, 3 * PAGE, PROT_READ);
}

/* mprotect(2): PROT_GROWSDOWN takes the change down to the start of the mapping. */
static void grows_down(void)
{
	unsigned long addr = expect_mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);

	expect_mprotect(addr + 2 * PAGE, PAGE, PROT_READ | PROT_GROWSDOWN);
	expect_munmap(addr, 4 * PAGE);
}

static void read_only_file(void)
{
	char path[8192];
	struct expect_file file = {.path = expect_path(path, sizeof(path), "read-only")};
	unsigned long addr;
	int fd;

	close(expect_make("read-only", 4096));
	fd = open("read-only", O_RDONLY | O_CLOEXEC);
	addr = expect_mmap_file(&file, 0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	expect_mprotect(addr, PAGE, PROT_READ | PROT_WRITE);
	expect_munmap(addr, PAGE);
	unlink("read-only");
}

int main(void)
{
	unsigned long addr;

	expect_begin();
	addr = expect_mmap(0, 9 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_munmap(addr + 8 * PAGE, PAGE);
	protections(addr);
	refused(addr);
	hole(addr);
	expect_munmap(addr, 8 * PAGE);
	grows_down();
	read_only_file();
	expect_end();
	return 0;
}
