#include "cli/baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/recorded.h"
#include "trace/reader.h"
#include "util/cleanup.h"

static int read_trace(const char *path, struct profile *ret, struct err *err)
{
	struct reader *reader;
	struct event *ev;
	struct ledger *ledger = NULL;
	int r = reader_open(path, &reader, err);
	if (r < 0)
		return r;
	while ((r = reader_next(reader, &ev, err)) > 0) {
		r = recorded_run(ev, ledger, path, err);
		if (r < 0)
			break;
		if (!ledger)
			ledger = ledger_new(BY_SITE_OF_PROCESS, NULL);
		ledger_take(ledger, ev);
	}
	if (r == 0 && (!ledger || !ledger->ended || !str_is(ledger_text(ledger, ledger->coverage), "complete")))
		r = err_set(err, -ENODATA, "%s is partial, and what is missing can't be compared", path);
	if (r == 0)
		profile_take(ret, ledger);
	ledger_free(ledger);
	reader_close(reader);
	return r;
}

int baseline_read(const char *path, struct profile *ret, struct err *err)
{
	static const char begin[] = "{\"memtrace_baseline\"";
	_cleanup_(buf_free) struct buf text = {0};
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "can't read %s", path);
	buf_reserve(&text, 4096);
	ssize_t n = read(fd, text.data, sizeof(begin) - 1);
	if (n < (ssize_t)sizeof(begin) - 1 || memcmp(text.data, begin, sizeof(begin) - 1) != 0)
		return read_trace(path, ret, err);
	for (; n > 0; n = read(fd, text.data + text.len, 65536)) {
		text.len += (size_t)n;
		buf_reserve(&text, 65536);
	}
	return profile_parse(ret, path, buf_view(&text), err);
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
