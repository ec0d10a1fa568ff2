#include "util/inherited.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "util/mem.h"
#include "util/num.h"

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
		uint64_t fd;
		if (num_parse(entry->d_name, &fd) == 0 && fd > STDERR_FILENO &&
		    fd != (uint64_t)dirfd(dir))
			*MEM_PUSH(inherited.v, inherited.n, inherited.size) = (int)fd;
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
