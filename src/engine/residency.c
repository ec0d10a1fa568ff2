#include "engine/residency.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/proc.h"
#include "util/cleanup.h"
#include "util/mem.h"
#include "util/num.h"

/* linux/fs.h of Linux 6.7: PAGEMAP_SCAN. */
struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, all_of, any_of, wanted;
};

#define SCAN _IOWR('f', 16, struct scan)

enum { IS_FILE = 1 << 2, IS_PRESENT = 1 << 3, IS_SWAPPED = 1 << 4, IS_ZERO = 1 << 5, IS_HUGE = 1 << 6 };

/* Pages that are alike and follow each other. */
struct region {
	uint64_t start, end, is;
};

#define REGIONS_AT_ONCE 1024

struct regions {
	struct region *v;
	size_t n;
	int fd; /* of /proc/PID/pagemap */
};

/*
 * Those between `start` and `end` that are `all_of` that. What a page is of is asked for only where it matters, since
 * that looks at the page itself, not just at the table. Returns 0 or a negative errno; -ENOTSUP: there are some that
 * only smaps counts as it does.
 */
static int scan(struct regions *ret, uint64_t start, uint64_t end, uint64_t all_of)
{
	struct scan args = {.size = sizeof(args),
	    .start = start,
	    .end = end,
	    .vec_len = REGIONS_AT_ONCE,
	    .inverted = IS_ZERO, /* smaps counts no page of zeros that all share */
	    .all_of = all_of | IS_ZERO,
	    .any_of = IS_PRESENT | IS_SWAPPED,
	    .wanted = IS_SWAPPED | IS_HUGE};
	ret->n = 0;
	while (args.start < end) {
		ret->v = mem_realloc(ret->v, (ret->n + REGIONS_AT_ONCE) * sizeof(*ret->v));
		args.vec = (uintptr_t)(ret->v + ret->n);
		int n = ioctl(ret->fd, SCAN, &args);
		if (n < 0)
			return -errno;
		for (size_t i = ret->n; i < ret->n + (size_t)n; i++) {
			if (ret->v[i].is & (IS_SWAPPED | IS_HUGE))
				return -ENOTSUP;
		}
		ret->n += (size_t)n;
		args.start = args.walk_end;
	}
	return 0;
}

/* Bytes of the range that are in memory. `at` is the first region that may be in it, and goes on. */
static uint64_t resident(const struct regions *regions, size_t *at, uint64_t start, uint64_t end)
{
	uint64_t sum = 0;
	for (; *at < regions->n; ++*at) {
		const struct region *r = &regions->v[*at];
		uint64_t from = r->start > start ? r->start : start, to = r->end < end ? r->end : end;
		sum += from < to ? to - from : 0;
		if (r->end > end)
			break;
	}
	return sum;
}

/* The same of one that is shared: what is no file's there is a device's, and not counted. */
static uint64_t resident_shared(int fd, uint64_t start, uint64_t end)
{
	size_t at = 0;
	struct regions regions = {.fd = fd};
	uint64_t sum = scan(&regions, start, end, IS_FILE) == 0 ? resident(&regions, &at, start, end) : 0;
	free(regions.v);
	return sum;
}

/* Of a line "START-END PERMS ...". */
static bool take_range(const char *line, uint64_t *ret_start, uint64_t *ret_end, bool *ret_shared)
{
	char *p;
	*ret_start = strtoull(line, &p, 16);
	if (*p != '-')
		return false;
	*ret_end = strtoull(p + 1, &p, 16);
	*ret_shared = memchr(p, 's', 5) != NULL; /* " rw-s" */
	return *p == ' ';
}

/* What follows the newline at `p`, or `end`. */
static const char *next_line(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));
	return newline ? newline + 1 : end;
}

/* Where what a program can map ends: before [vsyscall], which isn't in its space. */
static uint64_t find_end(struct str maps)
{
	uint64_t start, end, last = 0;
	bool shared;
	const char *stop = maps.s + maps.len;
	for (const char *line = maps.s; line < stop; line = next_line(line, stop)) {
		if (take_range(line, &start, &end, &shared) && (int64_t)start >= 0)
			last = end;
	}
	return last;
}

static void put_range(const char *line, size_t len, const struct regions *regions, size_t *at, struct buf *ret)
{
	uint64_t start, end;
	bool shared;
	buf_add(ret, line, len);
	if (!take_range(line, &start, &end, &shared) || memmem(line, len, " [vvar", 6))
		return; /* a page of the kernel's, which smaps doesn't count */
	uint64_t bytes = resident(regions, at, start, end);
	if (bytes && shared)
		bytes = resident_shared(regions->fd, start, end);
	buf_str(ret, STR("Rss: "));
	num_put_dec(ret, bytes >> 10);
	buf_str(ret, STR(" kB\n"));
}

int residency_read(pid_t tid, struct buf *ret)
{
	char name[32];
	_cleanup_(buf_free) struct buf maps = {0};
	struct regions regions = {.fd = -1};
	snprintf(name, sizeof(name), "/proc/%d/pagemap", tid);
	_cleanup_(cleanup_close) int fd = open(name, O_RDONLY | O_CLOEXEC);
	int r = fd < 0 ? -errno : proc_maps(tid, &maps);
	if (r == 0) {
		buf_char(&maps, '\0');
		maps.len--;
		regions.fd = fd;
		r = scan(&regions, 0, find_end(buf_view(&maps)), 0);
	}
	if (r == 0) {
		size_t at = 0;
		const char *end = maps.data + maps.len;
		for (const char *line = maps.data, *next; line < end; line = next) {
			next = next_line(line, end);
			put_range(line, (size_t)(next - line), &regions, &at, ret);
		}
	} else {
		r = proc_smaps(tid, ret);
	}
	free(regions.v);
	return r;
}
