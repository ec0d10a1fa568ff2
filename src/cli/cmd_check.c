/* memtrace check TRACE…: recorded runs by rules. */
#include <errno.h>

#include "audit/format.h"
#include "audit/gate.h"
#include "cli/commands.h"
#include "cli/recorded.h"
#include "util/log.h"

#define STATUS_FINDINGS 1

struct work {
	const struct opts *opts;
	struct config *config;
	struct model *model;
	struct audit *audit;
	bool failed, unknown;
};

static int show(struct work *w, struct err *err)
{
	struct buf out = {0};
	if (!w->audit)
		return 0;
	enum verdict verdict = audit_verdict(w->audit);
	w->failed |= verdict == VERDICT_FAIL;
	w->unknown |= verdict == VERDICT_UNKNOWN;
	if (!w->opts->report.n)
		format_find(STR("text"))->put(w->audit, &out);
	int r = gate_report(w->opts, w->audit, -1, err);
	if (r == 0)
		r = recorded_print(&out, err);
	buf_free(&out);
	audit_free(w->audit);
	model_free(w->model);
	w->audit = NULL;
	w->model = NULL;
	return r;
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

int cmd_check(const struct opts *opts, struct err *err)
{
	struct config config = {0};
	struct work w = {.opts = opts, .config = &config};
	int r = gate_config(opts, &config, err);
	if (r == 0 && !config.n)
		r = err_set(err, -EINVAL, "which rules? --rules=FILE, --max METRIC=VALUE and --deny RULE say");
	if (r == 0)
		r = recorded_read(opts, "check", take, &w, err);
	if (r == 0)
		r = show(&w, err);
	if (r == 0 && w.unknown && !w.failed)
		r = err_set(err, -ENODATA, "no verdict: the trace is partial, so a rule may be violated unseen");
	audit_free(w.audit);
	model_free(w.model);
	config_free(&config);
	if (r < 0)
		return STATUS_TROUBLE;
	return w.failed ? STATUS_FINDINGS : 0;
}
