#include "engine/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "util/cleanup.h"

static int open_group(const char *path)
{
	struct statfs fs;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int r = fstatfs(fd, &fs) < 0 ? -errno : 0;
	if (r == 0 && fs.f_type != CGROUP2_SUPER_MAGIC && fs.f_type != CGROUP_SUPER_MAGIC)
		r = -EINVAL;
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

int cgroup_open(const char *path, struct err *err)
{
	/* The second one's groups are those that version 1 has for perf. */
	static const char *const places[] = {"", "/sys/fs/cgroup/", "/sys/fs/cgroup/perf_event/",
	    "/sys/fs/cgroup/unified/"};
	char full[PATH_MAX];
	int r = -ENOENT;
	for (size_t i = 0; i < countof(places); i++) {
		snprintf(full, sizeof(full), "%s%s", places[i], path);
		int fd = open_group(full);
		if (fd >= 0)
			return fd;
		r = fd == -ENOENT || fd == -ENOTDIR ? r : fd;
	}
	if (r == -EINVAL)
		return err_set(err, r, "--cgroup=%s: that isn't a control group's folder, as those below /sys/fs/cgroup are", path);
	if (r == -ENOENT)
		return err_set(err, r, "--cgroup=%s: there is no such control group below /sys/fs/cgroup", path);
	return err_sys(err, r, "--cgroup=%s: can't open it", path);
}
