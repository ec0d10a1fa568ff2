#include "engine/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/buf.h"
#include "util/cleanup.h"

static int open_folder(int at, const char *path)
{
	int fd = openat(at, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* Mounted, but nowhere: it's gone with its descriptor. */
static int mount_own(void)
{
	_cleanup_(cleanup_close) int fs = (int)syscall(SYS_fsopen, "tracefs", FSOPEN_CLOEXEC);
	if (fs < 0 || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	int mount = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
	    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return mount < 0 ? -errno : mount;
}

#define RIGHTS "setcap cap_perfmon,cap_dac_read_search,cap_ipc_lock,cap_sys_ptrace+ep memtrace, or be root"

int tracefs_open(struct err *err)
{
	static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	int r = -ENOENT;
	for (size_t i = 0; i < countof(places); i++) {
		int root = open_folder(AT_FDCWD, places[i]);
		_cleanup_(cleanup_close) int events = root < 0 ? root : open_folder(root, "events");
		if (events >= 0)
			return root;
		cleanup_close(&root);
		r = events == -EACCES ? events : r;
	}
	if (r == -EACCES)
		return err_set(err, r, "engine perf may not read /sys/kernel/tracing: " RIGHTS);
	int mount = mount_own();
	if (mount >= 0)
		return mount;
	return err_set(err, mount,
	    "engine perf needs the list of tracepoints: mount -t tracefs tracefs /sys/kernel/tracing%s",
	    geteuid() == 0 ? "" : "; and " RIGHTS);
}

/* Where the text behind `before` begins, that ends with `name`; NULL: nowhere. */
static const char *find_field(struct str format, const char *name)
{
	static const char before[] = "field:", offset[] = "offset:";
	size_t len = strlen(name);
	if (!format.len)
		return NULL;
	const char *end = format.s + format.len;
	for (const char *at = format.s; (at = memmem(at, (size_t)(end - at), before, strlen(before)));) {
		const char *stop = memchr(at, ';', (size_t)(end - at));
		const char *array = stop ? memchr(at, '[', (size_t)(stop - at)) : NULL;
		const char *last = array && array[-1] != ' ' && stop[-1] == ']' ? array : stop;
		if (!stop)
			return NULL;
		if ((size_t)(last - at) > len && memcmp(last - len, name, len) == 0 && last[-1 - (ptrdiff_t)len] == ' ') {
			const char *found = memmem(stop, (size_t)(end - stop), offset, strlen(offset));
			return found ? found + strlen(offset) : NULL;
		}
		at = stop;
	}
	return NULL;
}

int tracefs_field(struct str format, const char *name)
{
	int offset = -1;
	const char *at = find_field(format, name);
	for (; at && at < format.s + format.len && *at >= '0' && *at <= '9' && offset < 4096; at++)
		offset = (offset < 0 ? 0 : offset * 10) + (*at - '0');
	return offset;
}

static int read_all(int at, const char *path, struct buf *ret)
{
	_cleanup_(cleanup_close) int fd = openat(at, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ssize_t n;
	do {
		buf_reserve(ret, 4096);
		n = read(fd, ret->data + ret->len, 4095);
		ret->len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	buf_char(ret, '\0');
	ret->len--;
	return n < 0 ? -errno : 0;
}

int tracefs_point(
    int tracefs, const char *name, const char *const names[2], struct perf_tracepoint *ret, struct err *err)
{
	_cleanup_(buf_free) struct buf id = {0}, format = {0};
	char path[128];
	snprintf(path, sizeof(path), "events/%s/id", name);
	int r = read_all(tracefs, path, &id);
	snprintf(path, sizeof(path), "events/%s/format", name);
	if (r == 0)
		r = read_all(tracefs, path, &format);
	if (r < 0 || !id.data)
		return err_sys(err, r, "engine perf can't read about tracepoint %s in tracefs", name);
	ret->type = (uint16_t)strtoul(id.data, NULL, 10);
	for (unsigned i = 0; i < 2 && names[i]; i++) {
		int at = tracefs_field(buf_view(&format), names[i]);
		if (at < 0)
			return err_set(err, -ENOTSUP, "engine perf: this kernel's tracepoint %s has no field %s; "
			    "try --engine=ptrace", name, names[i]);
		ret->field[i] = (unsigned)at;
	}
	return 0;
}
