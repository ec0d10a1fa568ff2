/*
 * What a run comes to: its processes, who mapped what, what became of it. It follows the events of a trace; what
 * it has then is read by those who print it. Pure.
 */
#pragma once

#include "model/model.h"
#include "report/groups.h"
#include "report/stacks.h"
#include "util/err.h"

/* What calls are put together by. */
enum ledger_by { BY_PROCESS, BY_PATH, BY_SITE, BY_CALL, BY_SITE_OF_PROCESS };

/* The event that made or last changed a range; by its number in the model. */
struct maker {
	uint64_t seq, elapsed, live; /* live: bytes of what it made */
	int64_t tid;
	uint64_t space;
	uint32_t group, file; /* indices + 1; 0: none */
	uint32_t stack, comm;
	int16_t call_id; /* -1: no call */
	uint16_t type;   /* enum event_type */
};

/* Ranges of one kind that a process had at its end. */
struct kept {
	uint64_t n, bytes, rss;
};

struct ledger_process {
	int64_t pid;
	uint32_t comm, exe;
	bool ended;
	bool has_code;
	int64_t code;
	uint32_t signal; /* a text; 0: none */
	uint64_t began, end; /* ns */
	uint64_t calls, failed, max_rss;
	uint64_t last[METRICS], peak[METRICS], peak_at[METRICS];
	struct series series; /* of committed */
	bool has_rss;
	bool near_limit; /* it has had nearly as many ranges as it may: audit's */
	uint64_t rss;    /* at the end */
	struct kept thread_stacks, arenas;
};

/* A mapping that was there at a process's end. */
struct holding {
	uint32_t process;
	uint64_t start, end, rss;
	bool has_rss;
	unsigned is;
	uint32_t name;
	uint64_t born;
};

#define HOLDINGS_MAX 100

struct ledger {
	enum ledger_by by;
	struct model *model;
	bool owns_model;
	struct intern texts;
	struct stacks stacks;
	struct maker *makers; /* by event number */
	size_t makers_n, makers_size;
	struct groups groups, files, failures;
	struct ledger_process *processes;
	size_t processes_n, processes_size;
	uint32_t *by_pid; /* index + 1 of the last one of that id */
	struct holding holdings[HOLDINGS_MAX]; /* the biggest, biggest first */
	size_t holdings_n;
	/* The run. */
	uint32_t run, host, engine, command, coverage, reasons;
	uint64_t started; /* ns since the epoch */
	uint64_t elapsed; /* of the last event */
	uint64_t calls, failed, lost;
	bool begun, ended, has_stacks;
	uint64_t tree_last[METRICS], tree_peak[METRICS], tree_peak_at[METRICS];
	struct series tree_series;
};

/* ledger_new - of a run whose model is `model`, the caller's, which is watched from now on; NULL: one of its own. */
struct ledger *ledger_new(enum ledger_by by, struct model *model);

/*
 * ledger_check - whether a run that begins so can be followed: none that was filtered, or seen by an engine
 * without results. Returns 0 or -EINVAL with err set, `name` being the trace's.
 */
int ledger_check(const struct event *start, const char *name, struct err *err);

/* ledger_take - the next event of the run, applied to its own model. */
void ledger_take(struct ledger *l, const struct event *ev);

/* ledger_note - the same, where the model is the caller's: `change` is what it did. */
void ledger_note(struct ledger *l, const struct event *ev, const struct change *change);

/* ledger_process - the last process of that id; NULL: there was none. */
struct ledger_process *ledger_process(const struct ledger *l, int64_t pid);

/* ledger_text - a text by its number. */
struct str ledger_text(const struct ledger *l, uint32_t number);

/* ledger_site - append what a group is, in words: a site, a path, a call, a process. */
void ledger_name(const struct ledger *l, const struct group *group, struct buf *out);

void ledger_free(struct ledger *l);
