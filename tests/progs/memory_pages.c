/* msync, mincore, mseal: about pages that are there. */
#include "memory_calls.h"

#include <sys/mman.h>

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

static void look(unsigned long addr, unsigned long length)
{
	static unsigned char vec[64];
	long ret = expect_raw(SYS_mincore, addr, length, vec);

	expect_call("mincore");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_hex("vec", (unsigned long)vec);
	expect_ret(ret, false);
}

int main(void)
{
	expect_begin();
	unsigned long at = expect_pages();
	expect_range_flags(msync, at, PAGE, MS_ASYNC);
	expect_range_flags(msync, at, PAGE, MS_INVALIDATE | MS_SYNC);
	expect_range_flags(msync, at, PAGE, MS_ASYNC | MS_SYNC);
	expect_range_flags(msync, at, PAGE, 0x80);
	expect_range_flags(msync, at + 1, PAGE, 0);
	expect_range_flags(msync, at, 8 * PAGE, MS_SYNC);
	look(at, PAGE);
	look(at + 1, PAGE);
	look(at, 8 * PAGE);
	expect_range_flags(mseal, at, PAGE, 0x1);
	expect_range_flags(mseal, at + 1, PAGE, 0);
	expect_munmap(at + PAGE, 3 * PAGE);
	expect_range_flags(mseal, at, PAGE, 0); /* since Linux 6.10: what is sealed stays */
	expect_munmap(at, PAGE);
	expect_mprotect(at, PAGE, PROT_READ);
	expect_end();
	return 0;
}
