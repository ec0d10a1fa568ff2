/*
 * map_random [-t THREADS] [-s] [-o FILE] SEED COUNT: random memory calls on a region of its own, for a model of
 * the address space to follow. Many fail, as they should.
 *
 * Call number i follows from SEED and i alone, so that some of them can be made again: -o names a file of the
 * numbers, one a line, to which all others are left out. Call i is thread i % THREADS's, which has its own part
 * of the region; -s: all have the same. Now and then all wait for each other, and one asks for the break alone:
 * then whoever watches can compare, which it can't while anything is under way. Between most such moments no call
 * of threads can fail half-way: after one that did, whoever watches has to look first, and can't compare.
 */
#include "raw.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08 /* newer than Debian 12's headers */
#endif

#define PAGE   4096UL
#define ALONE  256UL /* pages of the one part */
#define PART   64UL  /* pages of each of several */
#define GAP    128UL /* between parts: farther than any offset in a file, by which shmdt(2) finds its pieces */
#define REGION 0x100000000UL /* the kernel, which goes down from the stack, places nothing there */
#define OFFSETS 64U
#define THREADS_MAX 64
#define COUNT_MAX   (1L << 20)
#define ROUND       8  /* calls a thread between two meetings */
#define SEGMENTS    4
#define SLOTS       8

/* What the kernel placed, wherever it wanted. */
struct slot {
	unsigned long addr, length;
};

struct part {
	pthread_t thread;
	long first; /* number of its first call */
	unsigned long base, pages;
	bool has_break; /* the break is its, too */
	struct slot slots[SLOTS];
};

/* One call in the making: all of its choices come out of `random`. */
struct dice {
	unsigned long random;
	struct part *part;
	struct slot *slot;
	unsigned long addr, length; /* somewhere in the part */
	bool careful;               /* it mustn't fail half-way */
};

static unsigned long seed, heap;
static long count, threads = 1;
static bool shares, chosen_only;
static unsigned char chosen[COUNT_MAX];
static int memory_fd, disk_fd, segments[SEGMENTS];
static pthread_barrier_t barrier;

/* ---- choices ---- */

/* splitmix64: good even from one number to the next. */
static unsigned long roll(struct dice *d, unsigned long bound)
{
	unsigned long z = d->random += 0x9e3779b97f4a7c15UL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return (z ^ z >> 31) % bound;
}

static bool one_in(struct dice *d, unsigned long n)
{
	return roll(d, n) == 0;
}

/* Some pages, mostly few, that lie in the part. */
static void choose_pages(struct dice *d, unsigned long *addr, unsigned long *length)
{
	unsigned long first = roll(d, d->part->pages), left = d->part->pages - first;
	unsigned long most = one_in(d, 4) ? 32 : 6;
	unsigned long n = 1 + roll(d, left < most ? left : most);

	*addr = d->part->base + first * PAGE;
	*length = n * PAGE;
}

/* A length that the kernel rounds to the same. */
static unsigned long unround(struct dice *d, unsigned long length)
{
	return length && one_in(d, 6) ? length - roll(d, PAGE) : length;
}

/* ---- what the kernel places ---- */

static void forget_slot(struct slot *slot)
{
	if (slot->addr)
		raw_munmap(slot->addr, slot->length);
	slot->addr = 0;
}

static bool is_inside(const struct part *part, unsigned long addr)
{
	return addr >= part->base && addr < part->base + part->pages * PAGE;
}

static void keep(struct dice *d, long result, unsigned long length)
{
	if (result != -1 && !is_inside(d->part, (unsigned long)result))
		*d->slot = (struct slot){(unsigned long)result, (length + PAGE - 1) & ~(PAGE - 1)};
}

/* ---- calls ---- */

/* Let what is to be changed be there, as one range. */
static void prepare(struct dice *d)
{
	unsigned long flags = one_in(d, 2) ? MAP_PRIVATE : MAP_SHARED;

	if (d->careful)
		raw_mmap(d->addr, d->length, roll(d, 8), flags | MAP_FIXED);
}

static unsigned long mmap_place(struct dice *d, unsigned long *flags)
{
	unsigned long way = roll(d, 16);

	if (way < 10)
		*flags |= MAP_FIXED;
	else if (way < 12)
		*flags |= MAP_FIXED_NOREPLACE;
	if (way < 14)
		return d->addr;
	forget_slot(d->slot); /* a hint that is taken, or none */
	return way < 15 ? d->addr + (one_in(d, 4) ? 1 : 0) : 0;
}

static void call_mmap(struct dice *d)
{
	unsigned long flags = roll(d, 3) ? MAP_PRIVATE : MAP_SHARED, offset = roll(d, OFFSETS) * PAGE;
	unsigned long length = unround(d, d->length), prot = roll(d, 8), addr;
	int fd = -1;

	switch (roll(d, 4)) {
	case 0: fd = memory_fd; break;
	case 1:
		fd = disk_fd;
		flags = d->careful ? MAP_PRIVATE : flags; /* else it may not be written */
		break;
	default: flags |= MAP_ANONYMOUS; break;
	}
	if (one_in(d, 32) && fd == -1)
		flags = MAP_ANONYMOUS | MAP_DROPPABLE;
	flags |= (one_in(d, 6) ? MAP_NORESERVE : 0) | (one_in(d, 24) ? MAP_GROWSDOWN : 0);
	forget_slot(d->slot);
	addr = mmap_place(d, &flags);
	keep(d, syscall(SYS_mmap, addr, length, prot, flags, fd, offset + (one_in(d, 40) ? 1 : 0)), length);
}

