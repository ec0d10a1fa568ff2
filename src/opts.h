/* What the user asked for, as a value: filled by cli/options.c, constant from there on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct opts_list {
	const char **v;
	size_t n, size;
};

struct opts_pids {
	pid_t *v;
	size_t n, size;
};

#define OPTS_FLAG    bool
#define OPTS_NOTHING bool
#define OPTS_ACTION  bool
#define OPTS_TEXT    const char *
#define OPTS_DSN     char *
#define OPTS_PLACE   const char *
#define OPTS_LIST    struct opts_list
#define OPTS_PIDS    struct opts_pids
#define OPTS_CHOICE  const char *
#define OPTS_CALLS   uint64_t
#define OPTS_SIZE    uint64_t
#define OPTS_TIME    uint64_t
#define OPTS_COUNT   uint64_t

struct opts {
#define OPTION(member, letter, name, kind, ...) OPTS_##kind member;
#include "options.def"
#undef OPTION
	const char *subcommand; /* NULL: trace */
	char *const *operands;  /* the command and its arguments, or traces; ends with NULL */
	const char *trace_text; /* -e as it was typed; NULL if it wasn't */
};
