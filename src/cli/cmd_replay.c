/* memtrace replay TRACE…: recorded events through the same selection and sinks as live ones. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/commands.h"
#include "pipeline.h"
#include "util/sig.h"

/* Trouble of any kind, as for all commands that work on traces. */
#define STATUS_TROUBLE 2

/* Writing over a trace while it's being read would destroy it. */
static int check_output(const struct opts *opts, struct err *err)
{
	struct stat out, in;
	if (!opts->output || stat(opts->output, &out) < 0 || !S_ISREG(out.st_mode))
		return 0;
	for (char *const *path = opts->operands; *path; path++) {
		bool standard = strcmp(*path, "-") == 0;
		int r = standard ? fstat(STDIN_FILENO, &in) : stat(*path, &in);
		if (r == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return err_set(err, -EINVAL,
			    "-o %s is the trace that is read; write to another file", opts->output);
	}
	return 0;
}

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
	if (check_output(opts, err) < 0 || source_trace(opts, &source, err) < 0)
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
