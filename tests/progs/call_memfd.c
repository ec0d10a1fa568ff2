/* Mappings of memory files: always unlinked, named /memfd:NAME, and NAME can be any bytes. */
#include "expect.h"

#include <sys/mman.h>

static void map(const struct expect_file *file, int fd)
{
	unsigned long addr;

	if (fd < 0 || ftruncate(fd, 8192) < 0)
		expect_die("memfd_create");
	addr = expect_mmap_file(file, 0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect_munmap(addr, 8192);
	addr = expect_mmap_file(file, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
	expect_munmap(addr, 4096);
	expect_mmap_file(file, 0, 0, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
}

static void map_named(const char *path)
{
	const struct expect_file file = {.path = path, .deleted = true};

	map(&file, memfd_create(path + strlen("/memfd:"), MFD_CLOEXEC));
}

/* A seal refuses the mapping that a descriptor open for writing would allow. */
static void map_sealed(void)
{
	const struct expect_file file = {.path = "/memfd:sealed", .deleted = true};
	int fd = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (ftruncate(fd, 4096) < 0 || fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE) < 0)
		expect_die("seal");
	expect_mmap_file(&file, 0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
}

/* MAP_NORESERVE: no free huge page is needed. */
static void map_huge(void)
{
	const struct expect_file file = {.path = "/memfd:huge", .deleted = true};
	int fd = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB);
	unsigned long addr;

	if (fd < 0)
		return;
	addr = expect_mmap_file(&file, 0, 2 << 20, PROT_READ, MAP_SHARED, fd, 0);
	expect_drop(addr, 2 << 20);
	addr = expect_mmap_file(
	    &file, 0, 2 << 20, PROT_READ, MAP_SHARED | MAP_NORESERVE | MAP_HUGETLB, fd, 0);
	expect_drop(addr, 2 << 20);
	close(fd);
}

int main(void)
{
	const struct expect_file bad = {
	    .path = "/memfd:bad\xff",
	    .shown = "/memfd:bad\xef\xbf\xbd",
	    .deleted = true,
	};

	expect_begin();
	map_named("/memfd:plain");
	map_named("/memfd:");
	map_named("/memfd:twice (deleted)");
	map_named("/memfd:with/slash\nand \"quotes\" \\012");
	map(&bad, memfd_create("bad\xff", MFD_CLOEXEC));
	map_sealed();
	map_huge();
	expect_end();
	return 0;
}
