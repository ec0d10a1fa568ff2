/* Flags that mmap refuses, or takes only from a file that knows them. */
#include "expect.h"

static void anonymous(void)
{
	/* MAP_TYPE is a number in four bits, and 1, 2, 3 and 8 are all it can be. */
	expect_mmap(0, 4096, PROT_READ, 0, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, 4096, PROT_READ, 0x4, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_ANONYMOUS | 0x4, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_ANONYMOUS | 0xa, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_ANONYMOUS | MAP_STACK | 0xf, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_ANONYMOUS, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0);
	expect_mmap(0, 4096, PROT_READ, MAP_DROPPABLE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
}

static void of_file(const struct expect_file *file, unsigned long fd)
{
	unsigned long addr;

	expect_mmap_file(file, 0, 4096, PROT_READ, 0, fd, 0);
	expect_mmap_file(file, 0, 4096, PROT_READ, 0x4, fd, 0);
	expect_mmap_file(file, 0, 4096, PROT_READ, MAP_DROPPABLE, fd, 0);
	expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED_VALIDATE | 0x200000, fd, 0);
	expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0);
	expect_mmap_file(file, 0, 4096, PROT_READ, MAP_PRIVATE | MAP_GROWSDOWN, fd, 0);
	expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED | MAP_GROWSDOWN, fd, 0);
	expect_mmap_file(file, 0, 1 << 21, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, fd, 0);
	addr = expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED_VALIDATE, fd, 0);
	expect_drop(addr, 4096);
	/* Only the older type ignores bits that nobody knows; MAP_SYNC it may still refuse. */
	addr = expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED | 0x200000, fd, 0);
	expect_drop(addr, 4096);
	addr = expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED | MAP_SYNC, fd, 0);
	expect_drop(addr, 4096);
}

int main(void)
{
	char path[8192];
	struct expect_file file = {.path = expect_path(path, sizeof(path), "refused")};
	int fd = expect_make("refused", 8192);

	expect_begin();
	anonymous();
	of_file(&file, (unsigned long)fd);
	expect_end();
	unlink("refused");
	return 0;
}
