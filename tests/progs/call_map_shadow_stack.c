/*
 * map_shadow_stack: what comes back depends on the kernel (since 6.6) and the processor. The
 * memory is given back: no thread uses it.
 */
#include "expect.h"

int main(void)
{
	unsigned long addr;

	expect_begin();
	addr = expect_map_shadow_stack(0, 4096, SHADOW_STACK_SET_TOKEN);
	expect_drop(addr, 4096);
	addr = expect_map_shadow_stack(0, 8192, 0);
	expect_drop(addr, 8192);
	addr = expect_map_shadow_stack(0, 8192, SHADOW_STACK_SET_TOKEN | SHADOW_STACK_SET_MARKER);
	expect_drop(addr, 8192);
	addr = expect_map_shadow_stack(0x200000000, 4096, SHADOW_STACK_SET_TOKEN);
	expect_drop(addr, 4096);
	expect_map_shadow_stack(0, 0, SHADOW_STACK_SET_TOKEN);
	expect_map_shadow_stack(1, 4096, SHADOW_STACK_SET_TOKEN);
	expect_map_shadow_stack(0, 3, SHADOW_STACK_SET_TOKEN);
	expect_map_shadow_stack(0, ~0UL, SHADOW_STACK_SET_TOKEN);
	expect_map_shadow_stack(0, 4096, SHADOW_STACK_SET_MARKER | 0xc0);
	expect_end();
	return 0;
}
