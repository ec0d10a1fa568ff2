/* mremap that works: in place, moved, shrunk, to a fixed place, leaving the old one, doubled. */
#include "expect.h"

#define PAGE 4096UL

static unsigned long map(unsigned long length)
{
	return expect_mmap(0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void in_place(void)
{
	unsigned long addr = map(8 * PAGE);

	expect_mremap(addr, 8 * PAGE, 8 * PAGE, 0, 0);
	expect_mremap(addr, 8 * PAGE, 4 * PAGE, 0, 0);
	expect_mremap(addr, 4 * PAGE, 6 * PAGE, 0, 0);
	expect_mremap(addr, 6 * PAGE, 7 * PAGE, MREMAP_MAYMOVE, 0);
	/* Lengths are rounded up to pages. */
	expect_mremap(addr, 7 * PAGE - 1, 6 * PAGE + 1, 0, 0);
	expect_mremap(addr, 7 * PAGE, 1, MREMAP_MAYMOVE, 0);
	expect_munmap(addr, PAGE);
}

/* The fifth argument is a wish only with FIXED or DONTUNMAP; else it is any register's rest. */
static void moved(void)
{
	unsigned long addr = map(8 * PAGE);

	expect_mprotect(addr + 2 * PAGE, 6 * PAGE, PROT_NONE);
	addr = expect_mremap(addr, 2 * PAGE, 64 * PAGE, MREMAP_MAYMOVE, 0xdead000);
	expect_munmap(addr, 64 * PAGE);
}

static void fixed(void)
{
	unsigned long addr = map(8 * PAGE);
	unsigned long to = map(16 * PAGE);

	expect_mremap(addr, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	expect_mremap(addr + 2 * PAGE, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + PAGE);
	expect_mremap(
	    addr + 4 * PAGE, PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + 8 * PAGE);
	expect_munmap(addr, 8 * PAGE);
	expect_munmap(to, 16 * PAGE);
}

static void dont_unmap(void)
{
	unsigned long addr = map(4 * PAGE);
	unsigned long to = map(4 * PAGE);
	unsigned long moved;

	moved = expect_mremap(addr, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
	expect_drop(moved, 4 * PAGE);
	/* Without FIXED the new address is a hint. */
	moved = expect_mremap(addr, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, to);
	expect_drop(moved, PAGE);
	expect_mremap(
	    addr, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to);
	expect_munmap(to, 4 * PAGE);
	expect_munmap(addr, 4 * PAGE);
}

/* mremap(2): an old length of 0 makes a second mapping of shared memory. */
static void doubled(void)
{
	unsigned long addr = expect_mmap(0, 4 * PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long second = expect_mremap(addr, 0, 2 * PAGE, MREMAP_MAYMOVE, 0);

	expect_drop(second, 2 * PAGE);
	expect_munmap(addr, 4 * PAGE);
}

/* Several mappings at once: a move of the same length, since Linux 6.17, or a shrinking. */
static void several(void)
{
	unsigned long addr = map(8 * PAGE);
	unsigned long to = map(8 * PAGE);

	expect_mprotect(addr + 2 * PAGE, 2 * PAGE, PROT_READ);
	expect_mremap(addr, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	expect_mprotect(to + PAGE, 4 * PAGE, PROT_NONE);
	expect_mremap(to, 8 * PAGE, PAGE, 0, 0);
	expect_munmap(addr, 8 * PAGE);
	expect_munmap(to, 8 * PAGE);
}

int main(void)
{
	expect_begin();
	in_place();
	moved();
	fixed();
	dont_unmap();
	doubled();
	several();
	expect_end();
	return 0;
}
