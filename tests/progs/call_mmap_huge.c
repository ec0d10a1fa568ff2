/*
 * mmap with MAP_HUGETLB and every size with a name. MAP_NORESERVE needs no free huge page, so
 * the sizes that the machine has succeed; without it, a machine with no pool gives ENOMEM.
 */
#include "expect.h"

#define MIB (1UL << 20)

static void sizes(void)
{
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_16KB, -1, 0);
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_64KB, -1, 0);
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_512KB, -1, 0);
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_1MB, -1, 0);
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_8MB, -1, 0);
	expect_mmap_drop(0, 16 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_16MB, -1, 0);
	expect_mmap_drop(0, 32 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_32MB, -1, 0);
	expect_mmap_drop(0, 256 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_256MB, -1, 0);
	expect_mmap_drop(0, 512 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_512MB, -1, 0);
	expect_mmap_drop(0, 1024 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_1GB, -1, 0);
	expect_mmap_drop(0, 2048 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2GB, -1, 0);
	expect_mmap_drop(0, 16384 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_16GB, -1, 0);
}

static void without_reservation(void)
{
	expect_mmap_drop(0, 2 * MIB, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB, -1, 0);
	expect_mmap_drop(0, 4 * MIB, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);
	expect_mmap_drop(0, 2 * MIB, PROT_NONE,
	    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB | MAP_SYNC |
	        MAP_FIXED_NOREPLACE | MAP_HUGE_2MB | 0x200000,
	    -1, 0);
	expect_mmap_drop(0, 1024 * MIB, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB | MAP_HUGE_1GB, -1, 0);
	expect_mmap(0, 2 * MIB, PROT_READ, MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);
	/* 2^22 bytes: a size that no header names. */
	expect_mmap(
	    0, 4 * MIB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | 0x58000000, -1, 0);
}

/* munmap(2): the range of a huge mapping must be whole huge pages. */
static void odd_lengths(void)
{
	unsigned long addr = expect_mmap(
	    0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_HUGETLB, -1, 0);

	if (expect_failed((long)addr))
		return;
	expect_munmap(addr, 4096);
	expect_mprotect(addr, 4096, PROT_NONE);
	expect_munmap(addr, 2 * MIB);
}

int main(void)
{
	expect_begin();
	sizes();
	without_reservation();
	odd_lengths();
	expect_end();
	return 0;
}
