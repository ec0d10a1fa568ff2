/* memtrace COMMAND: a live trace, and the exit status that follows from it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/gate.h"
#include "cli/commands.h"
#include "cli/judge.h"
#include "cli/options.h"
#include "pipeline.h"
#include "util/inherited.h"
#include "util/log.h"
#include "util/nearest.h"
#include "util/sig.h"

static bool waits_too_long(void *source)
{
	struct source **s = source;
	return *s && (*s)->ops->waiting(*s);
}

/* End as the command did: same status, same signal; memtrace(1), EXIT STATUS. */
static int mirror(const struct outcome *outcome)
{
	if (outcome->signal) {
		sig_die(outcome->signal);
		return 128 + outcome->signal;
	}
	if (!outcome->has_status)
		return 0;
	if (WIFSIGNALED(outcome->wait_status)) {
		sig_die(WTERMSIG(outcome->wait_status));
		return 128 + WTERMSIG(outcome->wait_status);
	}
	return WEXITSTATUS(outcome->wait_status);
}

/* What an audit and --require-complete add to a run that ended well. */
struct gate {
	struct config config;
	struct model *model;
	struct audit *audit; /* NULL: none is asked for */
	int exitcode, standard;
};

static int open_gate(const struct opts *opts, struct gate *g, struct err *err)
{
	g->standard = -1;
	int r = gate_config(opts, &g->config, err);
	if (r == 0)
		r = judge_exitcode(opts, &g->exitcode, err);
	if (r < 0 || !gate_wanted(opts))
		return r;
	if (!g->config.n) /* a run that breaks none of no rules would look like a good one */
		return err_set(err, -EINVAL, "which rules? --rules=FILE, --max METRIC=VALUE and --deny RULE say");
	g->standard = gate_standard(opts);
	g->model = model_new();
	g->audit = audit_new(&g->config, g->model);
	return 0;
}

static void close_gate(struct gate *g)
{
	audit_free(g->audit);
	model_free(g->model);
	config_free(&g->config);
	if (g->standard >= 0)
		close(g->standard);
}

static const char *subcommand(size_t i)
{
	return commands[i].name;
}

/* What is no command may be a slip of one of ours. */
static void hint_at_subcommand(const struct opts *opts, struct err *err)
{
	const char *near = opts->operands[0] ? nearest_name(opts->operands[0], commands_n, subcommand) : NULL;
	size_t len = strlen(err->text);
	if (err->status == EXIT_STATUS_NOT_FOUND && near)
		snprintf(err->text + len, sizeof(err->text) - len, "; did you mean memtrace %s?", near);
}

/* What can't be written is told now: the command's own end, which comes first, may be by a signal. */
static bool report(const struct opts *opts, struct gate *g)
{
	struct err err;
	if (!g->audit || gate_report(opts, &(struct audits){&g->audit, 1}, g->standard, &err) == 0)
		return true;
	log_error("%s", err.text);
	return false;
}

static int run(const struct opts *opts, struct gate *g, struct err *err)
{
	struct sinks *sinks;
	struct source *source = NULL;
	struct outcome outcome;
	struct past past = {0};
	struct sink_setup setup = {opts, waits_too_long, &source};
	if (sinks_open(&setup, &sinks, err) < 0)
		return err->status;
	if (source_live(opts, sinks_use_stdout(opts), &source, err) < 0) {
		sinks_close(sinks);
		hint_at_subcommand(opts, err);
		return err->status;
	}
	bool complete = false;
	int r = pipeline_run(opts, source, sinks, g->audit, &past, &complete, err);
	sinks_end(sinks);
	if (r == 0)
		r = source->ops->finish(source, err);
	bool reported = r < 0 || report(opts, g);
	sig_heed_interrupts();
	bool arrived = sinks_close(sinks);
	past_free(&past);
	source->ops->outcome(source, &outcome);
	source->ops->close(source);
	if (r < 0)
		return err->status;
	int status = mirror(&outcome);
	if (status == 0 && (!arrived || !reported))
		return EXIT_STATUS_FAILED;
	return status ? status : judge_live(opts, g->audit, complete, g->exitcode);
}

int cmd_trace(const struct opts *opts, struct err *err)
{
	struct gate gate = {0};
	if (!opts->operands[0] && !opts->attach.n && !opts->all && !opts->cgroup)
		return err_set(err, EXIT_STATUS_FAILED,
		    "no command is given; try: memtrace -- ls, memtrace -p PID, or memtrace --help");
	inherited_note();
	sig_init();
	int status = open_gate(opts, &gate, err) < 0 ? err->status : run(opts, &gate, err);
	close_gate(&gate);
	return status;
}
