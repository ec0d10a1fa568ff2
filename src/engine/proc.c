#include "engine/proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "decode/maps.h"
#include "engine/compat.h"
#include "util/cleanup.h"
#include "util/num.h"

struct proc_path {
	char text[64];
};

static struct proc_path path_of(pid_t tid, const char *file)
{
	struct proc_path path = {"/proc/"};
	char *p = num_dec(path.text + 6, (uint64_t)tid);
	*p++ = '/';
	size_t len = strlen(file);
	memcpy(p, file, len + 1);
	return path;
}

/* Append the whole of a file. Returns 0 or a negative errno. */
static int read_file(const char *path, struct buf *ret)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	for (;;) {
		buf_reserve(ret, 16384);
		ssize_t n = read(fd, ret->data + ret->len, ret->size - ret->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		ret->len += (size_t)n;
	}
}

/* The same of one under /proc. */
static int read_all(pid_t tid, const char *file, struct buf *ret)
{
	return read_file(path_of(tid, file).text, ret);
}

/* Append the target of a link under /proc. Returns 0 or a negative errno. */
static int read_link(pid_t tid, const char *file, struct buf *ret)
{
	struct proc_path path = path_of(tid, file);
	buf_reserve(ret, PATH_MAX);
	ssize_t n = readlink(path.text, ret->data + ret->len, PATH_MAX);
	if (n < 0)
		return -errno;
	ret->len += (size_t)n;
	return 0;
}

int proc_comm(pid_t tid, char ret[16])
{
	char text[17];
	struct proc_path path = path_of(tid, "comm");
	_cleanup_(cleanup_close) int fd = open(path.text, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ssize_t n = read(fd, text, sizeof(text));
	if (n <= 0)
		return n ? -errno : -ESRCH;
	n -= text[n - 1] == '\n';
	memset(ret, 0, 16);
	memcpy(ret, text, n < 15 ? (size_t)n : 15);
	return 0;
}

void proc_exe(pid_t tid, struct buf *ret)
{
	read_link(tid, "exe", ret);
}

static uint64_t device(unsigned major, unsigned minor)
{
	return (uint64_t)major << 32 | minor;
}

/* A line of proc_pid_mountinfo(5) is about that device, and a file system whose type begins with "fuse". */
static bool is_fuse(const char *line, const char *end, uint64_t dev)
{
	unsigned its[2];
	const char *type = memmem(line, (size_t)(end - line), " - ", 3);
	return type && sscanf(line, "%*u %*u %u:%u", &its[0], &its[1]) == 2 && device(its[0], its[1]) == dev &&
	       strncmp(type + 3, "fuse", 4) == 0;
}

bool proc_is_served(pid_t tid, uint64_t dev)
{
	_cleanup_(buf_free) struct buf mounts = {0};
	if (dev >> 32 || read_all(tid, "mountinfo", &mounts) < 0) /* what a process serves has no device of its own */
		return false;
	buf_char(&mounts, '\0');
	for (const char *line = mounts.data, *end; (end = strchr(line, '\n')); line = end + 1) {
		if (is_fuse(line, end, dev))
			return true;
	}
	return false;
}

/* What the kernel knows of a file by itself. Returns 0 or a negative errno. */
static int look_at(const char *path, struct statx *ret)
{
	return statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, ret) < 0 ? -errno : 0;
}

bool proc_gives_rights(pid_t tid)
{
	struct statx st;
	struct proc_path path = path_of(tid, "exe");
	if (look_at(path.text, &st) < 0)
		return false;
	bool group =
	    st.stx_mode & S_ISGID && st.stx_mode & S_IXGRP; /* else it's for locks: stat(2) */
	if (st.stx_mode & S_ISUID || group)
		return true;
	return !proc_is_served(tid, device(st.stx_dev_major, st.stx_dev_minor)) &&
	       getxattr(path.text, "security.capability", NULL, 0) > 0;
}

bool proc_is_ours(void)
{
	static const char key[] = "\nNSpid:\t"; /* since Linux 4.1: one id for each namespace, from that of /proc on */
	_cleanup_(buf_free) struct buf status = {0};
	if (read_file("/proc/self/status", &status) < 0)
		return false;
	buf_char(&status, '\0');
	const char *id = strstr(status.data, key);
	char *end = NULL;
	return !id || (strtol(id + sizeof(key) - 1, &end, 10) == getpid() && *end == '\n');
}

