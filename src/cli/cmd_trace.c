/* memtrace COMMAND: a live trace, and the exit status that follows from it. */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/commands.h"
#include "pipeline.h"
#include "util/inherited.h"
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

int cmd_trace(const struct opts *opts, struct err *err)
{
	struct sinks *sinks;
	struct source *source = NULL;
	struct outcome outcome;
	if (!opts->operands[0] && !opts->attach.n)
		return err_set(err, EXIT_STATUS_FAILED,
		    "no command is given; try: memtrace -- ls, memtrace -p PID, or memtrace --help");
	inherited_note();
	sig_init();
	struct sink_setup setup = {opts, waits_too_long, &source};
	if (sinks_open(&setup, &sinks, err) < 0)
		return err->status;
	if (source_live(opts, sinks_use_stdout(opts), &source, err) < 0) {
		sinks_close(sinks);
		return err->status;
	}
	int r = pipeline_run(opts, source, sinks, err);
	sinks_end(sinks);
	if (r == 0)
		r = source->ops->finish(source, err);
	sig_heed_interrupts();
	bool arrived = sinks_close(sinks);
	source->ops->outcome(source, &outcome);
	source->ops->close(source);
	if (r < 0)
		return err->status;
	int status = mirror(&outcome);
	return status == 0 && !arrived ? EXIT_STATUS_FAILED : status;
}
