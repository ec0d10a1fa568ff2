/* mmap with every flag that the kernel takes for anonymous memory, alone and together. */
#include "expect.h"

static void types(unsigned long len)
{
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	/* DROPPABLE (Linux 6.11) is a type of its own, no modifier of PRIVATE. */
	expect_mmap_drop(0, len, PROT_READ, MAP_DROPPABLE | MAP_ANONYMOUS, -1, 0);
}

static void modifiers(unsigned long len)
{
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_ABOVE4G, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_DENYWRITE, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_EXECUTABLE, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NONBLOCK, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_SYNC, -1, 0);
	expect_mmap_drop(
	    0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_UNINITIALIZED, -1, 0);
}

static void together(unsigned long len)
{
	expect_mmap_drop(0, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK,
	    -1, 0);
	expect_mmap_drop(0, len, PROT_READ,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_32BIT | MAP_ABOVE4G | MAP_DENYWRITE | MAP_EXECUTABLE |
	        MAP_LOCKED | MAP_NORESERVE | MAP_POPULATE | MAP_NONBLOCK | MAP_STACK | MAP_SYNC |
	        MAP_UNINITIALIZED,
	    -1, 0);
	expect_mmap_drop(0x20000000, len, PROT_READ,
	    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/* Without MAP_SHARED_VALIDATE the kernel ignores bits that it doesn't know. */
static void unknown(unsigned long len)
{
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x200000, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x200, -1, 0);
	expect_mmap_drop(0, len, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_STACK | 0x2000600, -1, 0);
	/* The bits of a huge page size mean nothing without MAP_HUGETLB. */
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x78000000, -1, 0);
	expect_mmap_drop(
	    0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_UNINITIALIZED | 0x50000000, -1, 0);
	expect_mmap_drop(
	    0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x8000000080000000, -1, 0);
}

int main(void)
{
	expect_begin();
	types(8192);
	modifiers(8192);
	together(8192);
	unknown(8192);
	expect_end();
	return 0;
}
