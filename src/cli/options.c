#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/dsn.h"
#include "decode/syscalls.h"
#include "util/cleanup.h"
#include "util/mem.h"
#include "util/nearest.h"
#include "util/num.h"

const struct option_row option_rows[] = {
#define OPTION(member, letter, name, kind, argument, initial, group, commands, help)               \
	{letter, name, OPTION_##kind, argument, initial, group, (unsigned)(commands), help,        \
	    offsetof(struct opts, member)},
#include "options.def"
#undef OPTION
};

const unsigned option_rows_n = countof(option_rows);

/* What getopt_long returns for row i; above all letters. */
#define ROW_BASE 256

static void *member_of(struct opts *opts, const struct option_row *row)
{
	return (char *)opts + row->offset;
}

const struct command *options_command(const struct opts *opts)
{
	for (unsigned i = 0; i < commands_n; i++) {
		if (opts->subcommand && commands[i].name &&
		    strcmp(commands[i].name, opts->subcommand) == 0)
			return &commands[i];
	}
	return &commands[0];
}

/* "-o, --output" or "--output": how a message names an option. */
static const char *row_name(const struct option_row *row, char ret[64])
{
	if (row->letter)
		snprintf(ret, 64, "-%c, --%s", row->letter, row->name);
	else
		snprintf(ret, 64, "--%s", row->name);
	return ret;
}

static int set_choice(
    const struct option_row *row, const char *arg, const char **ret, struct err *err)
{
	char name[64];
	size_t len = strlen(arg);
	for (const char *p = row->argument; *p;) {
		size_t n = strcspn(p, "|");
		if (n == len && strncmp(p, arg, n) == 0) {
			*ret = arg;
			return 0;
		}
		p += n + (p[n] == '|');
	}
	return err_set(
	    err, -EINVAL, "%s: '%s' is none of %s", row_name(row, name), arg, row->argument);
}

static int set_number(const struct option_row *row, const char *arg, uint64_t *ret, struct err *err)
{
	char name[64];
	uint64_t value = 0;
	int r;
	const char *form;
	if (row->kind == OPTION_SIZE) {
		r = num_parse_size(arg, &value);
		form = "a size such as 4096, 64K or 1.5G";
	} else if (row->kind == OPTION_TIME) {
		r = num_parse_time(arg, &value);
		form = "a time such as 10s, 500ms or 2m";
	} else {
		r = num_parse(arg, &value);
		form = "a number from 1";
	}
	if (r == 0 && value == 0 && row->kind != OPTION_SIZE)
		r = -EINVAL;
	if (r == -ERANGE)
		return err_set(err, r, "%s: '%s' is too large", row_name(row, name), arg);
	if (r < 0)
		return err_set(err, r, "%s: '%s' isn't %s", row_name(row, name), arg, form);
	*ret = value;
	return 0;
}

static void set_dsn(char **ret, const char *arg)
{
	free(*ret);
	*ret = mem_strdup(arg ? arg : "");
}

static bool has_pid(const struct opts_pids *pids, pid_t pid)
{
	for (size_t i = 0; i < pids->n; i++) {
		if (pids->v[i] == pid)
			return true;
	}
	return false;
}

/* Ids with commas or blanks between, as pidof(1) and pgrep(1) print them; each counts once. */
static int add_pids(
    const struct option_row *row, const char *arg, struct opts_pids *ret, struct err *err)
{
	static const char between[] = ", \t\n";
	char name[64], word[24];
	size_t before = ret->n;
	bool any = false;
	for (const char *p = arg + strspn(arg, between); *p; p += strspn(p, between)) {
		size_t len = strcspn(p, between);
		uint64_t pid = 0;
		snprintf(word, sizeof(word), "%.*s", len < sizeof(word) ? (int)len : 23, p);
		if (num_parse(word, &pid) < 0 || pid == 0 || pid > INT32_MAX)
			return err_set(err, -EINVAL,
			    "%s: '%.*s' isn't the id of a process; for a name: -p \"$(pidof NAME)\"",
			    row_name(row, name), (int)(len < 64 ? len : 64), p);
		any = true;
		if (!has_pid(ret, (pid_t)pid))
			*MEM_PUSH(ret->v, ret->n, ret->size) = (pid_t)pid;
		p += len;
	}
	if (!any && ret->n == before)
		return err_set(err, -EINVAL,
		    "%s: there is no id in '%s'; is there no such process?", row_name(row, name), arg);
	return 0;
}

