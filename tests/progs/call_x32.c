/*
 * x32's numbers: seen as such, whether the kernel has them (CONFIG_X86_X32_ABI) or fails with
 * ENOSYS.
 */
#include "expect.h"

#define X32 0x40000000L

int main(void)
{
	long ret;

	expect_begin();
	ret = expect_raw(X32 | SYS_mmap, 0L, 4096L, 1L, 0x22L, -1L, 0L);
	expect_call("mmap");
	expect_put(",\"abi\":\"x32\"");
	expect_hex("addr", 0);
	expect_size("length", 4096);
	expect_names("prot", "PROT_READ");
	expect_names("flags", "MAP_PRIVATE | MAP_ANONYMOUS");
	expect_int("fd", -1);
	expect_size("offset", 0);
	expect_ret(ret, true);
	ret = expect_raw(X32 | SYS_munmap, 1L, 4096L);
	expect_call("munmap");
	expect_put(",\"abi\":\"x32\"");
	expect_hex("addr", 1);
	expect_size("length", 4096);
	expect_ret(ret, false);
	expect_end();
	return 0;
}