bool proc_filtered(void)
{
	/* PR_GET_SECCOMP says so too, but is death in strict mode. */
	_cleanup_(buf_free) struct buf status = {0};
	if (read_all(getpid(), "status", &status) < 0)
		return false;
	buf_char(&status, '\0');
	const char *mode = strstr(status.data, "\nSeccomp:\t");
	return mode && mode[10] == '2';
}

void proc_cmdline(pid_t tid, struct buf *ret)
{
	read_all(tid, "cmdline", ret);
}

int proc_maps(pid_t tid, struct buf *ret)
{
	return read_all(tid, "maps", ret);
}

int proc_smaps(pid_t tid, struct buf *ret)
{
	return read_all(tid, "smaps", ret);
}

uint64_t proc_max_rss(pid_t tid)
{
	static const char key[] = "\nVmHWM:";
	_cleanup_(buf_free) struct buf status = {0};
	if (read_all(tid, "status", &status) < 0)
		return 0;
	buf_char(&status, '\0');
	const char *at = strstr(status.data, key);
	return at ? strtoull(at + sizeof(key) - 1, NULL, 10) << 10 : 0;
}

/* The last number on the line of /proc/PID/status that `key`, from the newline on, begins; or 0. */
static pid_t status_number(struct str status, const char *key)
{
	const char *p = memmem(status.s, status.len, key, strlen(key));
	if (!p)
		return 0;
	p++; /* the newline that `key` begins with */
	const char *end = memchr(p, '\n', (size_t)(status.s + status.len - p));
	if (!end)
		return 0;
	while (end > p && end[-1] >= '0' && end[-1] <= '9')
		end--;
	return (pid_t)strtol(end, NULL, 10);
}

static ino_t pid_namespace(const char *path)
{
	struct stat st;
	return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* Append the numbers that the folder `path` has entries of. Returns 0 or a negative errno. */
static int read_numbers(const char *path, struct buf *ret)
{
	DIR *dir = opendir(path);
	if (!dir)
		return -errno;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		uint64_t value;
		if (num_parse(entry->d_name, &value) == 0)
			buf_add(ret, &(pid_t){(pid_t)value}, sizeof(pid_t));
	}
	closedir(dir);
	return 0;
}

int proc_tids(pid_t pid, struct buf *ret)
{
	return read_numbers(path_of(pid, "task").text, ret);
}

int proc_pids(struct buf *ret)
{
	return read_numbers("/proc", ret);
}

/* PF_KTHREAD and PF_FORKNOEXEC of include/linux/sched.h, in the flags of proc_pid_stat(5). */
#define KERNEL_THREAD 0x00200000
#define FORKED        0x00000040

/* /proc/PID/stat as a string. Returns 0 or a negative errno. */
static int read_stat(pid_t tid, struct buf *ret)
{
	int r = read_all(tid, "stat", ret);
	buf_char(ret, '\0');
	return r;
}

/*
 * The field of that number of a stat (proc_pid_stat(5)), from the third on; NULL: it isn't there. The name before
 * them can hold anything, a bracket and a space, too.
 */
static const char *stat_field(const struct buf *stat, unsigned number)
{
	const char *p = strrchr(stat->data, ')');
	for (unsigned i = 2; i < number && p; i++)
		p = strchr(p + 1, ' ');
	return p ? p + 1 : NULL;
}

uint64_t proc_brk(pid_t tid, struct str maps)
{
	_cleanup_(buf_free) struct buf stat = {0};
	if (!maps.len || memmem(maps.s, maps.len, "[heap]", strlen("[heap]")) || read_stat(tid, &stat) < 0)
		return 0;
	const char *start = stat_field(&stat, 47);
	return start ? strtoull(start, NULL, 10) : 0;
}

int proc_state(pid_t tid, struct proc_state *ret)
{
	_cleanup_(buf_free) struct buf status = {0};
	_cleanup_(buf_free) struct buf stat = {0};
	int r = read_all(tid, "status", &status);
	if (r < 0)
		return r;
	r = read_stat(tid, &stat);
	if (r < 0)
		return r;
	*ret = (struct proc_state){.tgid = status_number(buf_view(&status), "\nTgid:"),
	    .ppid = status_number(buf_view(&status), "\nPPid:"),
	    .tracer = status_number(buf_view(&status), "\nTracerPid:"),
	    .uid = (uid_t)status_number(buf_view(&status), "\nUid:")};
	const char *letter = stat_field(&stat, 3), *bits = stat_field(&stat, 9);
	if (!letter)
		return -EIO;
	ret->letter = letter[0];
	unsigned long flags = bits ? strtoul(bits, NULL, 10) : 0;
	ret->kernel = flags & KERNEL_THREAD;
	ret->forked = flags & FORKED;
	return 0;
}

