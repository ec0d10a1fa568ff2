/*
 * What the kernel tells while a task executes a new image: its mappings, one by one as they are made, and its first
 * stack. Pure but for perf_image_settle.
 */
#pragma once

#include "engine/perf_record.h"
#include "util/buf.h"

struct perf_mapping {
	uint64_t start, end, offset, dev, inode;
	uint32_t prot, flags;
	size_t name, name_len; /* in perf_image.names */
	/* Where the next part of the same file was put over it; 0: nowhere. */
	uint64_t next_start, next_offset;
};

/* {0} is empty. */
struct perf_image {
	struct perf_mapping *v;
	size_t n, size;
	struct buf names;
	struct buf argv; /* each argument ended by a NUL */
	bool argv_whole; /* all of them are there */
	uint64_t argc;   /* how many there are; 0 where nobody said */
};

/* perf_image_clear - a new one begins. */
void perf_image_clear(struct perf_image *image);

/* perf_image_map - a mapping was made (PERF_MAP). */
void perf_image_map(struct perf_image *image, const struct perf_record *record);

/*
 * perf_image_stack - take the arguments from the first stack, a piece of which was copied from the stack pointer `sp`
 * on, with words of `word` bytes.
 */
void perf_image_stack(struct perf_image *image, struct str stack, uint64_t sp, unsigned word);

/*
 * perf_image_settle - the kernel maps the first part of a file as long as all of it, and takes the rest away without
 * a word: where that shows in no other part, the file itself tells (elf(5)), as process `pid` sees it.
 */
void perf_image_settle(struct perf_image *image, int pid);

/* perf_image_exe - the path of the image itself; empty: unknown. */
struct str perf_image_exe(const struct perf_image *image);

/* perf_image_text - append it as /proc/PID/maps would have it (proc_pid_maps(5)). */
void perf_image_text(const struct perf_image *image, struct buf *ret);

void perf_image_free(struct perf_image *image);