static int set_member(
    struct opts *opts, const struct option_row *row, const char *arg, struct err *err)
{
	void *member = member_of(opts, row);
	switch (row->kind) {
	case OPTION_FLAG:
	case OPTION_NOTHING:
	case OPTION_ACTION: *(bool *)member = true; return 0;
	case OPTION_TEXT: *(const char **)member = arg; return 0;
	case OPTION_DSN: set_dsn(member, arg); return 0;
	case OPTION_PLACE: *(const char **)member = arg ? arg : ""; return 0;
	case OPTION_LIST: {
		struct opts_list *list = member;
		*MEM_PUSH(list->v, list->n, list->size) = arg;
		return 0;
	}
	case OPTION_PIDS: return add_pids(row, arg, member, err);
	case OPTION_CHOICE: return set_choice(row, arg, member, err);
	case OPTION_CALLS: return syscalls_parse(arg, member, err);
	case OPTION_SIZE:
	case OPTION_TIME:
	case OPTION_COUNT: return set_number(row, arg, member, err);
	}
	return -EINVAL;
}

static int set_initial(struct opts *opts, struct err *err)
{
	for (unsigned i = 0; i < option_rows_n; i++) {
		if (!option_rows[i].initial)
			continue;
		int r = set_member(opts, &option_rows[i], option_rows[i].initial, err);
		if (r < 0)
			return r;
	}
	return 0;
}

struct getopt_tables {
	struct option longs[countof(option_rows) + 1];
	char shorts[countof(option_rows) * 2 + 3];
};

/* getopt's own tables. The leading + stops at the first operand, the : tells what is missing. */
static void make_tables(struct getopt_tables *t)
{
	char *p = t->shorts;
	*p++ = '+';
	*p++ = ':';
	for (unsigned i = 0; i < option_rows_n; i++) {
		const struct option_row *row = &option_rows[i];
		int takes = !row->argument         ? no_argument
		            : option_optional(row) ? optional_argument
		                                   : required_argument;
		t->longs[i] = (struct option){row->name, takes, NULL, ROW_BASE + (int)i};
		if (!row->letter)
			continue;
		*p++ = row->letter;
		if (row->argument)
			*p++ = ':';
	}
	*p = '\0';
	t->longs[option_rows_n] = (struct option){0};
}

static const struct option_row *row_of(int found)
{
	if (found >= ROW_BASE)
		return &option_rows[found - ROW_BASE];
	for (unsigned i = 0; i < option_rows_n; i++) {
		if (option_rows[i].letter == found)
			return &option_rows[i];
	}
	return NULL;
}

static const char *long_name(size_t i)
{
	return option_rows[i].name;
}

static int explain_unknown(const char *word, struct err *err)
{
	if (optopt && optopt < ROW_BASE)
		return err_set(
		    err, -EINVAL, "unknown option '-%c'; memtrace --help lists them", optopt);
	if (optopt)
		return err_set(err, -EINVAL, "option '%s' takes no argument", word);
	char typed[64];
	snprintf(typed, sizeof(typed), "%s", word + strspn(word, "-"));
	typed[strcspn(typed, "=")] = '\0';
	const char *near = nearest_name(typed, option_rows_n, long_name);
	if (near)
		return err_set(
		    err, -EINVAL, "unknown option '--%s'; did you mean '--%s'?", typed, near);
	return err_set(err, -EINVAL, "unknown option '--%s'; memtrace --help lists them", typed);
}

static int explain_missing(struct err *err)
{
	char name[64];
	const struct option_row *row = row_of(optopt);
	if (!row)
		return err_set(err, -EINVAL, "an option's argument is missing");
	return err_set(
	    err, -EINVAL, "%s needs an argument: %s", row_name(row, name), row->argument);
}

/* Options up to the next operand. Returns 0 or a negative errno. */
static int parse_run(int argc, char **argv, const struct getopt_tables *tables, struct opts *opts,
    unsigned *used, struct err *err)
{
	for (;;) {
		int at = optind ? optind : 1;
		const char *word = at < argc ? argv[at] : "";
		int found = getopt_long(argc, argv, tables->shorts, tables->longs, NULL);
		if (found == -1)
			return 0;
		if (found == '?')
			return explain_unknown(word, err);
		if (found == ':')
			return explain_missing(err);
		const struct option_row *row = row_of(found);
		int r = set_member(opts, row, optarg, err);
		if (r < 0)
			return r;
		if (row->kind == OPTION_CALLS)
			opts->trace_text = optarg;
		/* Anyone can read the argument list: no longer than we need it. */
		if (row->kind == OPTION_DSN && optarg)
			dsn_hide(optarg);
		used[row - option_rows]++;
	}
}