#define KCMP_VM 1 /* kcmp(2) */

unsigned proc_running(int *fd)
{
	char text[64];
	if (*fd < 0)
		*fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	ssize_t n = *fd < 0 ? -1 : pread(*fd, text, sizeof(text) - 1, 0);
	text[n < 0 ? 0 : n] = '\0';
	char *slash = strchr(text, '/'); /* "0.20 0.18 0.12 1/80 11206" */
	while (slash && slash > text && slash[-1] != ' ')
		slash--;
	return slash ? (unsigned)strtoul(slash, NULL, 10) : 0;
}

int proc_same_space(pid_t a, pid_t b)
{
	long r = syscall(SYS_kcmp, a, b, KCMP_VM, 0, 0);
	return r < 0 ? -errno : r == 0;
}

int proc_shares_space(pid_t a, pid_t b)
{
	int r = proc_same_space(a, b);
	if (r <= 0)
		return r;
	/* Who has none has no sizes: proc_pid_status(5), VmSize. */
	_cleanup_(buf_free) struct buf status = {0};
	return read_all(a, "status", &status) == 0 &&
	       memmem(status.data, status.len, "\nVmSize:", 8) != NULL;
}

ssize_t proc_memory(pid_t tid, uint64_t address, void *ret, size_t len)
{
	struct iovec here = {ret, len}, there = {(void *)address, len};
	ssize_t n = process_vm_readv(tid, &here, 1, &there, 1, 0);
	return n < 0 ? -errno : n;
}

bool proc_is_zombie(pid_t tid)
{
	_cleanup_(buf_free) struct buf status = {0};
	if (read_all(tid, "status", &status) < 0)
		return true;
	return memmem(status.data, status.len, "\nState:\tZ", 9) != NULL;
}

pid_t proc_nspid(pid_t tid)
{
	static ino_t ours;
	if (!ours)
		ours = pid_namespace("/proc/self/ns/pid");
	ino_t its = pid_namespace(path_of(tid, "ns/pid").text);
	if (!its || its == ours)
		return 0;
	_cleanup_(buf_free) struct buf status = {0};
	if (read_all(tid, "status", &status) < 0)
		return 0;
	return status_number(buf_view(&status), "\nNSpid:");
}

int proc_parent(pid_t tid, pid_t *ret_tgid, pid_t *ret_ppid)
{
	_cleanup_(buf_free) struct buf status = {0};
	int r = read_all(tid, "status", &status);
	if (r < 0)
		return r;
	*ret_tgid = status_number(buf_view(&status), "\nTgid:");
	*ret_ppid = status_number(buf_view(&status), "\nPPid:");
	return 0;
}

/* Whether `path`, seen from `root`, is the file meant. */
static bool is_file_at(const char *root, struct str path, uint64_t inode)
{
	_cleanup_(buf_free) struct buf full = {0};
	struct statx st;
	buf_str(&full, str_of(root));
	buf_str(&full, path);
	buf_char(&full, '\0');
	return look_at(full.data, &st) == 0 && st.stx_ino == inode;
}

/*
 * The kernel ends the path of a file without a name with " (deleted)" (proc_pid_maps(5)), and a file
 * can be called so. It is, if a file of that name is the one meant: seen from our root, as the kernel
 * shows paths, or from the task's, if that is another file system's.
 */
void proc_settle_deleted(pid_t tid, struct raw_file *file, struct buf *path, size_t from)
{
	static const struct str suffix = STR_INIT(" (deleted)");
	struct str shown = {path->data + from, path->len - from};
	if (!str_ends(shown, suffix) || is_file_at("", shown, file->inode) ||
	    is_file_at(path_of(tid, "root").text, shown, file->inode))
		return;
	path->len -= suffix.len;
	file->deleted = true;
}

void proc_space_close(struct proc_space *cache)
{
	if (cache->fd >= 0)
		close(cache->fd);
	*cache = (struct proc_space){-1, 0};
}

