#include "util/inherited.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/mem.h"

static struct {
	int *v;
	size_t n, size;
} inherited;

void inherited_note(void)
{
	DIR *dir = opendir("/proc/self/fd");
	if (!dir)
		return;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		int fd = atoi(entry->d_name);
		if (fd > STDERR_FILENO && fd != dirfd(dir))
			*MEM_PUSH(inherited.v, inherited.n, inherited.size) = fd;
	}
	closedir(dir);
}

void inherited_close(void)
{
	while (inherited.n)
		close(inherited.v[--inherited.n]);
	free(inherited.v);
	inherited.v = NULL;
	inherited.size = 0;
}
