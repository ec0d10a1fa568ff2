/*
 * Writes the completions of three shells from the table of options: `make completions` keeps
 * them in this folder, and a lint tells when they are stale. Usage: gen-completions bash|zsh|fish
 */
#include <stdio.h>
#include <string.h>

#include "audit/format.h"
#include "audit/rule.h"
#include "cli/options.h"
#include "decode/syscalls.h"
#include "engine/engine.h"
#include "model/usage.h"

/* The words of "a|b|c" with `between` between them. */
static void put_choices(const char *choices, char between)
{
	for (; choices && *choices; choices++)
		putchar(*choices == '|' ? between : *choices);
}

static void put_calls(char between)
{
	static const char *const groups[] = {"%map", "%memory", "%all"};
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		printf("%s%c", groups[i], between);
	for (int id = 0; id < SYSCALLS_COUNT; id++)
		printf("%s%c", syscalls[id].name, between);
}

static void put_metrics(const char *end)
{
	for (enum metric metric = 0; metric < METRICS; metric++) {
		struct str name = usage_metric(metric);
		printf("%.*s.peak%stree.%.*s.peak%s", (int)name.len, name.s, end, (int)name.len, name.s, end);
	}
	for (int id = 0; id < SYSCALLS_COUNT; id++)
		printf("calls.%s%sfailed.%s%s", syscalls[id].name, end, syscalls[id].name, end);
}

static void put_engines(const char *end)
{
	printf("auto%s", end);
	for (unsigned i = 0; i < engines_count; i++)
		printf("%s%s", engines[i]->name, end);
}

static void put_rules(const char *end)
{
	for (unsigned i = 0; i < rules_count; i++)
		printf("%s%s", rules[i]->name, end);
}

static void put_formats(const char *end)
{
	for (unsigned i = 0; i < formats_count; i++)
		printf("%s%s", formats[i]->name, end);
}

/* Options whose values, or their beginnings, are some of a list, though their kind doesn't say so. */
static const struct {
	const char *name;
	void (*put)(const char *end); /* what follows each word */
	const char *end;              /* a space; or what must stand behind the word, and more to follow */
	const char *zsh_end;
} lists[] = {{"deny", put_rules, " ", NULL}, {"engine", put_engines, " ", NULL},
    {"max", put_metrics, "= ", "="}, {"report", put_formats, ": ", "\\:"}};

/* The index of an option's list, or -1. */
static int list_of(const struct option_row *row)
{
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strcmp(lists[i].name, row->name) == 0)
			return (int)i;
	}
	return -1;
}

static void put_subcommands(char between)
{
	for (unsigned i = 0; i < commands_n; i++) {
		if (commands[i].name)
			printf("%s%c", commands[i].name, between);
	}
}

/* ---- bash ---- */

static void bash_pattern(const struct option_row *row)
{
	if (row->letter)
		printf("\t-%c | --%s", row->letter, row->name);
	else
		printf("\t--%s", row->name);
	printf(")\n");
}

