/*
 * The processes of a run: all that live, and of those that ended the last ones. Pure. Each has a number of its own,
 * since ids of processes come again.
 */
#pragma once

#include <bsd/sys/tree.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "model/space.h"
#include "util/str.h"
#include "web/track.h"

/* Columns of a process's track: the metrics, and what is resident. */
#define ROSTER_RESIDENT METRICS
#define ROSTER_COLUMNS  (METRICS + 1)

/* So many that ended are kept. */
#define ROSTER_ENDED 1000

struct member {
	RB_ENTRY(member) by_number, by_pid; /* by_pid: while it lives */
	TAILQ_ENTRY(member) by_change;      /* the one that changed last comes first */
	TAILQ_ENTRY(member) by_end;
	uint32_t number; /* from 1 */
	int64_t pid, parent; /* parent: 0: not known */
	char *comm, *exe; /* exe: NULL: not known */
	size_t comm_len, exe_len;
	bool ended, has_code, has_levels;
	char signal[24]; /* "": by none */
	int64_t code;
	uint64_t began, end; /* ns */
	uint64_t calls, failed;
	uint64_t resident, max_rss; /* bytes; 0: not known */
	uint64_t space;   /* the id of its address space; 0: none */
	uint64_t had;     /* that of the one before */
	uint64_t changed; /* in which turn it did last */
	uint64_t now[METRICS], peak[METRICS]; /* once it has ended: with has_levels */
	struct track levels;
};

RB_HEAD(roster_numbers, member);
RB_HEAD(roster_pids, member);
TAILQ_HEAD(roster_list, member);

/* Whose numbers are gone, and when. */
struct roster_gone {
	uint32_t number;
	uint64_t turn;
};
#define ROSTER_GONE 4096

struct roster {
	struct roster_numbers numbers;
	struct roster_pids pids;
	struct roster_list changes, ended;
	struct member *last; /* that was found */
	uint32_t made;
	size_t living, dead; /* those that are kept */
	struct roster_gone gone[ROSTER_GONE]; /* a ring */
	uint64_t gone_n;
	uint64_t turn; /* the one that runs: what changes does so in it */
};

/* roster_init - an empty one; freed with roster_free. */
void roster_init(struct roster *r);

/* roster_find - the living process of that id, or NULL. */
struct member *roster_find(struct roster *r, int64_t pid);

/* roster_number - the one of that number, or NULL. */
struct member *roster_number(struct roster *r, uint32_t number);

/* roster_add - a new one since `elapsed` (ns). If one of that id lived, it has ended, untold. */
struct member *roster_add(struct roster *r, int64_t pid, uint64_t elapsed);

/* roster_touch - something about it is new. */
void roster_touch(struct roster *r, struct member *m);

/* roster_name - it's called so, and `exe` is its image's path: empty: as before. */
void roster_name(struct roster *r, struct member *m, struct str comm, struct str exe);

/* roster_end - it has ended. */
void roster_end(struct roster *r, struct member *m, uint64_t elapsed);

/* roster_shares - whether a living process besides `m` uses the space of that id. */
bool roster_shares(const struct roster *r, const struct member *m, uint64_t space);

/* roster_known - it's known whose numbers went in each turn behind that one. */
uint64_t roster_known(const struct roster *r);

/* roster_resident - what all that live have in memory, as far as it's known. */
uint64_t roster_resident(const struct roster *r);

void roster_free(struct roster *r);
