/*
 * remap_file_pages: the call counts its offset in pages, the event in bytes. Since Linux 4.0 the
 * kernel does it as a mapping of its own (remap_file_pages(2)), so it works only on a shared one.
 */
#include "expect.h"

#define PAGE 4096UL

static void refused(unsigned long addr)
{
	expect_remap_file_pages(addr, PAGE, PROT_READ, 0, 0);
	expect_remap_file_pages(addr, PAGE, PROT_READ | PROT_EXEC | 0x40, 0, 0);
	expect_remap_file_pages(addr, 0, PROT_NONE, 0, 0);
	expect_remap_file_pages(addr, 64 * PAGE, PROT_NONE, 0, 0);
	expect_remap_file_pages(addr, ~0UL, PROT_NONE, 0, 0);
	expect_remap_file_pages(addr, PAGE, PROT_NONE, 1UL << 51, 0);
	expect_remap_file_pages(0, PAGE, PROT_NONE, 0, 0);
}

int main(void)
{
	char path[8192];
	struct expect_file file = {.path = expect_path(path, sizeof(path), "pages")};
	int fd = expect_make("pages", 16 * 4096);
	unsigned long addr;

	expect_begin();
	addr = expect_mmap_file(&file, 0, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect_remap_file_pages(addr, PAGE, PROT_NONE, 7, 0);
	expect_remap_file_pages(addr + PAGE, 2 * PAGE, PROT_NONE, 0, MAP_NONBLOCK);
	expect_remap_file_pages(
	    addr + 4 * PAGE, PAGE, PROT_NONE, 12, MAP_SHARED | MAP_POPULATE | 0x200000);
	/* The address is rounded down and the length too. */
	expect_remap_file_pages(addr + 5 * PAGE + 1, PAGE + 4095, PROT_NONE, 1, 0);
	expect_remap_file_pages(addr + 6 * PAGE, PAGE, PROT_NONE, 1UL << 40, 0);
	refused(addr);
	expect_munmap(addr, 8 * PAGE);
	addr = expect_mmap_file(&file, 0, 8 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	expect_remap_file_pages(addr, PAGE, PROT_NONE, 3, 0);
	expect_munmap(addr, 8 * PAGE);
	addr = expect_mmap(0, 8 * PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	expect_remap_file_pages(addr, PAGE, PROT_NONE, 3, 0);
	expect_munmap(addr, 8 * PAGE);
	expect_end();
	unlink("pages");
	return 0;
}
