/* memtrace check TRACE…: recorded runs by rules. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "audit/compare.h"
#include "audit/format.h"
#include "audit/gate.h"
#include "audit/starter.h"
#include "cli/baseline.h"
#include "cli/commands.h"
#include "cli/recorded.h"
#include "util/log.h"
#include "util/mem.h"

#define STATUS_FINDINGS 1

struct work {
	const struct opts *opts;
	struct config *config;
	struct model *model;
	struct audit *audit;
	struct audits runs; /* those that have ended, where a report is to be of all */
	size_t runs_size;
	bool failed, unknown;
};

static int end_run(struct work *w, struct buf *out, struct err *err)
{
	int r = recorded_print(out, err);
	buf_free(out);
	if (w->opts->report.n && !w->opts->init)
		*MEM_PUSH(w->runs.v, w->runs.n, w->runs_size) = w->audit;
	else
		audit_free(w->audit);
	model_free(w->model);
	w->audit = NULL;
	w->model = NULL;
	return r;
}

/* A rules file to begin with comes from all rules. */
static int use_all(struct config *c, struct err *err)
{
	for (unsigned i = 0; i < rules_count; i++) {
		int r = rules[i]->takes_metric ? 0 : config_deny(c, rules[i]->name, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int show(struct work *w, struct err *err)
{
	struct buf out = {0};
	if (!w->audit)
		return 0;
	if (w->opts->init) {
		starter_put(w->audit, &out);
		return end_run(w, &out, err);
	}
	enum verdict verdict = audit_verdict(w->audit);
	w->failed |= verdict == VERDICT_FAIL;
	w->unknown |= verdict == VERDICT_UNKNOWN;
	if (!w->opts->report.n)
		format_find(STR("text"))->put(&(struct audits){&w->audit, 1}, &out);
	return end_run(w, &out, err);
}

static int take(void *arg, const struct event *ev, const char *name, struct err *err)
{
	struct work *w = arg;
	struct change change;
	int r = ev->type == EVENT_START ? show(w, err) : 0;
	if (r == 0)
		r = recorded_run(ev, w->audit, name, err);
	if (r < 0)
		return r;
	if (!w->audit) {
		w->model = model_new();
		w->audit = audit_new(w->config, w->model);
	}
	audit_before(w->audit, ev);
	model_apply(w->model, ev, &change);
	audit_event(w->audit, ev, &change);
	return 0;
}

/* What counts against a baseline unless --fail-on says: what is steady (memtrace(1), AUDIT). */
#define FAIL_ON "committed.peak>+1%,new-site"

/* Beside rules, or without: one trace against what an earlier one had. */
static int hold_against(const struct opts *opts, bool *ret_failed, struct err *err)
{
	struct profile base = {0}, now = {0};
	struct conditions conditions = {0};
	struct buf out = {0};
	int r = 0;
	if (!opts->operands[0] || opts->operands[1])
		r = err_set(err, -EINVAL, "--baseline is of one run; give one trace");
	if (r == 0)
		r = conditions_parse(&conditions, opts->fail_on ? opts->fail_on : FAIL_ON, err);
	if (r == 0)
		r = baseline_read(opts->operands[0], &now, err);
	if (r == 0 && opts->update)
		r = baseline_write(opts->baseline, &now, err);
	if (r == 0)
		r = baseline_read(opts->baseline, &base, err);
	if (r == 0)
		*ret_failed |= compare_profiles(&base, &now, &conditions, &out);
	if (r == 0)
		r = recorded_print(&out, err);
	buf_free(&out);
	conditions_free(&conditions);
	profile_free(&base);
	profile_free(&now);
	return r;
}

static int judge(const struct opts *opts, struct work *w, struct err *err)
{
	int r = w->config->n ? recorded_read(opts, "check", take, w, err) : 0;
	if (r == 0)
		r = show(w, err);
	if (r == 0 && w->runs.n)
		r = gate_report(opts, &w->runs, -1, err);
	if (r == 0 && opts->baseline)
		r = hold_against(opts, &w->failed, err);
	if (r == 0 && w->unknown && !w->failed)
		r = err_set(err, -ENODATA, "no verdict: the trace is partial, so a rule may be violated unseen");
	return r;
}

/* Neither reports nor a new baseline may take the place of a trace. gate_config has looked at --report. */
static int keep_traces(const struct opts *opts, struct err *err)
{
	int r = recorded_keep(opts, "--baseline", opts->update ? opts->baseline : NULL, err);
	for (size_t i = 0; r == 0 && i < opts->report.n; i++)
		r = recorded_keep(opts, "--report", strchr(opts->report.v[i], ':') + 1, err);
	return r;
}

/* Rules and a baseline read the trace each. */
static int check_rereadable(const struct opts *opts, struct err *err)
{
	struct stat st;
	for (char *const *path = opts->operands; *path; path++) {
		bool standard = strcmp(*path, "-") == 0;
		if (standard || (stat(*path, &st) == 0 && !S_ISREG(st.st_mode)))
			return err_set(err, -EINVAL, "%s can be read but once, and rules and --baseline each do; write it to a file first",
			    standard ? "standard input" : *path);
	}
	return 0;
}

int cmd_check(const struct opts *opts, struct err *err)
{
	struct config config = {0};
	struct work w = {.opts = opts, .config = &config};
	int r = gate_config(opts, &config, err);
	if (r == 0 && opts->init)
		r = use_all(&config, err);
	if (r == 0 && !config.n && !opts->baseline)
		r = err_set(err, -EINVAL,
		    "which rules? --rules=FILE, --max METRIC=VALUE, --deny RULE and --baseline=FILE say");
	if (r == 0 && (opts->update || opts->fail_on) && !opts->baseline)
		r = err_set(err, -EINVAL, "--update and --fail-on are about a baseline; --baseline=FILE says which");
	if (r == 0)
		r = keep_traces(opts, err);
	if (r == 0 && config.n && opts->baseline)
		r = check_rereadable(opts, err);
	if (r == 0)
		r = judge(opts, &w, err);
	for (size_t i = 0; i < w.runs.n; i++)
		audit_free(w.runs.v[i]);
	free(w.runs.v);
	audit_free(w.audit);
	model_free(w.model);
	config_free(&config);
	if (r < 0)
		return STATUS_TROUBLE;
	return w.failed ? STATUS_FINDINGS : 0;
}
