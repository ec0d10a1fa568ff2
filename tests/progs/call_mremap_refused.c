/* mremap that fails: bad flags, addresses, lengths, overlaps, holes, no room. */
#include "expect.h"

#define PAGE 4096UL

static void bad_flags(unsigned long addr)
{
	expect_mremap(addr, PAGE, PAGE, 0x8, 0);
	expect_mremap(addr, PAGE, PAGE, MREMAP_MAYMOVE | 0xfffffff0, 0);
	expect_mremap(addr, PAGE, PAGE, 0x100000000, 0);
	expect_mremap(addr, PAGE, PAGE, MREMAP_FIXED, addr + 4 * PAGE);
	expect_mremap(addr, PAGE, PAGE, MREMAP_DONTUNMAP, 0);
	expect_mremap(addr, PAGE, PAGE, MREMAP_FIXED | MREMAP_DONTUNMAP | 0x10, addr);
	expect_mremap(addr, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
}

static void bad_ranges(unsigned long addr)
{
	expect_mremap(addr + 1, PAGE, PAGE, 0, 0);
	expect_mremap(addr, PAGE, 0, MREMAP_MAYMOVE, 0);
	expect_mremap(addr, 0, 0, MREMAP_MAYMOVE, 0);
	/* Doubling is for shared memory. */
	expect_mremap(addr, 0, PAGE, MREMAP_MAYMOVE, 0);
	expect_mremap(addr, PAGE, ~0UL, MREMAP_MAYMOVE, 0);
	expect_mremap(addr, ~0UL, PAGE, MREMAP_MAYMOVE, 0);
	expect_mremap(addr, ~0UL - 4095, PAGE, 0, 0);
	expect_mremap(addr, PAGE, 128UL << 40, MREMAP_MAYMOVE, 0);
	expect_mremap(addr, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, addr + 4 * PAGE + 1);
	expect_mremap(addr, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, ~0UL - 4095);
	expect_mremap(addr, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, addr + PAGE);
	expect_mremap(addr, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, addr);
}

/* The eight pages end at a hole, and the page after the hole is in use. */
static void no_room(unsigned long addr)
{
	expect_mremap(addr, PAGE, 2 * PAGE, 0, 0);
	expect_mremap(addr + 7 * PAGE, PAGE, 3 * PAGE, 0, 0);
	expect_mremap(addr + 8 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE, 0);
	expect_mremap(addr + 7 * PAGE, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE, 0);
	expect_mremap(0, PAGE, PAGE, MREMAP_MAYMOVE, 0);
	expect_mremap(0x800000000000, PAGE, PAGE, MREMAP_MAYMOVE, 0);
	/* More than memory: refused unless vm.overcommit_memory is 1. */
	expect_drop(expect_mremap(addr, PAGE, 1UL << 46, MREMAP_MAYMOVE, 0), 1UL << 46);
}

int main(void)
{
	unsigned long addr;

	expect_begin();
	addr =
	    expect_mmap(0, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_munmap(addr + 8 * PAGE, PAGE);
	bad_flags(addr);
	bad_ranges(addr);
	no_room(addr);
	expect_munmap(addr, 16 * PAGE);
	expect_end();
	return 0;
}
