/* A static program, with no loader and no shared libraries: the heap by brk and by mmap. */
#include "raw.h"

/* malloc(3): more than M_MMAP_THRESHOLD is a mapping of its own. */
static void heap(void)
{
	char *small = malloc(1000);
	char *large = malloc(1 << 20);
	char *grown;

	if (!small || !large)
		raw_die("malloc");
	memset(small, 1, 1000);
	memset(large, 2, 1 << 20);
	grown = realloc(large, 4 << 20);
	if (!grown)
		raw_die("realloc");
	free(grown);
	free(small);
}

int main(void)
{
	unsigned long addr = raw_mmap(0, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE);

	heap();
	raw_mprotect(addr, 4096, PROT_READ);
	raw_munmap(addr, 16384);
	printf("hello\n");
	return 0;
}