static void call_munmap(struct dice *d)
{
	syscall(SYS_munmap, d->addr, unround(d, d->length));
}

/*
 * Without PROT_GROWSDOWN: it changes from where the kernel's range begins, and which neighbours the kernel has made
 * one depends on more than calls (on who was written to, for one).
 */
static void call_mprotect(struct dice *d)
{
	unsigned long prot = roll(d, 8);

	prepare(d);
	if (one_in(d, 5))
		syscall(SYS_pkey_mprotect, d->addr, unround(d, d->length), prot, one_in(d, 2) ? -1 : 0);
	else
		syscall(SYS_mprotect, d->addr, unround(d, d->length), prot);
}

/* What grows where it is must not grow into another's part. */
static void call_mremap(struct dice *d)
{
	unsigned long to, room, old = d->length, length = d->length, flags = 0;
	unsigned long end = d->part->base + d->part->pages * PAGE;

	choose_pages(d, &to, &room);
	prepare(d);
	switch (roll(d, 8)) {
	case 0: length = room; break;
	case 1: flags = MREMAP_MAYMOVE; length = room; break;
	case 2: flags = MREMAP_MAYMOVE; old = 0; break;
	case 3: flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP; break;
	case 4: flags = MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED; break;
	case 5: flags = MREMAP_MAYMOVE | MREMAP_FIXED; length = room; break;
	default: flags = MREMAP_MAYMOVE | MREMAP_FIXED; break;
	}
	if (one_in(d, 16))
		old = 0;
	if (d->addr + length > end)
		length = end - d->addr;
	if (to + length > end)
		to = end - length;
	forget_slot(d->slot);
	length = unround(d, length);
	keep(d, syscall(SYS_mremap, d->addr, unround(d, old), length, flags, to), length);
}

static void call_brk(struct dice *d)
{
	if (d->part->has_break)
		syscall(SYS_brk, heap + roll(d, 24 * PAGE));
}

static void call_remap_file_pages(struct dice *d)
{
	syscall(SYS_remap_file_pages, d->addr + (one_in(d, 8) ? 7 : 0), unround(d, d->length), 0UL,
	    roll(d, OFFSETS), 0UL);
}

/* Where segments are attached, so that shmdt(2) finds some. */
static unsigned long attachment(struct dice *d)
{
	return d->addr & ~(4 * PAGE - 1);
}

/* Segments are of 1, 3, 9 and 27 pages: none may reach beyond the part. */
static void call_shmat(struct dice *d)
{
	unsigned long k = roll(d, SEGMENTS), pages = (unsigned long[]){1, 3, 9, 27}[k], addr = attachment(d);
	int flags = (one_in(d, 3) ? SHM_RDONLY : 0) | (one_in(d, 4) ? SHM_EXEC : 0);

	if (addr + pages * PAGE > d->part->base + d->part->pages * PAGE)
		addr = d->part->base;
	flags |= one_in(d, 4) ? 0 : SHM_REMAP;
	forget_slot(d->slot);
	if (one_in(d, 8))
		addr = 0;
	else if (one_in(d, 8))
		flags |= SHM_RND;
	keep(d, syscall(SYS_shmat, segments[k], addr + (flags & SHM_RND ? 5 : 0), flags), pages * PAGE);
}

static void call_shmdt(struct dice *d)
{
	syscall(SYS_shmdt, one_in(d, 4) ? d->addr : attachment(d));
}

/*
 * None that the kernel notes in ranges of their own: shmdt(2) stops at the first that goes beyond the segment's end,
 * which moved pieces can, and no call tells where they are split.
 */
static void call_madvise(struct dice *d)
{
	static const int advice[] = {MADV_NORMAL, MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_WILLNEED};

	syscall(SYS_madvise, d->addr, d->length, advice[roll(d, sizeof(advice) / sizeof(advice[0]))]);
}

/* Something that the kernel placed: give it up, change it, grow it or bring it into the part. */
static void call_on_slot(struct dice *d)
{
	struct slot slot = *d->slot;
	unsigned long room = d->part->base + d->part->pages * PAGE - d->addr;

	if (!slot.addr)
		return;
	switch (roll(d, 4)) {
	case 0: forget_slot(d->slot); break;
	case 1: syscall(SYS_mprotect, slot.addr, slot.length, roll(d, 8)); break;
	case 2:
		if (syscall(SYS_mremap, slot.addr, slot.length, d->length, 0UL, 0UL) != -1)
			d->slot->length = d->length;
		break;
	default: /* whole: of one that is moved half-way, nobody would know what is left */
		if (slot.length <= room && syscall(SYS_mremap, slot.addr, slot.length, slot.length,
		                               MREMAP_MAYMOVE | MREMAP_FIXED, d->addr) != -1)
			d->slot->addr = 0;
		break;
	}
}