static bool is_subcommand(const char *word)
{
	for (unsigned i = 0; i < commands_n; i++) {
		if (commands[i].name && strcmp(commands[i].name, word) == 0)
			return true;
	}
	return false;
}

/* An operand that was meant as the value of --mysql. A command may have such words of its own. */
static int check_dsn(const struct opts *opts, struct err *err)
{
	for (unsigned i = 0; opts->mysql && opts->operands[i] && (opts->subcommand || i == 0);
	     i++) {
		if (!dsn_looks(opts->operands[i]))
			continue;
		dsn_hide(opts->operands[i]);
		return err_set(err, -EINVAL, "--mysql takes its DSN behind a =: --mysql=%s",
		    opts->operands[i]);
	}
	return 0;
}

/* Likewise of --serve: "8080", ":8080", "127.0.0.1:8080". */
static int check_place(const struct opts *opts, struct err *err)
{
	const char *word = opts->operands[0];
	if (!opts->serve || opts->serve[0] || !word || strchr(word, '/'))
		return 0;
	const char *colon = strrchr(word, ':'), *port = colon ? colon + 1 : word;
	if (!port[0] || port[strspn(port, "0123456789")])
		return 0;
	return err_set(err, -EINVAL, "--serve takes its address behind a =: --serve=%s%s", colon ? "" : ":", word);
}

static bool used_member(const unsigned *used, size_t offset)
{
	unsigned i = 0;
	while (option_rows[i].offset != offset)
		i++;
	return used[i];
}

static int check_use(const struct opts *opts, const unsigned *used, struct err *err)
{
	char name[64];
	const struct command *command = options_command(opts);
	for (unsigned i = 0; i < option_rows_n; i++) {
		if (used[i] && !(option_rows[i].commands & command->bit))
			return err_set(err, -EINVAL, "%s has no meaning for memtrace %s",
			    row_name(&option_rows[i], name),
			    command->name ? command->name : "here");
	}
	int r = check_dsn(opts, err);
	if (r == 0)
		r = check_place(opts, err);
	if (r < 0)
		return r;
	if (opts->successful_only && opts->failed_only)
		return err_set(err, -EINVAL, "-z and -Z exclude each other: no call passes both");
	const char *wide = opts->all ? "-a" : opts->cgroup ? "--cgroup" : NULL;
	if ((wide || opts->attach.n) && !opts->operands[0] && (opts->user || opts->env.n))
		return err_set(err, -EINVAL, "%s is for a command to launch, and none is given beside %s",
		    opts->user ? "-u" : "-E", wide ? wide : "-p");
	if (opts->cgroup && !opts->cgroup[0])
		return err_set(err, -EINVAL, "--cgroup names no group; write its folder, or -a for all processes");
	if (wide && (opts->operands[0] || opts->attach.n || (opts->all && opts->cgroup)))
		return err_set(err, -EINVAL, "%s says all that is traced: leave out %s", wide,
		    opts->operands[0] ? "the command" : opts->attach.n ? "-p" : "--cgroup");
	if (wide && opts->no_follow)
		return err_set(err, -EINVAL, "%s traces children by what they are: leave out --no-follow", wide);
	if (!opts->serve && !opts->subcommand && (opts->serve_wait || opts->serve_token_file || opts->serve_host.n))
		return err_set(err, -EINVAL, "%s is about the live page, and none is asked for; add --serve",
		    opts->serve_wait ? "--serve-wait" : opts->serve_token_file ? "--serve-token-file" : "--serve-host");
	if (opts->append &&
	    (!opts->output || strcmp(opts->output, "-") == 0 || opts->output[0] == '|'))
		return err_set(err, -EINVAL, "-A adds to a file: name it with -o FILE");
	if (used_member(used, offsetof(struct opts, summary_sort_by)) && !opts->summary && !opts->summary_only)
		return err_set(err, -EINVAL, "-S sorts tables, and none are asked for; add -c or -C");
	for (size_t i = 0; i < opts->env.n; i++) {
		if (opts->env.v[i][0] == '=' || !opts->env.v[i][0])
			return err_set(err, -EINVAL,
			    "-E '%s': a variable's name is missing; write VAR=VAL or VAR",
			    opts->env.v[i]);
	}
	return 0;
}

