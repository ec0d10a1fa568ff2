#include "engine/perf_image.h"

#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/mem.h"

void perf_image_clear(struct perf_image *image)
{
	image->n = image->names.len = image->argv.len = 0;
	image->argv_whole = false;
	image->argc = 0;
}

static bool is_file(const struct perf_mapping *map)
{
	return map->inode || map->dev;
}

static bool is_same_file(const struct perf_mapping *a, const struct perf_mapping *b)
{
	return is_file(a) && a->dev == b->dev && a->inode == b->inode;
}

/* What lies behind the begin of a later mapping was never more than room for it. */
static void cut(struct perf_image *image, const struct perf_mapping *by)
{
	size_t kept = 0;
	for (size_t i = 0; i < image->n; i++) {
		struct perf_mapping *map = &image->v[i];
		if (map->start < by->end && by->start < map->end) {
			map->end = by->start;
			if (is_same_file(map, by)) {
				map->next_start = by->start;
				map->next_offset = by->offset;
			}
		}
		if (map->start < map->end)
			image->v[kept++] = *map;
	}
	image->n = kept;
}

void perf_image_map(struct perf_image *image, const struct perf_record *record)
{
	struct perf_mapping map = {.start = record->start,
	    .end = record->start + record->length,
	    .offset = record->offset,
	    .dev = record->dev,
	    .inode = record->inode,
	    .prot = record->prot,
	    .flags = record->flags,
	    .name = image->names.len,
	    .name_len = record->name.len};
	buf_str(&image->names, record->name);
	cut(image, &map);
	*MEM_PUSH(image->v, image->n, image->size) = map;
}

static struct str name_of(const struct perf_image *image, const struct perf_mapping *map)
{
	if (!map->name_len)
		return (struct str){0};
	return (struct str){image->names.data + map->name, map->name_len};
}

/* ---- arguments ---- */

/* A word of the stack. Returns whether it was copied. */
static bool word_at(struct str stack, uint64_t index, unsigned word, uint64_t *ret)
{
	*ret = 0;
	if (index >= stack.len / word)
		return false;
	memcpy(ret, stack.s + index * word, word);
	return true;
}

void perf_image_stack(struct perf_image *image, struct str stack, uint64_t sp, unsigned word)
{
	uint64_t n, address;
	image->argv.len = 0;
	image->argv_whole = false;
	if (!word_at(stack, 0, word, &n))
		return;
	image->argc = n;
	for (uint64_t i = 0; i < n; i++) {
		if (!word_at(stack, i + 1, word, &address) || address < sp || address - sp >= stack.len)
			return;
		size_t at = (size_t)(address - sp), len = strnlen(stack.s + at, stack.len - at);
		if (at + len == stack.len)
			return;
		buf_add(&image->argv, stack.s + at, len + 1);
	}
	image->argv_whole = true;
}

/* ---- lengths ---- */

/* The first segment of a file: how much of it the kernel maps; 0: it can't be read. */
static uint64_t first_length(int fd)
{
	union {
		unsigned char ident[EI_NIDENT];
		Elf64_Ehdr wide;
		Elf32_Ehdr narrow;
	} head;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	if (pread(fd, &head, sizeof(head), 0) != (ssize_t)sizeof(head))
		return 0;
	bool wide = head.ident[EI_CLASS] == ELFCLASS64;
	unsigned n = wide ? head.wide.e_phnum : head.narrow.e_phnum;
	uint64_t at = wide ? head.wide.e_phoff : head.narrow.e_phoff;
	for (unsigned i = 0; i < n; i++) {
		union {
			Elf64_Phdr wide;
			Elf32_Phdr narrow;
		} part;
		size_t size = wide ? sizeof(part.wide) : sizeof(part.narrow);
		if (pread(fd, &part, size, (off_t)(at + i * size)) != (ssize_t)size)
			return 0;
		if ((wide ? part.wide.p_type : part.narrow.p_type) != PT_LOAD)
			continue;
		uint64_t vaddr = wide ? part.wide.p_vaddr : part.narrow.p_vaddr;
		uint64_t len = (wide ? part.wide.p_filesz : part.narrow.p_filesz) + (vaddr & (page - 1));
		return (len + page - 1) & ~(page - 1);
	}
	return 0;
}

static int open_if(const char *path, uint64_t inode)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_ino == inode && S_ISREG(st.st_mode))
		return fd;
	cleanup_close(&fd);
	return -1;
}

/* The file of a mapping, if it's still that under its name. Returns a descriptor, or -1. */
static int open_file(const struct perf_image *image, const struct perf_mapping *map, int pid)
{
	char path[PATH_MAX + 32];
	struct str name = name_of(image, map);
	int root = snprintf(path, sizeof(path), "/proc/%d/root%.*s", pid, (int)name.len, name.s) - (int)name.len;
	int fd = open_if(path, map->inode);
	return fd >= 0 ? fd : open_if(path + root, map->inode); /* it has ended meanwhile */
}

void perf_image_settle(struct perf_image *image, int pid)
{
	for (size_t i = 0; i < image->n; i++) {
		struct perf_mapping *map = &image->v[i];
		if (!map->next_start)
			continue;
		_cleanup_(cleanup_close) int fd = open_file(image, map, pid);
		uint64_t len = fd < 0 ? 0 : first_length(fd);
		if (len && len < map->end - map->start)
			map->end = map->start + len;
	}
}

struct str perf_image_exe(const struct perf_image *image)
{
	const struct perf_mapping *first = NULL;
	for (size_t i = 0; i < image->n; i++) { /* by their names, as they stand where they were told of */
		const struct perf_mapping *map = &image->v[i];
		if (is_file(map) && (!first || map->name < first->name))
			first = map;
	}
	return first ? name_of(image, first) : (struct str){0};
}

/* ---- text ---- */

static int compare(const void *a, const void *b)
{
	const struct perf_mapping *left = a, *right = b;
	return left->start < right->start ? -1 : left->start > right->start;
}

static void put_name(struct str name, struct buf *ret)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.s[i] == '\n')
			buf_str(ret, STR("\\012"));
		else
			buf_char(ret, name.s[i]);
	}
}

static void put_line(const struct perf_image *image, const struct perf_mapping *map, struct buf *ret)
{
	struct str name = name_of(image, map);
	buf_fmt(ret, "%08llx-%08llx %c%c%c%c %08llx %02llx:%02llx %llu ", (unsigned long long)map->start,
	    (unsigned long long)map->end, map->prot & PROT_READ ? 'r' : '-',
	    map->prot & PROT_WRITE ? 'w' : '-', map->prot & PROT_EXEC ? 'x' : '-',
	    map->flags & MAP_SHARED ? 's' : 'p', (unsigned long long)(is_file(map) ? map->offset : 0),
	    (unsigned long long)(map->dev >> 32), (unsigned long long)(map->dev & UINT32_MAX),
	    (unsigned long long)map->inode);
	if (!str_is(name, "//anon")) {
		buf_str(ret, STR("                   "));
		put_name(name, ret);
	}
	buf_char(ret, '\n');
}

void perf_image_text(const struct perf_image *image, struct buf *ret)
{
	if (image->n)
		qsort(image->v, image->n, sizeof(*image->v), compare);
	for (size_t i = 0; i < image->n; i++)
		put_line(image, &image->v[i], ret);
}

void perf_image_free(struct perf_image *image)
{
	free(image->v);
	buf_free(&image->names);
	buf_free(&image->argv);
	*image = (struct perf_image){0};
}
