#include "cli/recorded.h"

#include <errno.h>
#include <unistd.h>

#include "report/ledger.h"
#include "trace/reader.h"
#include "util/file.h"
#include "util/sig.h"

static int read_one(const char *path, recorded_fn *take, void *arg, struct err *err)
{
	struct reader *reader;
	struct event *ev;
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	bool any = false;
	int r = reader_open(path, &reader, err);
	if (r < 0)
		return r;
	while ((r = reader_next(reader, &ev, err)) > 0) {
		any = true;
		r = take(arg, ev, name, err);
		if (r)
			break;
	}
	if (r == 0 && !any) /* nothing isn't good news: whoever should have written it failed */
		r = err_set(err, -EINVAL, "%s is empty", name);
	reader_close(reader);
	return r;
}

int recorded_read(
    const struct opts *opts, const char *command, recorded_fn *take, void *arg, struct err *err)
{
	if (!opts->operands[0])
		return err_set(err, -EINVAL,
		    "no trace is given; try: memtrace %s trace.jsonl, or - for standard input", command);
	sig_init_reading();
	for (char *const *path = opts->operands; *path; path++) {
		int r = read_one(*path, take, arg, err);
		if (r)
			return r < 0 ? r : 0;
	}
	return 0;
}

int recorded_no_start(const char *name, struct err *err)
{
	return err_set(err, -EINVAL, "%s doesn't begin with a start event: it's no whole trace", name);
}

int recorded_keep(const struct opts *opts, const char *option, const char *path, struct err *err)
{
	if (!path || strcmp(path, "-") == 0)
		return 0;
	for (char *const *trace = opts->operands; *trace; trace++) {
		if (file_same(path, *trace, STDIN_FILENO))
			return err_set(err, -EINVAL, "%s %s is the trace that is read; write to another file", option, path);
	}
	return 0;
}

int recorded_run(const struct event *ev, bool begun, const char *name, struct err *err)
{
	if (ev->type == EVENT_START && begun)
		return err_set(err, -EINVAL, "%s holds more than one run; give it one", name);
	if (ev->type == EVENT_START)
		return ledger_check(ev, name, err);
	return begun ? 0 : recorded_no_start(name, err);
}

int recorded_print(struct buf *out, struct err *err)
{
	for (size_t at = 0; at < out->len;) {
		ssize_t n = write(STDOUT_FILENO, out->data + at, out->len - at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			break; /* whoever read it has enough */
		if (n < 0)
			return err_sys(err, errno, "can't write to standard output");
		at += (size_t)n;
	}
	out->len = 0;
	return 0;
}
