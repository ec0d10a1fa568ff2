/*
 * The table of system calls: what syscalls.def says, as data. Pure and constant. A call's id is its
 * index in syscalls[]; ids differ between versions, names don't.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "event.h"
#include "raw.h"
#include "util/err.h"

enum {
	GROUP_MAP = 1 << 0,    /* %map: changes an address space */
	GROUP_MEMORY = 1 << 1, /* %memory besides %map: advises about one */
	GROUP_MAP_PART = 1 << 2, /* %map has those of its calls that change an address space */
};

enum result_kind {
	RESULT_INT,
	RESULT_HEX,
	RESULT_BREAK, /* as HEX, and no value is an error */
};

enum effect {
	EFFECT_NONE,
	EFFECT_MAP,
	EFFECT_UNMAP,
	EFFECT_REMAP,
	EFFECT_BRK,
	EFFECT_SHMAT,
	EFFECT_SHMDT,
	EFFECT_IO_SETUP,
	EFFECT_IO_DESTROY,
};

struct decoder;

/* Some values of an argument, of whose lower 32 bits. */
struct values {
	unsigned n;
	uint32_t v[4];
};

struct param {
	enum field field;
	const struct flag_table *table; /* of a set of flags */
	bool narrow;                    /* the kernel looks at the lower 32 bits only */
	const struct values *whole;     /* with which values a call is of the row at all; NULL: any */
	const struct values *part;      /* with which it is of %map; NULL: as the row is */
};

struct syscall {
	const char *name;
	unsigned groups;
	int nr[ABI_COUNT]; /* -1: none */
	enum result_kind result;
	enum effect effect;
	/* Mend the event after the parameters are in: see decode/decode.h. May be NULL. */
	void (*refine)(struct decoder *d, const struct raw *raw, struct event *ev);
	unsigned params_n;
	struct param params[6];
};

enum syscall_id {
#define SYSCALL(name, ...) SYS_ID_##name,
#include "decode/syscalls.def"
#undef SYSCALL
	SYSCALLS_COUNT
};

extern const struct syscall syscalls[SYSCALLS_COUNT];

/*
 * A set of calls: bit id for all calls of a row, bit 32 + id for those of %map, where not all are.
 */
_Static_assert(SYSCALLS_COUNT <= 32, "a set of calls is one word");
#define SYSCALLS_ALL      (UINT64_MAX >> (64 - SYSCALLS_COUNT))
#define SYSCALLS_PART(id) (UINT64_C(1) << (32 + (id)))

/* syscalls_choice - which parameter of a row makes a difference, or -1: all its calls are alike. */
int syscalls_choice(int id);

/*
 * syscalls_values - with which values of that parameter a call of the row is in the set, in which some are; NULL:
 * with any.
 */
const struct values *syscalls_values(uint64_t set, int id);

/* values_have - whether the lower half of an argument is one of them; NULL has all. */
bool values_have(const struct values *values, uint64_t arg);

/* syscalls_has - whether a call with those arguments is in the set. */
bool syscalls_has(uint64_t set, int id, const uint64_t args[6]);

/* syscalls_names - whether any call of the row is. */
static inline bool syscalls_names(uint64_t set, int id)
{
	return set >> id & 1 || set & SYSCALLS_PART(id);
}

/* syscalls_cover - whether a set has all calls of `of`, be it by its rows or by their parts. */
bool syscalls_cover(uint64_t set, uint64_t of);

/* syscalls_find - the id of the call with number `nr` for `abi`, or -1. */
int syscalls_find(enum abi abi, uint64_t nr);

/* syscalls_by_name - the id of the call of that name, or -1. */
int syscalls_by_name(struct str name);

/* syscalls_group - the set of calls that belong to any of `groups`. */
uint64_t syscalls_group(unsigned groups);

/*
 * syscalls_parse - a set as -e takes it: names and %groups with commas between, a leading ! for all
 * but these, an optional leading "trace=". Returns 0, or -EINVAL with the wrong word and its
 * nearest name in err; *ret is then untouched.
 */
int syscalls_parse(const char *text, uint64_t *ret, struct err *err);
