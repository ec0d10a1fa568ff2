/* memtrace replay TRACE…: recorded events through the same selection and sinks as live ones. */
#include <errno.h>

#include "cli/commands.h"
#include "cli/recorded.h"
#include "pipeline.h"
#include "util/sig.h"

int cmd_replay(const struct opts *opts, struct err *err)
{
	struct sinks *sinks;
	struct source *source;
	struct past past = {0};
	if (!opts->operands[0]) {
		err_set(err, -EINVAL,
		    "no trace is given; try: memtrace replay trace.jsonl, or - for "
		    "standard input");
		return STATUS_TROUBLE;
	}
	struct sink_setup setup = {.opts = opts};
	sig_init_reading();
	sig_heed_ticks(); /* what is written is to be read soon, though the trace may be long in coming */
	if (recorded_keep(opts, "-o", opts->output, err) < 0 || source_trace(opts, &source, err) < 0)
		return STATUS_TROUBLE;
	if (sinks_open(&setup, &sinks, err) < 0) {
		source->ops->close(source);
		return STATUS_TROUBLE;
	}
	int r = pipeline_run(opts, source, sinks, NULL, &past, NULL, err);
	bool arrived = sinks_close(sinks);
	past_free(&past);
	source->ops->close(source);
	return r < 0 || !arrived ? STATUS_TROUBLE : 0;
}
