/* expect.h's for the calls of %memory that take an address and a length, or nothing but flags. */
#ifndef MEMORY_CALLS_H
#define MEMORY_CALLS_H

#include "expect.h"

#define PAGE 4096UL

/* NULL: the call has no flags. */
static inline long expect_range_call(
    const char *name, long nr, unsigned long addr, unsigned long length, unsigned long flags, const char *names)
{
	long ret = expect_raw(nr, addr, length, flags);

	expect_call(name);
	expect_hex("addr", addr);
	expect_size("length", length);
	if (names)
		expect_names("flags", names);
	expect_ret(ret, false);
	return ret;
}

#define expect_range(call, addr, length)              expect_range_call(#call, SYS_##call, addr, length, 0, NULL)
#define expect_range_flags(call, addr, length, flags) \
	expect_range_call(#call, SYS_##call, addr, length, flags, #flags)

static inline long expect_flags_call(const char *name, long nr, unsigned long flags, const char *names)
{
	long ret = expect_raw(nr, flags);

	expect_call(name);
	if (names)
		expect_names("flags", names);
	expect_ret(ret, false);
	return ret;
}

#define expect_flags(call, flags) expect_flags_call(#call, SYS_##call, flags, #flags)
#define expect_nothing(call)      expect_flags_call(#call, SYS_##call, 0, NULL)

/* Four pages to do something with. */
static inline unsigned long expect_pages(void)
{
	return expect_mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

#endif
