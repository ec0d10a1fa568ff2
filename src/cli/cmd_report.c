/* memtrace report TRACE…: what runs come to. */
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/recorded.h"
#include "report/report.h"
#include "util/sig.h"

static enum ledger_by by_of(const struct opts *opts)
{
	static const struct {
		const char *name;
		enum ledger_by by;
	} names[] = {{"process", BY_PROCESS}, {"path", BY_PATH}, {"call", BY_CALL}};
	if (opts->folded)
		return BY_SITE_OF_PROCESS;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(opts->by, names[i].name) == 0)
			return names[i].by;
	}
	return BY_SITE;
}

static enum folded folded_of(const struct opts *opts)
{
	if (strcmp(opts->folded, "live") == 0)
		return FOLDED_LIVE;
	return strcmp(opts->folded, "churn") == 0 ? FOLDED_CHURN : FOLDED_MAPPED;
}

struct work {
	const struct opts *opts;
	struct report_setup setup;
	struct ledger *ledger; /* of the run that is being read; NULL: none */
	unsigned runs;
	struct buf out;
};

static int show(struct work *w, struct err *err)
{
	if (!w->ledger)
		return 0;
	if (w->opts->folded)
		report_folded(w->ledger, folded_of(w->opts), &w->out);
	else if (w->opts->json)
		report_json(w->ledger, &w->setup, &w->out);
	else
		report_text(w->ledger, &w->setup, &w->out);
	ledger_free(w->ledger);
	w->ledger = NULL;
	return recorded_print(&w->out, err);
}

/* A file may hold several runs. */
static int begin(struct work *w, const struct event *start, const char *name, struct err *err)
{
	int r = show(w, err);
	if (r == 0)
		r = ledger_check(start, name, err);
	if (r < 0)
		return r;
	if (w->runs++ && !w->opts->folded && !w->opts->json)
		buf_char(&w->out, '\n');
	w->ledger = ledger_new(by_of(w->opts), NULL);
	return 0;
}

static int take(void *arg, const struct event *ev, const char *name, struct err *err)
{
	struct work *w = arg;
	if (ev->type == EVENT_START) {
		int r = begin(w, ev, name, err);
		if (r < 0)
			return r;
	}
	if (!w->ledger)
		return recorded_no_start(name, err);
	ledger_take(w->ledger, ev);
	return 0;
}

int cmd_report(const struct opts *opts, struct err *err)
{
	struct work w = {.opts = opts};
	setlocale(LC_CTYPE, "");
	w.setup.top = !opts->top ? 10 : opts->top < UINT_MAX ? (unsigned)opts->top : UINT_MAX;
	w.setup.words.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	w.setup.words.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	int r = recorded_read(opts, "report", take, &w, err);
	if (r == 0)
		r = show(&w, err);
	ledger_free(w.ledger);
	buf_free(&w.out);
	return r < 0 ? STATUS_TROUBLE : 0;
}
