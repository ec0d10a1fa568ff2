/* The command line as a value (opts.h), by the table options.def. */
#pragma once

#include "opts.h"
#include "util/buf.h"
#include "util/err.h"

enum options_outcome {
	OPTIONS_RUN,     /* *ret is what the user wants */
	OPTIONS_HELP,    /* -h */
	OPTIONS_VERSION, /* -V */
};

/* Commands that an option can be for. */
enum {
	TRACE = 1 << 0,
	REPLAY = 1 << 1,
	IMPORT = 1 << 2,
	EXPORT = 1 << 3,
	REPORT = 1 << 4,
	MAPS = 1 << 5,
	BLAME = 1 << 6,
	CHECK = 1 << 7,
	DIFF = 1 << 8,
	SERVE = 1 << 9,
	EVENTS = TRACE | REPLAY, /* what goes through selection and sinks */
	ANY = ~0,
};

enum option_kind {
	OPTION_FLAG,
	OPTION_NOTHING,
	OPTION_ACTION,
	OPTION_TEXT,
	OPTION_DSN,
	OPTION_PLACE,
	OPTION_LIST,
	OPTION_PIDS,
	OPTION_CHOICE,
	OPTION_CALLS,
	OPTION_SIZE,
	OPTION_TIME,
	OPTION_COUNT,
};

enum option_group { START, SELECT, OUTPUT, STOP, AUDIT, REPORTS, DATABASE, PAGE, OTHER, OPTION_GROUPS };

struct option_row {
	char letter; /* 0: none */
	const char *name;
	enum option_kind kind;
	const char *argument; /* NULL: takes none */
	const char *initial;  /* NULL: zero */
	enum option_group group;
	unsigned commands;
	const char *help;
	size_t offset; /* in struct opts */
};

/* option_optional - whether its argument may be left out: it then stands behind a = only. */
static inline bool option_optional(const struct option_row *row)
{
	return row->kind == OPTION_DSN || row->kind == OPTION_PLACE;
}

/* option_takes_word - whether the word behind it can be its argument. */
static inline bool option_takes_word(const struct option_row *row)
{
	return row->argument && !option_optional(row);
}

extern const struct option_row option_rows[];
extern const unsigned option_rows_n;

/* A way to use memtrace: tracing, or a subcommand. */
struct command {
	const char *name;     /* NULL: tracing */
	unsigned bit;         /* in option_row.commands */
	const char *operands; /* for the usage line */
	const char *help;
	/* Do it. Returns memtrace's exit status; on failure err is set too. */
	int (*run)(const struct opts *opts, struct err *err);
};

extern const struct command commands[];
extern const unsigned commands_n;

/*
 * options_parse - read argv. Returns an options_outcome, or a negative errno with err set. Texts in
 * *ret point into argv, but for what must not be seen there (a password): it's overwritten. Freed with options_free.
 */
int options_parse(int argc, char **argv, struct opts *ret, struct err *err);

/* options_command - the command that `opts` are for. */
const struct command *options_command(const struct opts *opts);

/* options_help - append the text that --help shows. */
void options_help(struct buf *ret);

void options_free(struct opts *opts);
