/* memtrace export: a run of the database as a trace again. */
#include <errno.h>

#include "cli/commands.h"
#include "db/fetch.h"
#include "sink/sinks.h"
#include "util/log.h"
#include "util/sig.h"

/* As for all commands that work on traces. */
#define STATUS_INCOMPLETE 1
#define STATUS_TROUBLE    2

static int carry(struct fetch *fetch, struct sinks *sinks, bool *ret_whole, struct err *err)
{
	struct event *ev;
	uint64_t last = 0, missing = 0;
	bool ended = false;
	int r;
	while ((r = fetch_next(fetch, &ev, err)) > 0) {
		if (ev->type != EVENT_START) {
			missing += ev->seq - last - 1;
			last = ev->seq;
		}
		ended = ev->type == EVENT_END;
		sinks_event(sinks, ev);
	}
	*ret_whole = missing == 0;
	if (missing)
		log_error(
		    "%llu events of the run aren't in the database", (unsigned long long)missing);
	if (r == 0 && !ended)
		log_note("the run has no end yet");
	return r;
}

int cmd_export(const struct opts *opts, struct err *err)
{
	struct dsn dsn;
	struct fetch *fetch;
	struct sinks *sinks;
	bool whole = true;
	if (!opts->mysql)
		err_set(err, -EINVAL,
		    "which database? memtrace export --mysql=mysql://USER@HOST/DATABASE --run=ID");
	else if (!opts->run)
		err_set(err, -EINVAL,
		    "which run? --run=ID, as in its start event; the table `run` lists them");
	else if (opts->operands[0])
		err_set(err, -EINVAL, "'%s': export takes no operands; the trace goes to -o FILE",
		    opts->operands[0]);
	if (err->text[0] || dsn_parse(opts->mysql, &dsn, err) < 0)
		return STATUS_TROUBLE;
	sig_init_reading();
	int r = fetch_open(&dsn, opts->run, &fetch, err);
	if (r == 0) {
		struct sink_setup setup = {.opts = opts};
		r = sinks_open(&setup, &sinks, err);
		if (r == 0) {
			r = carry(fetch, sinks, &whole, err);
			if (!sinks_close(sinks))
				r = -EIO;
		}
		fetch_close(fetch);
	}
	dsn_free(&dsn);
	if (r < 0)
		return STATUS_TROUBLE;
	return whole ? 0 : STATUS_INCOMPLETE;
}
