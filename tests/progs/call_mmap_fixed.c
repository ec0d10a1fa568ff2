/* mmap at a wished address: hints, MAP_FIXED over what is there, MAP_FIXED_NOREPLACE, address 0. */
#include "expect.h"

#define PAGE 4096UL

static void hints(unsigned long base)
{
	expect_mmap_drop(base + 16 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* A hint in use or unaligned is only a hint. */
	expect_mmap_drop(base, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(base + 1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(~0UL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* Above 2^47 mmap goes only where the hint asks for it, and the machine has 5 levels. */
	expect_mmap_drop(1UL << 48, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void fixed(unsigned long base)
{
	expect_mmap(base, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	expect_mmap(base + PAGE, 2 * PAGE, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	expect_mmap(base + 100, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	expect_mmap(
	    base, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	expect_mmap(base - PAGE, 2 * PAGE, PROT_READ,
	    MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	expect_munmap(base + 4 * PAGE, PAGE);
	expect_mmap(base + 4 * PAGE, PAGE, PROT_READ,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

/* Below vm.mmap_min_addr: EPERM, or for root a success whose result is 0. */
static void at_zero(void)
{
	expect_mmap_drop(0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(
	    0, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	expect_mmap_drop(1, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

int main(void)
{
	unsigned long base;

	expect_begin();
	base = expect_mmap(0, 32 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_munmap(base + 16 * PAGE, 16 * PAGE);
	hints(base);
	fixed(base);
	at_zero();
	expect_mmap(
	    0x7ffffffff000, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	expect_mmap(
	    0xffff800000000000, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0);
	expect_munmap(base, 16 * PAGE);
	expect_end();
	return 0;
}
