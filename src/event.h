/*
 * An event: what a request to change an address space, or a change of a task's life, means. The
 * value that the decoder and the trace reader give, and all that sinks, rules and reports get.
 *
 * An event owns nothing: its texts and lists belong to whoever made it and hold until that one
 * makes the next. Only the members whose bit is set in `has` mean anything.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "raw.h"
#include "util/str.h"

enum event_type {
	EVENT_START,
	EVENT_CALL,
	EVENT_EXEC,
	EVENT_FORK,
	EVENT_EXIT,
	EVENT_ATTACH,
	EVENT_DETACH,
	EVENT_LOST,
	EVENT_FINDING,
	EVENT_END,
	EVENT_TYPES
};

struct str_list {
	const struct str *v;
	size_t n;
};

struct pid_list {
	const int64_t *v;
	size_t n;
};

struct flag_table;

/* A set of flags: bits and the table that names them; or, where `text` is set, the JSON array. */
struct names {
	uint64_t bits;
	const struct flag_table *table;
	struct str text;
};

/* One range of an address space, as /proc/PID/maps has it. */
struct map {
	uint64_t start, end;
	uint64_t offset; /* in the file, bytes */
	uint64_t dev;    /* major << 32 | minor; 0 with inode 0: no file */
	uint64_t inode;
	struct str path; /* len 0: none */
	char perms[5];   /* "rw-p" */
	bool deleted;    /* the file has no name any more */
	/* Of it, in memory, where the text said so (proc_pid_smaps(5)), bytes. */
	uint64_t rss, swap, anon_huge;
	bool grows_down; /* by itself */
};

struct map_list {
	const struct map *v;
	size_t n;
};

/* One frame of a call stack; texts of length 0 and a line of 0 are unknown. */
struct frame {
	uint64_t ip;
	uint64_t offset;        /* in the module; with `module` only */
	uint64_t symbol_offset; /* with `symbol` only */
	uint64_t line;
	struct str module, build_id, symbol, file;
};

struct frame_list {
	const struct frame *v;
	size_t n;
};

/* A metric of DESIGN's model at the end of a span, and the most it was. */
struct level {
	struct str name;
	uint64_t last, peak;
};

struct level_list {
	const struct level *v;
	size_t n;
};

/* How a command ended: by a signal if `signal` isn't empty, else with `code`. */
struct status {
	int64_t code;
	struct str signal;
};

/* An access to memory that a process died of, signal 0: none. */
struct fault {
	int signal, code; /* SIGSEGV, SIGBUS; si_code */
	uint64_t address, ip, sp;
	uint64_t elapsed; /* ns, as the event's */
	int64_t tid;
};

enum ret_kind { RET_NULL, RET_INT, RET_HEX };

struct ret {
	enum ret_kind kind;
	uint64_t value; /* RET_INT: as int64_t */
};

#define FIELD_TYPE_U64    uint64_t
#define FIELD_TYPE_INT    int64_t
#define FIELD_TYPE_HEX    uint64_t
#define FIELD_TYPE_NSEC   uint64_t
#define FIELD_TYPE_TIME   uint64_t
#define FIELD_TYPE_BOOL   bool
#define FIELD_TYPE_TEXT   struct str
#define FIELD_TYPE_TEXTS  struct str_list
#define FIELD_TYPE_NAMES  struct names
#define FIELD_TYPE_DEV    uint64_t
#define FIELD_TYPE_PIDS   struct pid_list
#define FIELD_TYPE_MAPS   struct map_list
#define FIELD_TYPE_RESIDENCY struct map_list
#define FIELD_TYPE_FRAMES struct frame_list
#define FIELD_TYPE_USAGE  struct level_list
#define FIELD_TYPE_STATUS struct status
#define FIELD_TYPE_RET    struct ret

enum field {
#define FIELD(key, kind) F_##key,
#include "fields.def"
#undef FIELD
	F_COUNT
};

#define EVENT_HAS_WORDS ((F_COUNT + 63) / 64)

struct event {
	enum event_type type;
	int call_id; /* EVENT_CALL: index into syscalls[], -1 for a call this version doesn't know
	              */
	uint64_t has[EVENT_HAS_WORDS]; /* bit F_key: that member is set */
#define FIELD(key, kind) FIELD_TYPE_##kind key;
#include "fields.def"
#undef FIELD
	/* Not told of, but for the model: the kernel's own ranges as they were then; a fork's are the child's. */
	bool has_truth;
	bool doubtful; /* what the call did it doesn't tell: they aren't held against the model, nor would earlier ones */
	struct map_list truth;
	/* Nor is this: its stack had grown to that before; end 0: it hadn't. */
	uint64_t grown_start, grown_end;
	/* Nor is this: what a process died of. */
	struct fault fault;
	/* Nor what a stack is unwound from; NULL: nothing. */
	const struct registers *registers;
	struct str stack_copy;
};

static inline void event_init(struct event *ev, enum event_type type)
{
	ev->type = type;
	ev->call_id = -1;
	ev->has_truth = ev->doubtful = false;
	ev->fault.signal = 0;
	ev->grown_end = 0;
	ev->registers = NULL;
	memset(ev->has, 0, sizeof(ev->has));
}

static inline bool event_has(const struct event *ev, enum field field)
{
	return ev->has[field / 64] >> (field % 64) & 1;
}

static inline void event_mark(struct event *ev, enum field field)
{
	ev->has[field / 64] |= UINT64_C(1) << (field % 64);
}

static inline void event_unmark(struct event *ev, enum field field)
{
	ev->has[field / 64] &= ~(UINT64_C(1) << (field % 64));
}

/* EVENT_SET - set member `key` and say that it is there. */
#define EVENT_SET(ev, key, ...)                                                                    \
	do {                                                                                       \
		(ev)->key = (__VA_ARGS__);                                                         \
		event_mark((ev), F_##key);                                                         \
	} while (0)