/* Returns the descriptor of the space's maps, or -1. */
static int open_space(struct proc_space *cache, pid_t tid, uint64_t space)
{
	if (cache->fd >= 0 && cache->space == space)
		return cache->fd;
	proc_space_close(cache);
	cache->fd = open(path_of(tid, "maps").text, O_RDONLY | O_CLOEXEC);
	cache->space = space;
	return cache->fd;
}

/* Returns whether the kernel answered. */
static bool query_mapping(int fd, uint64_t addr, struct raw_file *ret, struct buf *path)
{
	struct procmap_query query = {.size = sizeof(query), .query_addr = addr};
	buf_reserve(path, PATH_MAX);
	query.vma_name_addr = (uintptr_t)(path->data + path->len);
	query.vma_name_size = PATH_MAX;
	if (fd < 0 || ioctl(fd, PROCMAP_QUERY, &query) < 0)
		return false;
	*ret = (struct raw_file){.known = query.inode || query.dev_major || query.dev_minor,
	    .dev = device(query.dev_major, query.dev_minor),
	    .inode = query.inode,
	    .start = query.vma_start,
	    .end = query.vma_end};
	if (query.vma_name_size)
		path->len += query.vma_name_size - 1; /* it counts the NUL */
	return true;
}

/* The line of the maps' text that holds `addr`, without its newline; empty if none does. */
static struct str line_at(struct str text, uint64_t addr)
{
	while (text.len) {
		const char *newline = memchr(text.s, '\n', text.len);
		size_t len = newline ? (size_t)(newline - text.s) : text.len;
		char *dash;
		uint64_t start = strtoull(text.s, &dash, 16);
		if (*dash == '-' && start <= addr && addr < strtoull(dash + 1, NULL, 16))
			return (struct str){text.s, len};
		size_t step = newline ? len + 1 : len;
		text = (struct str){text.s + step, text.len - step};
	}
	return (struct str){0};
}

static void read_mapping(pid_t tid, uint64_t addr, struct raw_file *ret, struct buf *path)
{
	_cleanup_(buf_free) struct buf text = {0};
	_cleanup_(maps_free) struct maps maps = {0};
	if (proc_maps(tid, &text) < 0)
		return;
	buf_char(&text, '\0'); /* strtoull stops here at the latest */
	struct str line = line_at((struct str){text.data, text.len - 1}, addr);
	if (!line.len || maps_parse(line, &maps) || !maps.n)
		return;
	const struct map *map = maps.v;
	*ret = (struct raw_file){.known = map->dev || map->inode,
	    .dev = map->dev,
	    .inode = map->inode,
	    .start = map->start,
	    .end = map->end};
	buf_str(path, map->path);
	if (map->deleted) /* told again below, where it can be looked at */
		buf_str(path, STR(" (deleted)"));
}

void proc_mapping(struct proc_space *cache, pid_t tid, uint64_t space, uint64_t addr,
    struct raw_file *ret, struct buf *path)
{
	size_t from = path->len;
	*ret = (struct raw_file){0};
	if (!query_mapping(open_space(cache, tid, space), addr, ret, path))
		read_mapping(tid, addr, ret, path);
	proc_settle_deleted(tid, ret, path, from);
}

int proc_range(struct proc_space *cache, pid_t tid, uint64_t space, uint64_t addr, uint64_t *ret_start,
    uint64_t *ret_end)
{
	struct procmap_query query = {.size = sizeof(query), .query_addr = addr};
	int fd = open_space(cache, tid, space);
	if (fd < 0)
		return -ESRCH;
	if (ioctl(fd, PROCMAP_QUERY, &query) < 0)
		return -errno;
	*ret_start = query.vma_start;
	*ret_end = query.vma_end;
	return 0;
}

void proc_descriptor(pid_t tid, int fd, struct raw_file *ret, struct buf *path)
{
	size_t from = path->len;
	char file[32];
	struct statx st;
	*ret = (struct raw_file){0};
	snprintf(file, sizeof(file), "fd/%d", fd);
	if (fd < 0 || look_at(path_of(tid, file).text, &st) < 0)
		return;
	read_link(tid, file, path); /* too long a path isn't shown: ENAMETOOLONG */
	ret->known = true;
	ret->dev = device(st.stx_dev_major, st.stx_dev_minor);
	ret->inode = st.stx_ino;
	proc_settle_deleted(tid, ret, path, from);
}
