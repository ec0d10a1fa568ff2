/*
 * An engine turns the kernel's view into raw records (raw.h). All give the same records; what one
 * can't do it says in its capabilities, never by its name.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "engine/launch.h"
#include "raw.h"
#include "util/err.h"

enum {
	ENGINE_LAUNCH = 1 << 0,  /* can start a command */
	ENGINE_RESULTS = 1 << 1, /* sees what calls return */
	ENGINE_ATTACH = 1 << 2,  /* can trace what runs already */
	ENGINE_STACKS = 1 << 3,  /* copies stacks */
	ENGINE_WHOLE = 1 << 4,   /* traces all processes, or those of a control group */
	ENGINE_LIGHT = 1 << 5,   /* stops nobody */
};

/* What an engine is asked to do. All pointers stay the caller's and hold until engine->close. */
struct engine_setup {
	uint64_t calls;                 /* to capture: a set of ids of syscalls[] */
	char *const *argv;              /* the command; NULL: none */
	char **envp;                    /* its environment */
	const struct launch_user *user; /* NULL: ours */
	const pid_t *targets;           /* processes to attach to, each once */
	size_t targets_n;
	/* Without a command or targets: all processes, or of a control group (a descriptor of its folder; -1: none). */
	int cgroup;
	size_t buffer;    /* for what waits to be looked at, bytes a processor; 0: what serves most */
	bool stdout_to_stderr;
	bool follow;      /* children too (threads always are) */
	bool filter;      /* stop by a seccomp filter, else at every system call */
	bool argv_wanted; /* read argument lists */
	bool modelled;    /* somebody follows the spaces: what calls that fail leave behind is wanted */
	bool stacks;      /* copy the stacks of callers */
	bool colocate;    /* hold those who make calls all the time on our processor meanwhile */
	bool truth;       /* put the space's maps into records of calls, when nothing changes them */
};

/* Why what an engine saw may not be all there was: bits of engine->gaps. */
enum {
	GAP_UNTRACED_CHILD = 1 << 0,
	GAP_COMPAT_TASKS = 1 << 1,
	GAP_ATTACH = 1 << 2,
	GAP_FOREIGN_FILTER = 1 << 3,
	GAP_MODEL = 1 << 4, /* an address space isn't what a model makes of the calls */
};

/* What engine->next returned when it wasn't a negative errno. */
enum engine_outcome {
	ENGINE_DONE,   /* nothing is traced any more */
	ENGINE_RECORD, /* a record */
	ENGINE_QUIET,  /* a signal interrupted the wait: look at the clock, then call again */
};

struct tracer;

struct engine {
	const char *name;
	unsigned capabilities;

	/*
	 * Start. On success what is to be traced is in place (a command has been executed, its first
	 * record will be RAW_EXEC; that of a target RAW_ATTACH) and *ret is to be closed. Targets that
	 * can't be attached to are told of on standard error, as long as there are others. Returns 0, or
	 * a negative errno with err set and all as it was.
	 */
	int (*open)(const struct engine_setup *setup, struct tracer **ret, struct err *err);

	/*
	 * Wait for the next record, which holds until the next call. Blocks; returns an
	 * engine_outcome, or a negative errno with err set.
	 */
	int (*next)(struct tracer *t, const struct raw **ret, struct err *err);

	/* The command's pid; 0: there is none. */
	pid_t (*root)(const struct tracer *t);

	/* GAP_* bits. */
	unsigned (*gaps)(const struct tracer *t);

	/* NULL, or: how much of what the kernel had to tell was lost. */
	uint64_t (*lost)(const struct tracer *t);

	/*
	 * Append up to `most` processes that live: "sleep (812), sh (813)". Returns how many live.
	 */
	unsigned (*living)(const struct tracer *t, unsigned most, struct buf *names);

	/* NULL, or: the caller is going to wait for something else, and `next` isn't called for a while. */
	void (*rest)(struct tracer *t);

	/* Send a signal to all processes that the command became; never to targets. */
	void (*signal)(struct tracer *t, int signal);

	/*
	 * From now on only serve stops, so that targets run on: no records but the root's RAW_EXIT.
	 */
	void (*mute)(struct tracer *t);

	/*
	 * The trace ends here: `next` gives what is known so far, calls in flight as unfinished, and
	 * then ENGINE_DONE without waiting.
	 */
	void (*cut)(struct tracer *t);

	/* Whether targets can be let go alive: without it, closing kills what still lives. */
	bool (*can_detach)(const struct tracer *t);

	/*
	 * Let all go alive (can_detach): `next` gives a RAW_DETACH for each process, then
	 * ENGINE_DONE. May be called again, while `next` isn't, for those that couldn't be let go yet.
	 */
	void (*release)(struct tracer *t);

	/* Let those go that were attached to, and trace on what the command became. */
	void (*release_targets)(struct tracer *t);

	/* End: let targets go or kill them (can_detach), free all. */
	void (*close)(struct tracer *t);
};

extern const struct engine *const engines[];
extern const unsigned engines_count;

/* engine_find - by name, or NULL. */
const struct engine *engine_find(const char *name);
