/* The raw brk: asking, growing, shrinking, and requests it answers with the unchanged break. */
#include "expect.h"

int main(void)
{
	unsigned long first;

	expect_begin();
	first = expect_brk(0);
	expect_brk(first + 8192);
	expect_brk(first + 8193);
	expect_brk(first + 8193);
	expect_brk(first + (1 << 20));
	expect_brk(first + 4096);
	expect_brk(first + 1);
	/* Refused: too much, below the heap's start, wrapped around. */
	expect_brk(first + (1UL << 46));
	expect_brk(1);
	expect_brk(4096);
	expect_brk(~0UL);
	expect_brk(1UL << 63);
	expect_brk(first);
	expect_brk(0);
	expect_end();
	return 0;
}
