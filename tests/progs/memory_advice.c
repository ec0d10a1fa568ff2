/* madvise with each advice there is and some that aren't, and process_madvise of oneself. */
#include "memory_calls.h"

#include <sys/mman.h>
#include <sys/uio.h>

static const struct {
	int advice;
	const char *name;
} advices[] = {{0, "MADV_NORMAL"}, {1, "MADV_RANDOM"}, {2, "MADV_SEQUENTIAL"}, {3, "MADV_WILLNEED"},
    {4, "MADV_DONTNEED"}, {8, "MADV_FREE"}, {9, "MADV_REMOVE"}, {10, "MADV_DONTFORK"}, {11, "MADV_DOFORK"},
    {12, "MADV_MERGEABLE"}, {13, "MADV_UNMERGEABLE"}, {14, "MADV_HUGEPAGE"}, {15, "MADV_NOHUGEPAGE"},
    {16, "MADV_DONTDUMP"}, {17, "MADV_DODUMP"}, {18, "MADV_WIPEONFORK"}, {19, "MADV_KEEPONFORK"},
    {20, "MADV_COLD"}, {21, "MADV_PAGEOUT"}, {22, "MADV_POPULATE_READ"}, {23, "MADV_POPULATE_WRITE"},
    {24, "MADV_DONTNEED_LOCKED"}, {25, "MADV_COLLAPSE"}, {102, "MADV_GUARD_INSTALL"}, {103, "MADV_GUARD_REMOVE"},
    {5, "0x5"}, {77, "0x4d"}, {-1, "0xffffffff"}};

static void advise(unsigned long addr, unsigned long length, int advice, const char *name)
{
	long ret = expect_raw(SYS_madvise, addr, length, advice);

	expect_call("madvise");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_string("advice", name);
	expect_ret(ret, false);
}

static void advise_process(int fd, const struct iovec *ranges, unsigned long n, int advice, const char *name)
{
	long ret = expect_raw(SYS_process_madvise, fd, ranges, n, advice, 0);

	expect_call("process_madvise");
	expect_int("pidfd", fd);
	expect_hex("iovec", (unsigned long)ranges);
	expect_size("vlen", n);
	expect_string("advice", name);
	expect_names("flags", "0");
	expect_ret(ret, false);
}

int main(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	expect_begin();
	unsigned long at = expect_pages();
	for (unsigned i = 0; i < sizeof(advices) / sizeof(advices[0]); i++)
		advise(at, PAGE, advices[i].advice, advices[i].name);
	advise(at + 1, PAGE, 4, "MADV_DONTNEED");
	advise(at, 0, 4, "MADV_DONTNEED");
	advise(at, 8 * PAGE, 10, "MADV_DONTFORK");
	struct iovec ranges[2] = {{(void *)at, PAGE}, {(void *)(at + 2 * PAGE), PAGE}};
	advise_process(fd, ranges, 2, 20, "MADV_COLD");
	advise_process(fd, NULL, 1, 20, "MADV_COLD");
	advise_process(-1, ranges, 1, 21, "MADV_PAGEOUT");
	expect_munmap(at, 4 * PAGE);
	expect_end();
	return 0;
}
