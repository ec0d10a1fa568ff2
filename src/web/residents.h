/* What of this machine's processes is in memory, looked at once a second. */
#pragma once

#include "web/runs.h"

struct residents {
	uint64_t looked; /* when, ns */
	int64_t *pids;
	uint64_t *bytes;
	size_t n, size;
};

/* residents_look - note it in the runs whose processes are here, if it's time to. */
void residents_look(struct residents *r, struct runs *runs);

void residents_free(struct residents *r);
