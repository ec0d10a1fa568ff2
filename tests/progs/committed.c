/*
 * committed: maps memory of all kinds, then prints "ACCOUNTED MORE" and ends: what the kernel counts as committed,
 * by its own list; and what memtrace does besides, since it can turn into memory that no file backs.
 */
#include "raw.h"

#include <fcntl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)

static char smaps[1 << 20]; /* no call changes a range once it's being read */

/* The first byte, so that it's there. */
static unsigned long touch(unsigned long at)
{
	*(volatile char *)at = 1;
	return at;
}

static void map_private(void)
{
	unsigned long at = touch(raw_mmap(0, 10 * PAGE, RW, MAP_PRIVATE));

	raw_mprotect(at, 4 * PAGE, PROT_READ); /* was writable, and holds something */
	raw_mmap(0, 20 * PAGE, PROT_NONE, MAP_PRIVATE);
	at = raw_mmap(0, 20 * PAGE, PROT_READ, MAP_PRIVATE);
	raw_mprotect(at + PAGE, 7 * PAGE, RW);
	at = raw_mmap(0, 4 * PAGE, RW, MAP_PRIVATE);
	raw_mremap(at, 4 * PAGE, 40 * PAGE, MREMAP_MAYMOVE, 0);
	for (unsigned long i = 1; i <= 64; i++) /* the stack grows */
		touch(((unsigned long)&at & ~(PAGE - 1)) - i * PAGE);
}

static void map_files(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), memory = memfd_create("m", 0);

	if (file < 0 || ftruncate(file, 30 * PAGE) < 0 || ftruncate(memory, 30 * PAGE) < 0)
		raw_die(path);
	mmap(NULL, 11 * PAGE, RW, MAP_SHARED, file, 0);
	mmap(NULL, 12 * PAGE, RW, MAP_PRIVATE, file, 0);
	mmap(NULL, 13 * PAGE, PROT_READ, MAP_PRIVATE, file, 0);
	mmap(NULL, 14 * PAGE, RW, MAP_PRIVATE, memory, 0);
	mmap(NULL, 15 * PAGE, RW, MAP_SHARED, memory, 0);
	mmap(NULL, 16 * PAGE, RW, MAP_PRIVATE, open("/dev/zero", O_RDWR), 0);
}

/* What the kernel counts with the file that's behind it, or not at all. Returns how much. */
static unsigned long map_unaccounted(void)
{
	unsigned long at = raw_mmap(0, 50 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE);
	int id = shmget(IPC_PRIVATE, 17 * PAGE, 0600 | IPC_CREAT);

	raw_mprotect(at, 5 * PAGE, RW);                           /* as malloc(3) does in its arenas */
	raw_mmap(0, 100 * PAGE, RW, MAP_PRIVATE | MAP_NORESERVE); /* as sanitizers do: reserved */
	raw_mmap(0, 18 * PAGE, RW, MAP_SHARED);
	shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL);
	return (5 + 15 + 17 + 18) * PAGE; /* with the shared memfd */
}

static void read_smaps(void)
{
	int fd = open("/proc/self/smaps", O_RDONLY);
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, smaps + len, sizeof(smaps) - 1 - len)) > 0)
		len += (size_t)n;
}

/* The sizes of all ranges whose VmFlags have "ac" (proc_pid_smaps(5)). */
static unsigned long accounted(void)
{
	unsigned long sum = 0, start = 0, end = 0;
	char *rest;

	for (char *line = strtok_r(smaps, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "VmFlags:", 8) == 0)
			sum += strstr(line, " ac") ? end - start : 0;
		else if (*line < 'A' || *line > 'Z')
			sscanf(line, "%lx-%lx", &start, &end);
	}
	return sum;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		dprintf(2, "usage: committed FILE\n");
		return 2;
	}
	map_private();
	map_files(argv[1]);
	unsigned long more = map_unaccounted();

	read_smaps();
	char text[64]; /* nothing that would need more memory */
	int n = snprintf(text, sizeof(text), "%lu %lu\n", accounted(), more);
	_exit(write(1, text, (size_t)n) != n);
}
