/* pkey_mprotect with no key, key 0, an own key where the machine has them, and bad ones. */
#include "expect.h"

int main(void)
{
	unsigned long addr;
	int key;

	expect_begin();
	addr = expect_mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* pkeys(7): -1 is no key at all, plain mprotect, on any machine. */
	expect_pkey_mprotect(addr, 4096, PROT_READ, -1);
	expect_pkey_mprotect(addr, 8192, PROT_NONE, -1);
	expect_pkey_mprotect(addr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, 0);
	expect_pkey_mprotect(addr, 4096, PROT_READ, 15);
	expect_pkey_mprotect(addr, 4096, PROT_READ, 99);
	expect_pkey_mprotect(addr, 4096, PROT_READ, -2);
	expect_pkey_mprotect(addr + 1, 4096, PROT_READ, -1);
	expect_pkey_mprotect(addr, ~0UL, PROT_READ, -1);
	expect_pkey_mprotect(addr, 4096, PROT_READ | PROT_GROWSDOWN, -1);
	expect_pkey_mprotect(addr, 4096, PROT_SEM | 0x20, -1);
	expect_pkey_mprotect(addr, 0, PROT_WRITE, -1);
	expect_munmap(addr + 8192, 4096);
	expect_pkey_mprotect(addr, 16384, PROT_READ, -1);
	key = (int)syscall(SYS_pkey_alloc, 0, 0);
	if (key >= 0) {
		expect_pkey_mprotect(addr, 4096, PROT_READ | PROT_WRITE, key);
		expect_mprotect(addr, 4096, PROT_READ);
		syscall(SYS_pkey_free, key);
	}
	expect_munmap(addr, 16384);
	expect_end();
	return 0;
}
