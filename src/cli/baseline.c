#include "cli/baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/recorded.h"
#include "trace/reader.h"
#include "util/cleanup.h"

static int read_trace(struct reader *reader, const char *name, struct profile *ret, struct err *err)
{
	struct event *ev;
	struct ledger *ledger = NULL;
	int r;
	while ((r = reader_next(reader, &ev, err)) > 0) {
		r = recorded_run(ev, ledger, name, err);
		if (r < 0)
			break;
		if (!ledger)
			ledger = ledger_new(BY_SITE_OF_PROCESS, NULL);
		ledger_take(ledger, ev);
	}
	if (r == 0 && !ledger)
		r = err_set(err, -EINVAL, "%s is empty", name);
	else if (r == 0 && (!ledger->ended || !str_is(ledger_text(ledger, ledger->coverage), "complete")))
		r = err_set(err, -ENODATA, "%s is partial, and what is missing can't be compared", name);
	if (r == 0)
		profile_take(ret, ledger);
	ledger_free(ledger);
	return r;
}

static int read_baseline(struct reader *reader, const char *name, struct profile *ret, struct err *err)
{
	struct str text;
	int r = reader_peek(reader, SIZE_MAX, &text, err);
	return r < 0 ? r : profile_parse(ret, name, text, err);
}

int baseline_read(const char *path, struct profile *ret, struct err *err)
{
	static const struct str begin = STR_INIT("{\"memtrace_baseline\"");
	bool standard = strcmp(path, "-") == 0;
	const char *name = standard ? "standard input" : path;
	int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "can't read %s", name);
	struct reader *reader = reader_open_fd(fd, name);
	struct str text;
	int r = reader_peek(reader, begin.len, &text, err);
	if (r == 0 && str_begins(text, begin))
		r = read_baseline(reader, name, ret, err);
	else if (r == 0)
		r = read_trace(reader, name, ret, err);
	reader_close(reader);
	return r;
}

int baseline_write(const char *path, const struct profile *p, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0}, name = {0};
	profile_put(p, &text);
	buf_fmt(&name, "%s.new%c", path, '\0');
	_cleanup_(cleanup_close) int fd = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	ssize_t n = fd < 0 ? -1 : write(fd, text.data, text.len);
	if (n != (ssize_t)text.len || rename(name.data, path) < 0)
		return err_sys(err, errno ? errno : ENOSPC, "can't write %s", path);
	return 0;
}
