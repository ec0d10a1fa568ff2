/* `shortage as|data|memlock|ranges|total|addresses` asks for more than it may have, of that. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define PAGE 4096UL
#define RW   (PROT_READ | PROT_WRITE)

static void *map_bytes(size_t size, int prot, int flags)
{
	return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void limit(int which, rlim_t bytes)
{
	struct rlimit limit = {bytes, bytes};
	setrlimit(which, &limit);
}

__attribute__((noinline)) void cut(char *p, size_t pages)
{
	for (size_t i = 0; i < pages; i += 2) {
		if (mprotect(p + i * PAGE, PAGE, PROT_NONE) < 0)
			return;
	}
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";
	if (strcmp(what, "as") == 0) {
		limit(RLIMIT_AS, 64UL << 20);
		map_bytes(128UL << 20, PROT_NONE, 0);
	} else if (strcmp(what, "data") == 0) {
		limit(RLIMIT_DATA, 16UL << 20);
		map_bytes(32UL << 20, RW, 0);
	} else if (strcmp(what, "memlock") == 0) {
		limit(RLIMIT_MEMLOCK, PAGE);
		if (geteuid() == 0 && setuid(65534) < 0)
			return 1;
		map_bytes(16 * PAGE, RW, MAP_LOCKED);
	} else if (strcmp(what, "ranges") == 0) {
		cut(map_bytes(80000 * PAGE, PROT_READ, MAP_NORESERVE), 80000);
	} else if (strcmp(what, "total") == 0) {
		map_bytes(1UL << 46, RW, 0);
	} else {
		map_bytes(1UL << 50, RW, 0);
	}
	return errno == ENOMEM || errno == EAGAIN ? 0 : 1;
}
