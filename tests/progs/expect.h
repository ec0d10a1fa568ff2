/*
 * Raw memory calls that print the event they should give: one JSON object a line on fd 1, with
 * all of the event's keys but the common ones. Include this file first.
 *
 * Names of flags are what the program wrote: the macros below turn the source text of the prot
 * and flags arguments into the expected names ("0" is none), so no table here can repeat a
 * tracer's mistake. Write them in the event's order: ascending bits, unnamed bits in hex last.
 *
 * Nothing here uses malloc or a stdio FILE: both make memory calls of their own.
 */
#ifndef EXPECT_H
#define EXPECT_H

#define _GNU_SOURCE /* strerrorname_np(3) */

#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Newer than Debian 12's headers. */
#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif
#ifndef MAP_ABOVE4G
#define MAP_ABOVE4G 0x80
#endif
#ifndef SHADOW_STACK_SET_TOKEN
#define SHADOW_STACK_SET_TOKEN 0x1
#endif
#ifndef SHADOW_STACK_SET_MARKER
#define SHADOW_STACK_SET_MARKER 0x2
#endif
#ifndef SYS_map_shadow_stack
#define SYS_map_shadow_stack 453
#endif

/* How the event should name a mapped file. */
struct expect_file {
	const char *path;
	const char *shown; /* the path with U+FFFD for each bad byte; NULL: path is valid UTF-8 */
	bool deleted;
};

/* A device and an inode, as a line of /proc/PID/maps gives them. */
struct expect_id {
	unsigned int major, minor;
	unsigned long inode;
};

static char expect_line[65536];
static size_t expect_used;

