#include "web/roster.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

/* Of a process's track: steps, and how long the first ones are, ns. */
#define STEPS 128
#define WIDTH 10000000

static int compare_numbers(const struct member *a, const struct member *b)
{
	return a->number < b->number ? -1 : a->number > b->number;
}

static int compare_pids(const struct member *a, const struct member *b)
{
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

RB_GENERATE_INTERNAL(roster_numbers, member, by_number, compare_numbers, static __attribute__((unused)))
RB_GENERATE_INTERNAL(roster_pids, member, by_pid, compare_pids, static __attribute__((unused)))

void roster_init(struct roster *r)
{
	*r = (struct roster){.turn = 1};
	TAILQ_INIT(&r->changes);
	TAILQ_INIT(&r->ended);
}

struct member *roster_find(struct roster *r, int64_t pid)
{
	struct member key = {.pid = pid};
	if (!r->last || r->last->pid != pid || r->last->ended)
		r->last = RB_FIND(roster_pids, &r->pids, &key);
	return r->last;
}

struct member *roster_number(struct roster *r, uint32_t number)
{
	struct member key = {.number = number};
	return RB_FIND(roster_numbers, &r->numbers, &key);
}

struct member *roster_add(struct roster *r, int64_t pid, uint64_t elapsed)
{
	struct member *before = roster_find(r, pid);
	if (before)
		roster_end(r, before, elapsed);
	struct member *m = mem_alloc(sizeof(*m));
	m->number = ++r->made;
	m->pid = pid;
	m->began = elapsed;
	m->changed = r->turn;
	m->comm = mem_strdup("");
	track_init(&m->levels, TRACK_LEVEL, ROSTER_COLUMNS, STEPS, elapsed, WIDTH);
	RB_INSERT(roster_numbers, &r->numbers, m);
	RB_INSERT(roster_pids, &r->pids, m);
	TAILQ_INSERT_HEAD(&r->changes, m, by_change);
	r->living++;
	r->last = m;
	return m;
}

void roster_touch(struct roster *r, struct member *m)
{
	if (m->changed == r->turn)
		return;
	m->changed = r->turn;
	TAILQ_REMOVE(&r->changes, m, by_change);
	TAILQ_INSERT_HEAD(&r->changes, m, by_change);
}

static void replace(char **text, size_t *len, struct str by)
{
	if (*text && *len == by.len && memcmp(*text, by.s, by.len) == 0)
		return;
	free(*text);
	*text = mem_alloc(by.len + 1);
	memcpy(*text, by.s, by.len);
	*len = by.len;
}

void roster_name(struct roster *r, struct member *m, struct str comm, struct str exe)
{
	if (comm.len)
		replace(&m->comm, &m->comm_len, comm);
	if (exe.len)
		replace(&m->exe, &m->exe_len, exe);
	roster_touch(r, m);
}

static void drop(struct roster *r, struct member *m)
{
	r->gone[r->gone_n++ % ROSTER_GONE] = (struct roster_gone){m->number, r->turn};
	RB_REMOVE(roster_numbers, &r->numbers, m);
	TAILQ_REMOVE(&r->changes, m, by_change);
	TAILQ_REMOVE(&r->ended, m, by_end);
	r->dead--;
	r->last = NULL;
	track_free(&m->levels);
	free(m->comm);
	free(m->exe);
	free(m);
}

void roster_end(struct roster *r, struct member *m, uint64_t elapsed)
{
	m->ended = true;
	m->end = elapsed;
	RB_REMOVE(roster_pids, &r->pids, m);
	TAILQ_INSERT_TAIL(&r->ended, m, by_end);
	roster_touch(r, m);
	r->living--;
	r->last = NULL;
	if (++r->dead > ROSTER_ENDED)
		drop(r, TAILQ_FIRST(&r->ended));
}

bool roster_shares(const struct roster *r, const struct member *m, uint64_t space)
{
	struct member *other;
	RB_FOREACH (other, roster_pids, (struct roster_pids *)(uintptr_t)&r->pids) {
		if (other != m && other->space == space)
			return true;
	}
	return false;
}

uint64_t roster_known(const struct roster *r)
{
	return r->gone_n <= ROSTER_GONE ? 0 : r->gone[r->gone_n % ROSTER_GONE].turn;
}

uint64_t roster_resident(const struct roster *r)
{
	uint64_t sum = 0;
	struct member *m;
	RB_FOREACH (m, roster_pids, (struct roster_pids *)(uintptr_t)&r->pids)
		sum += m->resident;
	return sum;
}

void roster_free(struct roster *r)
{
	struct member *m, *next;
	while ((m = RB_MIN(roster_pids, &r->pids)))
		roster_end(r, m, m->began);
	for (m = TAILQ_FIRST(&r->ended); m; m = next) {
		next = TAILQ_NEXT(m, by_end);
		drop(r, m);
	}
}
