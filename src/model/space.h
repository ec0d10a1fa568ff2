/*
 * One address space: its ranges, each with what it is and who made it, and what they come to. Pure. All
 * addresses are multiples of the page size; a change costs O(log n) and what it touches.
 */
#pragma once

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a range is: bits of range.is. */
enum {
	RANGE_READ = 1 << 0,
	RANGE_WRITE = 1 << 1,
	RANGE_EXEC = 1 << 2,
	RANGE_SHARED = 1 << 3,
	RANGE_FILE = 1 << 4,      /* a file on disk is behind it */
	RANGE_OBJECT = 1 << 5,    /* something is, but none on disk: memfd, shm, shared anonymous memory */
	RANGE_STACK = 1 << 6,     /* the first thread's */
	RANGE_HEAP = 1 << 7,      /* brk(2)'s */
	RANGE_NORESERVE = 1 << 8, /* mapped writable with MAP_NORESERVE */
	RANGE_WRITTEN = 1 << 9,   /* is writable, or was since it was mapped */
	RANGE_HIDDEN = 1 << 10,   /* [vsyscall], which no process has mapped */
	RANGE_GROWS = 1 << 11,    /* downwards, by itself */
	RANGE_UNFORKED = 1 << 12, /* children don't get it: madvise(2), MADV_DONTFORK */
	RANGE_NAMED = 1 << 13,    /* by PR_SET_VMA(2const) */
	/* What it's for, by the way in which it was mapped. */
	RANGE_THREAD_STACK = 1 << 14,
	RANGE_ARENA = 1 << 15, /* of glibc's malloc */
	RANGE_SYSV = 1 << 16,  /* attached by shmat(2) */
	RANGE_DELETED = 1 << 17, /* its file has no name any more, and had one on a disk */
	RANGE_ACCESS = RANGE_READ | RANGE_WRITE | RANGE_EXEC,
};

/*
 * The dev of memory that is a file to the kernel but named by no event: shared anonymous memory, huge pages. Its
 * inode is then the event's number.
 */
#define DEV_UNNAMED UINT64_MAX

struct range {
	RB_ENTRY(range) link;
	uint64_t start, end;
	uint64_t offset, dev, inode; /* of its file, at start */
	uint64_t born, changed;      /* which event made it, and which last changed its protection */
	unsigned is;
	uint32_t name; /* as /proc/PID/maps shows it: a number of the names that the space's owner keeps */
	uint32_t segment; /* RANGE_SYSV: pages of the segment, whatever of it is here; 0: not known */
};

/* What is counted; memtrace(1) says what each means. */
enum metric {
	METRIC_MAPPED,
	METRIC_COMMITTED,
	METRIC_RESERVED,
	METRIC_FILE,
	METRIC_SHARED,
	METRIC_EXEC,
	METRIC_STACK,
	METRIC_HEAP,
	METRIC_VMAS, /* ranges; all others are bytes */
	METRICS
};

RB_HEAD(range_tree, range);

/* By how many bytes an event changed what the event `born` had made. */
struct piece {
	uint64_t born;
	int64_t bytes;
};

/* What an event changed; owned by whoever wants to know. */
struct pieces {
	struct piece *v;
	size_t n, size;
};

struct shared_memory;

struct address_space {
	struct range_tree ranges;
	size_t n;
	uint64_t now[METRICS];
	uint64_t brk; /* its break, 0: not known */
	uint64_t id;  /* unique in its model */
	struct pieces *pieces;        /* where changes are noted, or NULL */
	struct shared_memory *shared; /* where its part of shared memory is counted, or NULL */
};

/* space_new - an empty one; freed with space_free. */
struct address_space *space_new(void);

/* space_copy - a copy, as fork(2) makes: without what isn't given to children. */
struct address_space *space_copy(const struct address_space *s);

/* space_share - from now on it's counted in `shared`, with what it has. Its id must be set. */
void space_share(struct address_space *s, struct shared_memory *shared);

void space_free(struct address_space *s);

/* space_at - the range that holds `address`, or NULL. */
struct range *space_at(struct address_space *s, uint64_t address);

/* space_next - the first range that ends above `address`, or NULL. */
struct range *space_next(struct address_space *s, uint64_t address);

/*
 * space_put - map [start, end) as `like` says (its own start, end and links don't matter); what was there goes.
 */
void space_put(struct address_space *s, uint64_t start, uint64_t end, const struct range *like);

/* space_cut - unmap [start, end). */
void space_cut(struct address_space *s, uint64_t start, uint64_t end);

/* space_protect - let what is mapped in [start, end) be `access` (RANGE_ACCESS), by the event `by`. */
void space_protect(
    struct address_space *s, uint64_t start, uint64_t end, unsigned access, uint64_t by);

/* space_mark - set and clear bits of range.is in [start, end), and give it the name `name`. */
void space_mark(struct address_space *s, uint64_t start, uint64_t end, unsigned set, unsigned clear,
    uint32_t name);

/*
 * space_move - what is mapped in [from, from + length) becomes [to, to + new_length), as mremap(2) does; with
 * `keep` it stays where it was, too. Where there's a hole what is at its new place stays (mm/mremap.c,
 * remap_move: each range is moved by itself).
 */
void space_move(struct address_space *s, uint64_t from, uint64_t length, uint64_t to,
    uint64_t new_length, bool keep);