/* Call number `i` of `part`. */
static void make(struct part *part, long i)
{
	static void (*const calls[])(struct dice *) = {call_mmap, call_mmap, call_mmap, call_mmap, call_mmap,
	    call_munmap, call_munmap, call_mprotect, call_mprotect, call_mprotect, call_mprotect, call_mremap,
	    call_mremap, call_mremap, call_mremap, call_brk, call_remap_file_pages, call_shmat, call_shmat,
	    call_shmdt, call_shmdt, call_madvise, call_on_slot, call_on_slot};
	struct dice d = {.random = seed * 0xd1342543de82ef95UL ^ (unsigned long)i << 20, .part = part};
	unsigned long kind = roll(&d, sizeof(calls) / sizeof(calls[0]));

	d.slot = &part->slots[roll(&d, SLOTS)];
	choose_pages(&d, &d.addr, &d.length);
	d.careful = threads > 1 && i / (threads * ROUND) % 4;
	calls[kind](&d);
}

/* ---- threads ---- */

static void *run(void *argument)
{
	struct part *part = argument;
	long rounds = (count + threads * ROUND - 1) / (threads * ROUND), i = part->first;

	for (long round = 0; round < rounds; round++) {
		pthread_barrier_wait(&barrier);
		for (long end = i + threads * ROUND; i < end; i += threads) {
			if (i < count && (!chosen_only || chosen[i]))
				make(part, i);
		}
		pthread_barrier_wait(&barrier);
		if (part->first == 0 && threads > 1)
			syscall(SYS_brk, 0UL); /* alone */
	}
	return NULL;
}

static void start(void)
{
	static struct part parts[THREADS_MAX];

	pthread_barrier_init(&barrier, NULL, (unsigned int)threads);
	for (long i = 0; i < threads; i++) {
		bool whole = threads == 1 || shares;

		parts[i].first = i;
		parts[i].pages = whole ? ALONE : PART;
		parts[i].base = REGION + (whole ? 0 : (unsigned long)i * (PART + GAP) * PAGE);
		parts[i].has_break = i == 0;
		if (i == 0 || !shares)
			raw_mmap(parts[i].base, parts[i].pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_FIXED_NOREPLACE);
	}
	for (long i = 1; i < threads; i++) {
		errno = pthread_create(&parts[i].thread, NULL, run, &parts[i]);
		if (errno != 0)
			raw_die("pthread_create");
	}
	heap = (unsigned long)syscall(SYS_brk, 0UL); /* above all that malloc(3) has */
	run(&parts[0]);
	for (long i = 1; i < threads; i++)
		pthread_join(parts[i].thread, NULL);
}

/* ---- what calls work on ---- */

/* A segment to be destroyed goes on while it's attached somewhere: so it can't be left behind. */
static void make_segments(void)
{
	static const unsigned long pages[SEGMENTS] = {1, 3, 9, 27};

	for (int i = 0; i < SEGMENTS; i++) {
		segments[i] = shmget(IPC_PRIVATE, pages[i] * PAGE, 0600);
		if (segments[i] < 0 || shmat(segments[i], NULL, SHM_RDONLY) == (void *)-1)
			raw_die("a shared memory segment");
		shmctl(segments[i], IPC_RMID, NULL);
	}
}

static void make_objects(void)
{
	memory_fd = (int)syscall(SYS_memfd_create, "random", 0);
	disk_fd = open("/proc/self/exe", O_RDONLY); /* can't be written: some calls fail half-way */
	if (memory_fd < 0 || disk_fd < 0 || ftruncate(memory_fd, (OFFSETS + ALONE) * PAGE) < 0)
		raw_die("files");
	make_segments();
}

static void read_chosen(const char *path)
{
	FILE *file = fopen(path, "r");
	long i;

	if (!file)
		raw_die(path);
	chosen_only = true;
	while (fscanf(file, "%ld", &i) == 1) {
		if (i >= 0 && i < COUNT_MAX)
			chosen[i] = 1;
	}
	fclose(file);
}

int main(int argc, char **argv)
{
	for (int option; (option = getopt(argc, argv, "t:so:")) != -1;) {
		switch (option) {
		case 't': threads = strtol(optarg, NULL, 10); break;
		case 's': shares = true; break;
		case 'o': read_chosen(optarg); break;
		default: threads = 0;
		}
	}
	if (argc - optind == 2) {
		seed = strtoul(argv[optind], NULL, 10);
		count = strtol(argv[optind + 1], NULL, 10);
	}
	if (threads < 1 || threads > THREADS_MAX || count < 1 || count > COUNT_MAX) {
		dprintf(2, "usage: map_random [-t THREADS] [-s] [-o FILE] SEED COUNT\n");
		return 2;
	}
	make_objects();
	start();
	return 0;
}