static void bash_value(const struct option_row *row)
{
	if (!option_takes_word(row))
		return;
	bash_pattern(row);
	switch (row->kind) {
	case OPTION_CHOICE:
		printf("\t\tmapfile -t COMPREPLY < <(compgen -W '");
		put_choices(row->argument, ' ');
		printf("' -- \"$cur\")\n");
		break;
	case OPTION_PIDS: printf("\t\t_memtrace_pids\n"); break;
	case OPTION_CALLS:
		printf("\t\tmapfile -t COMPREPLY < <(compgen -W '");
		put_calls(' ');
		printf("' -- \"$cur\")\n");
		break;
	default:
		if (list_of(row) >= 0) {
			printf("\t\tmapfile -t COMPREPLY < <(compgen -W '");
			lists[list_of(row)].put(lists[list_of(row)].end);
			printf("' -- \"$cur\")\n%s", lists[list_of(row)].zsh_end ? "\t\tcompopt -o nospace 2>/dev/null\n" : "");
		} else if (strcmp(row->argument, "USER") == 0)
			printf("\t\tmapfile -t COMPREPLY < <(compgen -u -- \"$cur\")\n");
		else if (strcmp(row->argument, "FILE") == 0)
			printf("\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
		else
			printf("\t\tCOMPREPLY=()\n");
		break;
	}
	printf("\t\treturn\n\t\t;;\n");
}

/* A case pattern of all options that take a value, so that their values aren't taken for operands.
 */
static void bash_valued(void)
{
	const char *between = "\t\t";
	for (unsigned i = 0; i < option_rows_n; i++) {
		if (!option_takes_word(&option_rows[i]))
			continue;
		if (option_rows[i].letter)
			printf("%s-%c | --%s", between, option_rows[i].letter, option_rows[i].name);
		else
			printf("%s--%s", between, option_rows[i].name);
		between = " | ";
	}
	/* Readline takes --long=value apart into three words. */
	printf(")\n"
	       "\t\t\t[ \"${COMP_WORDS[i + 1]-}\" != = ] || i=$((i + 1))\n"
	       "\t\t\ti=$((i + 1))\n"
	       "\t\t\t;;\n");
}

static void bash(void)
{
	printf(
	    "# bash completion of memtrace(1). Generated from src/options.def: make completions\n"
	    "# shellcheck shell=bash\n\n"
	    "# Processes with their names, of which nothing is left when there is but one.\n"
	    "_memtrace_pids() {\n"
	    "\tlocal dir name\n"
	    "\tCOMPREPLY=()\n"
	    "\tfor dir in /proc/\"${cur##*[!0-9]}\"*; do\n"
	    "\t\t[[ $dir == /proc/+([0-9]) ]] && read -r name 2>/dev/null <\"$dir/comm\" &&\n"
	    "\t\t\tCOMPREPLY+=(\"${dir#/proc/} ($name)\")\n"
	    "\tdone\n"
	    "\t[ ${#COMPREPLY[@]} != 1 ] || COMPREPLY=(\"${COMPREPLY[0]%%%% *}\")\n"
	    "}\n\n"
	    "_memtrace() {\n"
	    "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i operand=\n"
	    "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	    "\t\tcase ${COMP_WORDS[i]} in\n");
	bash_valued();
	printf("\t\t-*) ;;\n"
	       "\t\t*)\n"
	       "\t\t\toperand=$i\n"
	       "\t\t\tbreak\n"
	       "\t\t\t;;\n"
	       "\t\tesac\n"
	       "\tdone\n"
	       "\tif [ -n \"$operand\" ]; then\n"
	       "\t\t# The command's own words: complete them as if it had been typed alone.\n"
	       "\t\tif declare -F _command_offset >/dev/null; then\n"
	       "\t\t\t_command_offset \"$operand\"\n"
	       "\t\telse\n"
	       "\t\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	       "\t\tfi\n"
	       "\t\treturn\n"
	       "\tfi\n"
	       "\t[ \"$cur\" != = ] || cur=\n"
	       "\t[ \"$prev\" != = ] || prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	       "\tcase $prev in\n");
	for (unsigned i = 0; i < option_rows_n; i++)
		bash_value(&option_rows[i]);
	printf("\tesac\n"
	       "\tif [[ $cur == -* ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	for (unsigned i = 0; i < option_rows_n; i++) {
		if (option_rows[i].letter)
			printf("-%c ", option_rows[i].letter);
		printf("--%s ", option_rows[i].name);
	}
	printf("' -- \"$cur\")\n"
	       "\telse\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -c -W '");
	put_subcommands(' ');
	printf("' -- \"$cur\")\n"
	       "\tfi\n"
	       "}\n\n"
	       "complete -F _memtrace memtrace\n");
}

/* ---- zsh ---- */

/* Text in an _arguments specification: quotes, brackets and colons mean something there. */
static void zsh_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			printf("'\\''");
		else if (strchr("[]:", *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

static void zsh_action(const struct option_row *row)
{
	if (row->kind == OPTION_CHOICE) {
		putchar('(');
		put_choices(row->argument, ' ');
		putchar(')');
	} else if (row->kind == OPTION_CALLS) {
		printf("_sequence compadd - ");
		put_calls(' ');
	} else if (row->kind == OPTION_PIDS) {
		printf("_sequence _pids");
	} else if (list_of(row) >= 0) {
		if (lists[list_of(row)].zsh_end)
			printf("compadd -S %s - ", lists[list_of(row)].zsh_end);
		else
			putchar('(');
		lists[list_of(row)].put(" ");
		if (!lists[list_of(row)].zsh_end)
			putchar(')');
	} else if (strcmp(row->argument, "USER") == 0) {
		printf("_users");
	} else if (strcmp(row->argument, "FILE") == 0) {
		printf("_files");
	}
}

static void zsh_row(const struct option_row *row)
{
	bool again = row->kind == OPTION_LIST || row->kind == OPTION_PIDS;
	const char *more = again ? "*" : "";
	if (row->letter)
		printf("\t%s{-%c,--%s}'", *more ? "'*'" : "", row->letter, row->name);
	else
		printf("\t'%s--%s", more, row->name);
	printf("%s[", !row->argument || row->letter ? "" : option_optional(row) ? "=-" : "=");
	zsh_text(row->help);
	putchar(']');
	if (row->argument) {
		printf(option_optional(row) ? "::" : ":");
		zsh_text(row->argument);
		putchar(':');
		zsh_action(row);
	}
	printf("' \\\n");
}

static void zsh(void)
{
	printf(
	    "#compdef memtrace\n"
	    "# zsh completion of memtrace(1). Generated from src/options.def: make completions\n\n"
	    "_memtrace_command() {\n"
	    "\t_alternative 'subcommands:subcommand:(");
	put_subcommands(' ');
	printf(")' 'commands:command:_command_names -e'\n"
	       "}\n\n"
	       "_arguments -S \\\n");
	for (unsigned i = 0; i < option_rows_n; i++)
		zsh_row(&option_rows[i]);
	printf("\t'1:command:_memtrace_command' \\\n"
	       "\t'*::arguments:_normal'\n");
}

/* ---- fish ---- */

static void fish_text(const char *text)
{
	putchar('\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('\'');
}

static void fish_row(const struct option_row *row)
{
	printf("complete -c memtrace -n __memtrace_options");
	if (row->letter)
		printf(" -s %c", row->letter);
	printf(" -l %s", row->name);
	if (row->argument && strcmp(row->argument, "FILE") == 0)
		printf(" -r -F");
	else if (option_takes_word(row))
		printf(" -x");
	if (row->kind == OPTION_CHOICE) {
		printf(" -a '");
		put_choices(row->argument, ' ');
		printf("'");
	} else if (row->kind == OPTION_CALLS) {
		printf(" -a '(__fish_append , ");
		put_calls(' ');
		printf(")'");
	} else if (row->kind == OPTION_PIDS) {
		printf(" -a '(__fish_complete_pids)'");
	} else if (list_of(row) >= 0) {
		printf(" -a '");
		lists[list_of(row)].put(lists[list_of(row)].end);
		printf("'");
	} else if (row->argument && strcmp(row->argument, "USER") == 0) {
		printf(" -a '(__fish_complete_users)'");
	}
	printf(" -d ");
	fish_text(row->help);
	putchar('\n');
}

static void fish(void)
{
	printf(
	    "# fish completion of memtrace(1). Generated from src/options.def: make completions\n\n"
	    "# Whether the cursor is still before the command that is to be traced.\n"
	    "function __memtrace_options\n"
	    "\tset -l words (commandline -opc)[2..]\n"
	    "\twhile set -q words[1]\n"
	    "\t\tswitch $words[1]\n"
	    "\t\t\tcase ");
	for (unsigned i = 0; i < option_rows_n; i++) {
		if (option_takes_word(&option_rows[i]) && option_rows[i].letter)
			printf("-%c ", option_rows[i].letter);
		if (option_takes_word(&option_rows[i]))
			printf("--%s ", option_rows[i].name);
	}
	printf(
	    "\n\t\t\t\tset -e words[1]\n"
	    "\t\t\tcase '-*'\n"
	    "\t\t\tcase '*'\n"
	    "\t\t\t\treturn 1\n"
	    "\t\tend\n"
	    "\t\tset -e words[1]\n"
	    "\tend\n"
	    "\treturn 0\n"
	    "end\n\n"
	    "complete -c memtrace -n 'not __memtrace_options' -xa '(__fish_complete_subcommand)'\n"
	    "complete -c memtrace -n __memtrace_options -f -a '(__fish_complete_command)'\n");
	for (unsigned i = 0; i < commands_n; i++) {
		if (!commands[i].name)
			continue;
		printf("complete -c memtrace -n __memtrace_options -f -a %s -d ", commands[i].name);
		fish_text(commands[i].help);
		putchar('\n');
	}
	for (unsigned i = 0; i < option_rows_n; i++)
		fish_row(&option_rows[i]);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *shell;
		void (*write)(void);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
	for (size_t i = 0; argc == 2 && i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(argv[1], shells[i].shell) == 0) {
			shells[i].write();
			return ferror(stdout) ? 1 : 0;
		}
	}
	fprintf(stderr, "usage: gen-completions bash|zsh|fish\n");
	return 2;
}
