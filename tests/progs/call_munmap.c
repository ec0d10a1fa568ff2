/* munmap of one, several and no mappings, of parts of one, and with arguments it refuses. */
#include "expect.h"

#define PAGE 4096UL

static void parts(void)
{
	unsigned long addr =
	    expect_mmap(0, 16 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect_munmap(addr, PAGE);
	expect_munmap(addr + 15 * PAGE, PAGE);
	expect_munmap(addr + 4 * PAGE, PAGE);
	/* A length is rounded up to pages, an address isn't rounded. */
	expect_munmap(addr + 8 * PAGE, 1);
	expect_munmap(addr + 10 * PAGE, PAGE + 1);
	expect_munmap(addr + 1, PAGE);
	/* All that is left, with the holes, then nothing at all: no error (munmap(2)). */
	expect_mprotect(addr + 6 * PAGE, PAGE, PROT_NONE);
	expect_munmap(addr, 16 * PAGE);
	expect_munmap(addr, 16 * PAGE);
}

static void refused(void)
{
	unsigned long addr = expect_mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	expect_munmap(addr, 0);
	expect_munmap(addr + 4095, PAGE);
	expect_munmap(addr, ~0UL);
	expect_munmap(addr, ~0UL - 4095);
	expect_munmap(addr, 1UL << 63);
	expect_munmap(addr, 128UL << 40);
	/* addr + length wraps around to 4096. */
	expect_munmap(addr, 2 * PAGE - addr);
	expect_munmap(0, 0);
	expect_munmap(~0UL, PAGE);
	expect_munmap(0x7ffffffff000, PAGE);
	expect_munmap(0x800000000000, PAGE);
	expect_munmap(0xffffffffff600000, PAGE); /* the vsyscall page */
	expect_munmap(addr, PAGE);
}

int main(void)
{
	expect_begin();
	parts();
	refused();
	expect_munmap(0, PAGE);
	expect_end();
	return 0;
}
