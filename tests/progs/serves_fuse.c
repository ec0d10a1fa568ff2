/*
 * serves_fuse DEVICE FOLDER FILE KIND: a file system of one file, `program`, which has what FILE has, mounted at FOLDER
 * (which is made) through DEVICE (fuse(4)); a child serves it, and makes a mapping and takes it away for each request.
 * KIND: "map" lets a mapping of the file fail, "execute" executes it. Prints what came of that.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROOT = FUSE_ROOT_ID, PROGRAM };

static int device;
static char *content;
static size_t size;

static void reply(const struct fuse_in_header *request, int error, const void *data, size_t len)
{
	struct fuse_out_header header = {.len = (unsigned)(sizeof(header) + len), .error = error, .unique = request->unique};
	struct iovec parts[] = {{&header, sizeof(header)}, {(void *)data, len}};
	if (writev(device, parts, len ? 2 : 1) < 0)
		_exit(0); /* it was unmounted */
}

static struct fuse_attr attributes(unsigned long node)
{
	return (struct fuse_attr){.ino = node,
	    .mode = node == ROOT ? S_IFDIR | 0755 : S_IFREG | 0755,
	    .nlink = 1,
	    .size = node == ROOT ? 0 : size,
	    .uid = getuid(),
	    .gid = getgid(),
	    .blksize = 4096};
}

static void answer(const struct fuse_in_header *request)
{
	const void *in = request + 1;
	const struct fuse_read_in *part = in;
	struct fuse_init_out init = {.major = FUSE_KERNEL_VERSION, .minor = 31, .max_readahead = 65536, .max_write = 65536};
	struct fuse_entry_out entry = {.nodeid = PROGRAM, .entry_valid = 1000, .attr = attributes(PROGRAM)};
	struct fuse_attr_out attr = {.attr = attributes(request->nodeid)};
	struct fuse_open_out opened = {0};
	size_t left;
	switch (request->opcode) {
	case FUSE_INIT: reply(request, 0, &init, sizeof(init)); break;
	case FUSE_LOOKUP:
		if (strcmp(in, "program") == 0)
			reply(request, 0, &entry, sizeof(entry));
		else
			reply(request, -ENOENT, NULL, 0);
		break;
	case FUSE_GETATTR: reply(request, 0, &attr, sizeof(attr)); break;
	case FUSE_OPEN:
	case FUSE_OPENDIR: reply(request, 0, &opened, sizeof(opened)); break;
	case FUSE_READ:
		left = part->offset < size ? size - part->offset : 0;
		reply(request, 0, content + part->offset, left < part->size ? left : part->size);
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR: reply(request, 0, NULL, 0); break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT: break;
	default: reply(request, -ENOSYS, NULL, 0);
	}
}

static void serve(void)
{
	static char request[1 << 18];
	for (;;) {
		ssize_t n = read(device, request, sizeof(request));
		if (n < 0 && errno != EINTR && errno != ENOENT)
			_exit(0);
		if (n < 0)
			continue;
		munmap(mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 65536);
		answer((struct fuse_in_header *)request);
	}
}

static int mount_at(const char *folder)
{
	char options[128];
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=%d,group_id=%d", device, getuid(), getgid());
	mkdir(folder, 0755);
	return mount("served", folder, "fuse", MS_NODEV, options);
}

static void use(const char *path, const char *kind)
{
	int status = 0;
	if (strcmp(kind, "map") == 0) {
		int fd = open(path, O_RDONLY);
		void *p = mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0);
		printf("%s\n", p == MAP_FAILED ? strerror(errno) : "mapped");
		return;
	}
	if (fork() == 0) {
		execl(path, "program", (char *)NULL);
		_exit(127);
	}
	wait(&status);
	printf("%d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
}

int main(int argc, char **argv)
{
	struct stat st;
	char path[4096];
	if (argc < 5)
		return 2;
	int fd = open(argv[3], O_RDONLY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return 3;
	size = (size_t)st.st_size;
	content = malloc(size);
	if (read(fd, content, size) != st.st_size)
		return 3;
	device = open(argv[1], O_RDWR);
	if (device < 0 || mount_at(argv[2]) < 0) {
		perror("mount");
		return 77;
	}
	if (fork() == 0)
		serve();
	close(device);
	snprintf(path, sizeof(path), "%s/program", argv[2]);
	use(path, argv[4]);
	fflush(stdout);
	umount2(argv[2], MNT_DETACH);
	return 0;
}
