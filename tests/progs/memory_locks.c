/* mlock, mlock2, munlock, mlockall, munlockall. */
#include "memory_calls.h"

#include <sys/mman.h>

int main(void)
{
	expect_begin();
	unsigned long at = expect_pages();
	expect_range(mlock, at, PAGE);
	expect_range(mlock, at + 1, 1);
	expect_range(mlock, at, 0);
	expect_range(mlock, at, 8 * PAGE); /* a hole behind it */
	expect_range(mlock, ~0UL, PAGE);
	expect_range_flags(mlock2, at, PAGE, 0);
	expect_range_flags(mlock2, at, PAGE, MLOCK_ONFAULT);
	expect_range_flags(mlock2, at, PAGE, MLOCK_ONFAULT | 0x4);
	expect_range(munlock, at, PAGE);
	expect_range(munlock, at, 8 * PAGE);
	expect_flags(mlockall, MCL_FUTURE | MCL_ONFAULT);
	expect_flags(mlockall, 0);
	expect_flags(mlockall, MCL_ONFAULT);
	expect_flags(mlockall, MCL_CURRENT | 0x40);
	expect_nothing(munlockall);
	expect_munmap(at, 4 * PAGE);
	expect_end();
	return 0;
}
