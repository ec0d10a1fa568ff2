/*
 * Maps as its standard input says, a word a line, and answers "ok" to each: "map BYTES", "unmap" the last one, "many N"
 * ranges of a page, "name TEXT" for itself, "file PATH", "fail". Ends with its input.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

static void *last;
static size_t last_size;

static void map(size_t size)
{
	last = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	last_size = size;
}

/* Neighbours differ, so that they stay apart. */
static void many(long n)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *at = mmap(NULL, (size_t)n * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (long i = 0; at != MAP_FAILED && i < n; i += 2)
		mprotect(at + (size_t)i * page, page, PROT_READ | PROT_WRITE);
}

static void map_file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	if (fd >= 0 && ftruncate(fd, 65536) == 0)
		mmap(NULL, 65536, PROT_READ, MAP_SHARED, fd, 0);
}

int main(void)
{
	char line[4200];
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "map ", 4) == 0)
			map((size_t)atol(line + 4));
		else if (strcmp(line, "unmap") == 0)
			munmap(last, last_size);
		else if (strncmp(line, "many ", 5) == 0)
			many(atol(line + 5));
		else if (strncmp(line, "name ", 5) == 0)
			prctl(PR_SET_NAME, line + 5);
		else if (strncmp(line, "file ", 5) == 0)
			map_file(line + 5);
		else if (strcmp(line, "fail") == 0)
			munmap((void *)1, 4096);
		puts("ok");
		fflush(stdout);
	}
	return 0;
}