static inline _Noreturn void expect_die(const char *what)
{
	dprintf(2, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

static inline void expect_put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static inline void expect_put(const char *format, ...)
{
	size_t room = sizeof(expect_line) - expect_used;
	va_list args;

	va_start(args, format);
	expect_used += (size_t)vsnprintf(expect_line + expect_used, room, format, args);
	va_end(args);
	if (expect_used >= sizeof(expect_line)) {
		errno = EOVERFLOW;
		expect_die("expected line");
	}
}

static inline void expect_call(const char *name)
{
	expect_used = 0;
	expect_put("{\"call\":\"%s\"", name);
}

static inline void expect_hex(const char *key, unsigned long value)
{
	expect_put(",\"%s\":\"0x%lx\"", key, value);
}

static inline void expect_size(const char *key, unsigned long value)
{
	expect_put(",\"%s\":%lu", key, value);
}

static inline void expect_int(const char *key, int value)
{
	expect_put(",\"%s\":%d", key, value);
}

static inline void expect_string(const char *key, const char *value)
{
	expect_put(",\"%s\":\"", key);
	for (; *value; value++) {
		unsigned char c = (unsigned char)*value;

		if (c < 0x20 || c == '"' || c == '\\')
			expect_put("\\u%04x", c);
		else
			expect_put("%c", c);
	}
	expect_put("\"");
}

static inline void expect_base64(const char *key, const char *value)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t left = strlen(value);

	expect_put(",\"%s\":\"", key);
	while (left > 0) {
		unsigned char in[3] = {0};
		size_t n = left < 3 ? left : 3;

		memcpy(in, value, n);
		expect_put("%c%c%c%c", digits[in[0] >> 2], digits[(in[0] & 3) << 4 | in[1] >> 4],
		    n > 1 ? digits[(in[1] & 15) << 2 | in[2] >> 6] : '=',
		    n > 2 ? digits[in[2] & 63] : '=');
		value += n;
		left -= n;
	}
	expect_put("\"");
}

/* "A | B" becomes ["A","B"]; "0" becomes []. */
static inline void expect_names(const char *key, const char *source)
{
	const char *comma = "";

	expect_put(",\"%s\":[", key);
	while (*source && strcmp(source, "0") != 0) {
		size_t n = strcspn(source, " |");

		expect_put("%s\"%.*s\"", comma, (int)n, source);
		comma = ",";
		source += n;
		source += strspn(source, " |");
	}
	expect_put("]");
}

static inline bool expect_failed(long ret)
{
	return ret < 0 && ret > -4096;
}

static inline void expect_done(void)
{
	size_t sent = 0;

	expect_put("}\n");
	while (sent < expect_used) {
		ssize_t n = write(1, expect_line + sent, expect_used - sent);

		if (n < 0)
			expect_die("write");
		sent += (size_t)n;
	}
}

/* The end of a line: `ret` is a result or -errno. */
static inline void expect_ret(long ret, bool is_address)
{
	if (expect_failed(ret))
		expect_put(",\"ret\":-1,\"error\":\"%s\"", strerrorname_np((int)-ret));
	else if (is_address)
		expect_hex("ret", (unsigned long)ret);
	else
		expect_put(",\"ret\":%ld", ret);
	expect_done();
}

/* syscall(2), with the kernel's own -errno. */
#define expect_raw(...)                                 \
	({                                              \
		long raw_ret = syscall(__VA_ARGS__);    \
		raw_ret == -1 ? -(long)errno : raw_ret; \
	})

struct expect_range {
	unsigned long start, end;
	struct expect_id id;
};

/* The mapping at `addr`, in the kernel's own word. */
static inline struct expect_range expect_range_mapped(unsigned long addr)
{
	static char maps[1 << 18];
	struct expect_range r = {0};
	size_t used = 0;
	ssize_t n;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		expect_die("/proc/self/maps");
	while ((n = read(fd, maps + used, sizeof(maps) - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	maps[used] = '\0';
	for (char *line = maps; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (sscanf(line, "%lx-%lx %*s %*x %x:%x %lu", &r.start, &r.end, &r.id.major, &r.id.minor,
		        &r.id.inode) == 5 &&
		    r.start <= addr && addr < r.end)
			return r;
	}
	errno = ENOENT;
	expect_die("mapping");
}

/* Which file it has: the mapping's own word, not the descriptor's. */
static inline struct expect_id expect_id_mapped(unsigned long addr)
{
	return expect_range_mapped(addr).id;
}

static inline unsigned long expect_length_mapped(unsigned long addr)
{
	struct expect_range r = expect_range_mapped(addr);

	return r.end - r.start;
}

static inline struct expect_id expect_id_fd(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		expect_die("fstat");
	return (struct expect_id){major(st.st_dev), minor(st.st_dev), st.st_ino};
}

static inline void expect_put_file(const struct expect_file *file, struct expect_id id)
{
	expect_string("path", file->shown ? file->shown : file->path);
	if (file->shown)
		expect_base64("path_b64", file->path);
	expect_put(",\"dev\":\"%02x:%02x\"", id.major, id.minor);
	expect_size("inode", id.inode);
	if (file->deleted)
		expect_put(",\"deleted\":true");
}

/* The absolute path of `name` in the current directory, in `buffer`. */
static inline const char *expect_path(char *buffer, size_t size, const char *name)
{
	size_t n;

	if (!getcwd(buffer, size))
		expect_die("getcwd");
	n = strlen(buffer);
	if (snprintf(buffer + n, size - n, "/%s", name) >= (int)(size - n)) {
		errno = ENAMETOOLONG;
		expect_die(name);
	}
	return buffer;
}

/* A new file of `size` bytes in the current directory, open for reading and writing. */
static inline int expect_make(const char *name, long size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, size) < 0)
		expect_die(name);
	return fd;
}

/*
 * The comparer looks at the events between two of these. It is no line of its own, and fails:
 * munmap(2) refuses a length of 0.
 */
static inline void expect_mark(void)
{
	syscall(SYS_munmap, 0x6d656d000, 0);
}

#define expect_begin() expect_mark()
#define expect_end()   expect_mark()

static inline unsigned long expect_mmap_call(const struct expect_file *file, unsigned long addr,
    unsigned long length, unsigned long prot, const char *prot_names, unsigned long flags,
    const char *flag_names, unsigned long fd, unsigned long offset)
{
	long ret = expect_raw(SYS_mmap, addr, length, prot, flags, fd, offset);

	expect_call("mmap");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("prot", prot_names);
	expect_names("flags", flag_names);
	expect_int("fd", (int)fd);
	expect_size("offset", offset);
	if (file)
		expect_put_file(file, expect_failed(ret) ? expect_id_fd((int)fd)
		                                         : expect_id_mapped((unsigned long)ret));
	expect_ret(ret, true);
	return (unsigned long)ret;
}

/* A call on a descriptor that is open: `file` says how the event should name it. */
#define expect_mmap_file(file, addr, length, prot, flags, fd, offset) \
	expect_mmap_call(                                             \
	    file, addr, length, prot, #prot, flags, #flags, (unsigned long)(fd), offset)

/* An anonymous mapping, or a descriptor that isn't open: no file in the event. */
#define expect_mmap(addr, length, prot, flags, fd, offset) \
	expect_mmap_call(                                  \
	    NULL, addr, length, prot, #prot, flags, #flags, (unsigned long)(fd), offset)

static inline long expect_munmap(unsigned long addr, unsigned long length)
{
	long ret = expect_raw(SYS_munmap, addr, length);

	expect_call("munmap");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_ret(ret, false);
	return ret;
}

/* Gives back what a call mapped, if it did. */
static inline void expect_drop(unsigned long addr, unsigned long length)
{
	if (!expect_failed((long)addr))
		expect_munmap(addr, length);
}

/* mmap, and munmap of what it gave. Not by expect_mmap: its # would see numbers, not names. */
#define expect_mmap_drop(addr, length, prot, flags, fd, offset)                      \
	expect_drop(expect_mmap_call(NULL, addr, length, prot, #prot, flags, #flags, \
	                (unsigned long)(fd), offset),                                \
	    length)

static inline long expect_mprotect_call(
    unsigned long addr, unsigned long length, unsigned long prot, const char *prot_names)
{
	long ret = expect_raw(SYS_mprotect, addr, length, prot);

	expect_call("mprotect");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("prot", prot_names);
	expect_ret(ret, false);
	return ret;
}

#define expect_mprotect(addr, length, prot) expect_mprotect_call(addr, length, prot, #prot)

static inline long expect_pkey_mprotect_call(
    unsigned long addr, unsigned long length, unsigned long prot, const char *prot_names, int pkey)
{
	long ret = expect_raw(SYS_pkey_mprotect, addr, length, prot, pkey);

	expect_call("pkey_mprotect");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("prot", prot_names);
	expect_int("pkey", pkey);
	expect_ret(ret, false);
	return ret;
}

#define expect_pkey_mprotect(addr, length, prot, pkey) \
	expect_pkey_mprotect_call(addr, length, prot, #prot, pkey)

static inline unsigned long expect_mremap_call(unsigned long addr, unsigned long length,
    unsigned long new_length, unsigned long flags, const char *flag_names, unsigned long new_addr)
{
	long ret = expect_raw(SYS_mremap, addr, length, new_length, flags, new_addr);

	expect_call("mremap");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_size("new_length", new_length);
	expect_names("flags", flag_names);
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))
		expect_hex("new_addr", new_addr);
	expect_ret(ret, true);
	return (unsigned long)ret;
}

#define expect_mremap(addr, length, new_length, flags, new_addr) \
	expect_mremap_call(addr, length, new_length, flags, #flags, new_addr)

/* The raw call never fails: it returns the break, moved or not (brk(2), "C library/kernel"). */
static inline unsigned long expect_brk(unsigned long addr)
{
	unsigned long ret = (unsigned long)syscall(SYS_brk, addr);

	expect_call("brk");
	expect_hex("addr", addr);
	expect_hex("ret", ret);
	expect_done();
	return ret;
}

/* `length` and `file` are those of the attached range, and only in the event of a success. */
static inline unsigned long expect_shmat_call(const struct expect_file *file, unsigned long length,
    int shmid, unsigned long addr, int flags, const char *flag_names)
{
	long ret = expect_raw(SYS_shmat, shmid, addr, flags);

	expect_call("shmat");
	expect_int("shmid", shmid);
	expect_hex("addr", addr);
	expect_names("flags", flag_names);
	if (!expect_failed(ret)) {
		expect_size("length", length);
		expect_put_file(file, expect_id_mapped((unsigned long)ret));
	}
	expect_ret(ret, true);
	return (unsigned long)ret;
}

#define expect_shmat(file, length, shmid, addr, flags) \
	expect_shmat_call(file, length, shmid, addr, flags, #flags)

static inline long expect_shmdt(unsigned long addr)
{
	long ret = expect_raw(SYS_shmdt, addr);

	expect_call("shmdt");
	expect_hex("addr", addr);
	expect_ret(ret, false);
	return ret;
}

/* The call counts its offset in pages, the event in bytes. */
static inline long expect_remap_file_pages_call(unsigned long addr, unsigned long length,
    unsigned long prot, const char *prot_names, unsigned long page, unsigned long flags,
    const char *flag_names)
{
	long ret = expect_raw(SYS_remap_file_pages, addr, length, prot, page, flags);

	expect_call("remap_file_pages");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("prot", prot_names);
	expect_names("flags", flag_names);
	expect_size("offset", page * 4096);
	expect_ret(ret, false);
	return ret;
}

#define expect_remap_file_pages(addr, length, prot, page, flags) \
	expect_remap_file_pages_call(addr, length, prot, #prot, page, flags, #flags)

static inline unsigned long expect_map_shadow_stack_call(
    unsigned long addr, unsigned long length, unsigned int flags, const char *flag_names)
{
	long ret = expect_raw(SYS_map_shadow_stack, addr, length, flags);

	expect_call("map_shadow_stack");
	expect_hex("addr", addr);
	expect_size("length", length);
	expect_names("flags", flag_names);
	expect_ret(ret, true);
	return (unsigned long)ret;
}

#define expect_map_shadow_stack(addr, length, flags) \
	expect_map_shadow_stack_call(addr, length, flags, #flags)

#endif
