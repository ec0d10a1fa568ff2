/* prctl: options that concern memory, and others that aren't told of. */
#include "memory_calls.h"

#include <sys/prctl.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE              65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif
#ifndef PR_MDWE_NO_INHERIT
#define PR_MDWE_NO_INHERIT 2
#endif

static void mdwe(unsigned long bits, const char *names)
{
	long ret = expect_raw(SYS_prctl, PR_SET_MDWE, bits, 0, 0, 0);

	expect_call("prctl");
	expect_string("option", "PR_SET_MDWE");
	expect_names("flags", names);
	expect_ret(ret, false);
}

#define expect_mdwe(bits) mdwe(bits, #bits)

static void set_mm(unsigned long field, const char *name, unsigned long addr, unsigned long length)
{
	long ret = expect_raw(SYS_prctl, PR_SET_MM, field, addr, length, 0);

	expect_call("prctl");
	expect_string("option", "PR_SET_MM");
	expect_string("cmd", name);
	expect_hex("addr", addr);
	if (length)
		expect_size("length", length);
	expect_ret(ret, false);
}

static void thp_disable(unsigned long disable)
{
	long ret = expect_raw(SYS_prctl, PR_SET_THP_DISABLE, disable, 0, 0, 0);

	expect_call("prctl");
	expect_string("option", "PR_SET_THP_DISABLE");
	expect_size("disable", disable);
	expect_ret(ret, false);
}

int main(void)
{
	unsigned long brk = (unsigned long)syscall(SYS_brk, 0);

	expect_begin();
	thp_disable(1);
	thp_disable(0);
	thp_disable(7);
	syscall(SYS_prctl, PR_GET_DUMPABLE);
	syscall(SYS_prctl, PR_SET_NAME, "memory_prctl");
	set_mm(PR_SET_MM_START_BRK, "PR_SET_MM_START_BRK", 0, 0);
	set_mm(PR_SET_MM_BRK, "PR_SET_MM_BRK", brk, 0);
	set_mm(PR_SET_MM_MAP, "PR_SET_MM_MAP", 0x10000, 16);
	set_mm(99, "0x63", 0x10000, 0);
	expect_mdwe(0);
	expect_mdwe(PR_MDWE_NO_INHERIT);
	expect_mdwe(PR_MDWE_REFUSE_EXEC_GAIN | 0x40);
	expect_mdwe(PR_MDWE_REFUSE_EXEC_GAIN);
	unsigned long at = expect_pages();
	expect_mprotect(at, PAGE, PROT_READ | PROT_EXEC);
	expect_munmap(at, 4 * PAGE);
	expect_end();
	return 0;
}
