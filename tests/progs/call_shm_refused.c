/* shmat and shmdt that fail: no such segment, bad addresses, nothing attached there. */
#include "expect.h"

int main(void)
{
	static const struct expect_file none = {.path = "never attached"};
	unsigned long addr;
	int id;

	expect_begin();
	expect_shmat(&none, 0, -1, 0, 0);
	expect_shmat(&none, 0, 0x7fffffff, 0, SHM_RDONLY);
	id = shmget(IPC_PRIVATE, 8192, IPC_CREAT | 0600);
	addr = expect_mmap(0, 16384, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	expect_shmat(&none, 0, id, addr, 0);
	expect_shmat(&none, 0, id, addr + 8, SHM_RND);
	expect_shmat(&none, 0, id, addr + 1, 0);
	expect_shmat(&none, 0, id, addr + 1, SHM_REMAP);
	expect_shmat(&none, 0, id, 0, SHM_REMAP);
	expect_shmat(&none, 0, id, 8, SHM_RND | SHM_REMAP | SHM_EXEC);
	expect_shmat(&none, 0, id, 0x7ffffffff000, 0);
	expect_shmat(&none, 0, id, ~0UL - 4095, SHM_RDONLY | SHM_RND | SHM_REMAP | SHM_EXEC | 0x7);
	expect_shmdt(addr);
	expect_shmdt(addr + 1);
	expect_shmdt(0);
	expect_shmdt(~0UL);
	expect_munmap(addr, 16384);
	shmctl(id, IPC_RMID, NULL);
	expect_shmat(&none, 0, id, 0, 0);
	expect_end();
	return 0;
}
