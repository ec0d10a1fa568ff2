/* mmap of descriptors that are no plain files: a directory, a pipe, a socket, /dev/zero. */
#include "expect.h"

#include <sys/socket.h>

static void directory(void)
{
	char path[8192];
	struct expect_file file = {.path = getcwd(path, sizeof(path))};
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	expect_mmap_file(&file, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
}

static void no_name(const char *kind, int fd)
{
	char path[64];
	struct expect_file file = {.path = path};

	snprintf(path, sizeof(path), "%s:[%lu]", kind, expect_id_fd(fd).inode);
	expect_mmap_file(&file, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
}

/*
 * A private mapping of /dev/zero keeps that name. A shared one is given an object of its own in
 * the kernel's tmpfs, which has the name too, but is unlinked and has another inode.
 */
static void dev_zero(void)
{
	static const struct expect_file device = {.path = "/dev/zero"};
	static const struct expect_file object = {.path = "/dev/zero", .deleted = true};
	unsigned long addr;
	int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);

	addr = expect_mmap_file(&device, 0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	expect_drop(addr, 8192);
	addr = expect_mmap_file(&object, 0, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect_drop(addr, 8192);
	expect_mmap_file(&device, 0, 0, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
}

int main(void)
{
	static const struct expect_file null = {.path = "/dev/null"};
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int ends[2];

	expect_begin();
	directory();
	if (pipe(ends) < 0)
		expect_die("pipe");
	no_name("pipe", ends[0]);
	close(ends[1]);
	no_name("socket", socket(AF_UNIX, SOCK_STREAM, 0));
	expect_mmap_file(&null, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	dev_zero();
	expect_end();
	return 0;
}
