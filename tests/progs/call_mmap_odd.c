/* mmap with arguments at the edges: lengths, offsets and descriptors of every size. */
#include "expect.h"

static void lengths(void)
{
	expect_mmap(0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, 4097, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* More than memory, less than the address space: only NORESERVE or PROT_NONE get it. */
	expect_mmap_drop(0, 1UL << 40, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, 1UL << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, 128UL << 40, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, 1UL << 53, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, (1UL << 53) + 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, 1UL << 63, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* Rounding up to a page wraps to 0. */
	expect_mmap(0, ~0UL, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, ~0UL - 4095, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0x7fff00000000, ~0UL - 0x7ffeffffffff, PROT_READ,
	    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
}

/* An offset matters even for anonymous memory: it must be whole pages. */
static void offsets(void)
{
	expect_mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 8192);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1UL << 63);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, ~0UL - 4095);
	expect_mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, ~0UL - 4095);
	expect_mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, ~0UL);
}

/* The kernel looks at 32 bits of the descriptor, and at none with MAP_ANONYMOUS. */
static void descriptors(void)
{
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0, 0);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 1, 0);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 123456, 0);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0xffffffff, 0);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0x80000000, 0);
	expect_mmap_drop(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, 0x700000005, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_PRIVATE, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_SHARED, -100, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_SHARED, 0xffffffff, 0);
	expect_mmap(0, 0, PROT_READ, MAP_PRIVATE, 9999, 0);
}

int main(void)
{
	expect_begin();
	lengths();
	offsets();
	descriptors();
	expect_end();
	return 0;
}