/* After a subcommand's name options and operands may mix: operands are gathered at the front. */
static int parse_subcommand(int argc, char **argv, const struct getopt_tables *tables,
    struct opts *opts, unsigned *used, struct err *err)
{
	int kept = optind;
	while (optind < argc) {
		int before = optind;
		int r = parse_run(argc, argv, tables, opts, used, err);
		if (r < 0)
			return r;
		bool rest = optind > before && strcmp(argv[optind - 1], "--") == 0;
		while (optind < argc && (rest || argv[optind][0] != '-' || !argv[optind][1]))
			argv[kept++] = argv[optind++];
	}
	argv[kept] = NULL;
	return 0;
}

int options_parse(int argc, char **argv, struct opts *ret, struct err *err)
{
	struct getopt_tables tables = {0};
	unsigned used[countof(option_rows)] = {0};
	*ret = (struct opts){0};
	int r = set_initial(ret, err);
	if (r < 0)
		return r;
	make_tables(&tables);
	opterr = 0;
	optind = 0; /* start anew: getopt(3), NOTES */
	r = parse_run(argc, argv, &tables, ret, used, err);
	if (r < 0)
		return r;
	bool dashes = optind > 1 && strcmp(argv[optind - 1], "--") == 0;
	if (!dashes && optind < argc && is_subcommand(argv[optind])) {
		ret->subcommand = argv[optind++];
		ret->operands = argv + optind;
		r = parse_subcommand(argc, argv, &tables, ret, used, err);
		if (r < 0)
			return r;
	} else {
		ret->operands = argv + optind;
	}
	if (ret->help || ret->version)
		return ret->help ? OPTIONS_HELP : OPTIONS_VERSION;
	r = check_use(ret, used, err);
	return r < 0 ? r : OPTIONS_RUN;
}

#define HELP_AT 30 /* the column where help begins; below what is so long that it would be pushed far off */

static void help_row(struct buf *ret, const struct option_row *row)
{
	char left[128];
	int n = row->letter ? snprintf(left, sizeof(left), "-%c, --%s", row->letter, row->name)
	                    : snprintf(left, sizeof(left), "    --%s", row->name);
	if (row->argument)
		n += snprintf(left + n, sizeof(left) - (size_t)n, option_optional(row) ? "[=%s]" : "=%s",
		    row->argument);
	if (n > HELP_AT + 10)
		buf_fmt(ret, "  %s\n%*s%s\n", left, HELP_AT, "", row->help);
	else
		buf_fmt(ret, "  %-27s %s\n", left, row->help);
}

void options_help(struct buf *ret)
{
	static const char *const groups[OPTION_GROUPS] = {[START] = "Start",
	    [SELECT] = "Select",
	    [OUTPUT] = "Output",
	    [STOP] = "Stop",
	    [AUDIT] = "Audit",
	    [REPORTS] = "Report",
	    [DATABASE] = "Database",
	    [PAGE] = "Live page",
	    [OTHER] = "Other"};
	for (unsigned i = 0; i < commands_n; i++)
		buf_fmt(ret, "%s memtrace %s%s[OPTION...] %s\n",
		    i ? "      " : "Usage:", commands[i].name ? commands[i].name : "",
		    commands[i].name ? " " : "", commands[i].operands);
	buf_str(
	    ret, STR("\nWatches every request of a command and its children, or of running processes,\n"
	             "to change an address space, and prints each as one JSON object a line.\n"));
	for (enum option_group g = 0; g < OPTION_GROUPS; g++) {
		buf_fmt(ret, "\n%s\n", groups[g]);
		for (unsigned i = 0; i < option_rows_n; i++) {
			if (option_rows[i].group == g)
				help_row(ret, &option_rows[i]);
		}
	}
	buf_str(ret, STR("\nEvents, exit statuses and examples: memtrace(1).\n"));
}

void options_free(struct opts *opts)
{
	for (unsigned i = 0; i < option_rows_n; i++) {
		void *member = member_of(opts, &option_rows[i]);
		if (option_rows[i].kind == OPTION_LIST)
			free(((struct opts_list *)member)->v);
		if (option_rows[i].kind == OPTION_PIDS)
			free(((struct opts_pids *)member)->v);
		if (option_rows[i].kind == OPTION_DSN)
			free(*(char **)member);
	}
}
