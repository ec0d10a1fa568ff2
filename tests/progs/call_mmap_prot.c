/* mmap with every protection, named or not: the kernel ignores the bits it doesn't know. */
#include "expect.h"

int main(void)
{
	const unsigned long len = 8192;

	expect_begin();
	expect_mmap_drop(0, len, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(
	    0, len, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_SEM, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_READ | PROT_SEM, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_GROWSDOWN, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_GROWSUP, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len,
	    PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM | PROT_GROWSDOWN | PROT_GROWSUP,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, 0x10, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(0, len, PROT_READ | 0xf0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap_drop(
	    0, len, PROT_READ | PROT_GROWSUP | 0x80000040, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* The argument is an unsigned long: bits above 31 reach the kernel. */
	expect_mmap_drop(0, len, PROT_WRITE | 0x10000000000, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_end();
	return 0;
}
