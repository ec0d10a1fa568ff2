#include "web/residents.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/clock.h"
#include "util/mem.h"

/* How many are looked at, at most: those that changed last. */
#define PROCESSES_MAX 200

/* /proc/PID/statm takes no lock of the process, as smaps would. Returns 0 where there's no such process. */
static uint64_t resident_bytes(int64_t pid)
{
	char path[40], text[128];
	snprintf(path, sizeof(path), "/proc/%lld/statm", (long long)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	/* Pages: all, then those in memory (proc_pid_statm(5)). */
	char *second = text + strcspn(text, " ");
	return strtoull(second, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void list_pids(struct residents *r, struct live *l)
{
	const struct member *m;
	r->n = 0;
	live_look(l);
	TAILQ_FOREACH (m, &l->roster.changes, by_change) {
		if (r->n == PROCESSES_MAX || !l->local || !l->now_is)
			break;
		if (!m->ended)
			*MEM_PUSH(r->pids, r->n, r->size) = m->pid;
	}
	live_release(l);
	r->bytes = mem_realloc(r->bytes, (r->n + 1) * sizeof(*r->bytes));
}

static void note(struct residents *r, struct live *l)
{
	live_look(l);
	if (!l->local || !l->now_is) {
		live_release(l);
		return;
	}
	uint64_t now = live_now(l);
	for (size_t i = 0; i < r->n; i++) {
		struct member *m = roster_find(&l->roster, r->pids[i]);
		if (!m || m->resident == r->bytes[i])
			continue;
		m->resident = r->bytes[i];
		track_set(&m->levels, now, ROSTER_RESIDENT, m->resident);
		roster_touch(&l->roster, m);
	}
	track_set(&l->tree, now, ROSTER_RESIDENT, roster_resident(&l->roster));
	live_release(l);
}

static void look_at(struct live *l, void *arg)
{
	struct residents *r = arg;
	list_pids(r, l);
	for (size_t i = 0; i < r->n; i++)
		r->bytes[i] = resident_bytes(r->pids[i]);
	note(r, l);
}

void residents_look(struct residents *r, struct runs *runs)
{
	uint64_t now = clock_mono();
	if (now - r->looked < NSEC_PER_SEC)
		return;
	r->looked = now;
	runs_each(runs, look_at, r);
}

void residents_free(struct residents *r)
{
	free(r->pids);
	free(r->bytes);
}
