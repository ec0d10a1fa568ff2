/* mbind: a mode, with flags beside it, and a mask of nodes in memory. */
#include "memory_calls.h"

#include <linux/mempolicy.h>

/* `nodes`: what the mask says to the kernel; 0: no mask is to be seen. */
static void bind(unsigned long addr, unsigned long mode, const char *mode_name, const unsigned long *mask,
    unsigned long nodes, unsigned long maxnode, unsigned long flags, const char *flag_names)
{
	long ret = expect_raw(SYS_mbind, addr, PAGE, mode, mask, maxnode, flags);

	expect_call("mbind");
	expect_hex("addr", addr);
	expect_size("length", PAGE);
	expect_string("mode", mode_name);
	if (nodes)
		expect_hex("nodes", nodes);
	expect_size("maxnode", maxnode);
	expect_names("flags", flag_names);
	expect_ret(ret, false);
}

#define expect_bind(addr, mode, name, mask, nodes, maxnode, flags) \
	bind(addr, mode, name, mask, nodes, maxnode, flags, #flags)

int main(void)
{
	unsigned long first = 1, all = ~0UL;

	expect_begin();
	unsigned long at = expect_pages();
	expect_bind(at, 0, "MPOL_DEFAULT", NULL, 0, 0, 0);
	expect_bind(at, 2, "MPOL_BIND", &first, 1, 64, MPOL_MF_STRICT | MPOL_MF_MOVE);
	expect_bind(at, 3, "MPOL_INTERLEAVE", &all, 7, 4, 0);
	expect_bind(at, 1 | 1 << 15, "MPOL_PREFERRED|MPOL_F_STATIC_NODES", &first, 1, 65, 0);
	expect_bind(at, 2 | 1 << 13 | 1 << 14, "MPOL_BIND|MPOL_F_RELATIVE_NODES|MPOL_F_NUMA_BALANCING", &all, ~0UL, 65, 0x8);
	expect_bind(at, 4, "MPOL_LOCAL", &first, 0, 1, 0);
	expect_bind(at, 5, "MPOL_PREFERRED_MANY", (unsigned long *)8, 0, 64, 0);
	expect_bind(at, 6, "MPOL_WEIGHTED_INTERLEAVE", &first, 1, 64, MPOL_MF_MOVE_ALL);
	expect_bind(at, 99, "0x63", NULL, 0, 0, 0);
	expect_munmap(at, 4 * PAGE);
	expect_end();
	return 0;
}
