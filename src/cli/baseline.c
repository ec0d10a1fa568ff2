#include "cli/baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/recorded.h"
#include "trace/reader.h"
#include "util/cleanup.h"

#define LINKS_MAX 40 /* of a path, as of the kernel's (path_resolution(7)) */

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

/* The file that a path leads to by symbolic links, though it may not be there yet. Returns 0 or a negative errno. */
static int follow(const char *path, struct buf *ret)
{
	char target[PATH_MAX];
	buf_str(ret, str_of(path));
	for (unsigned i = 0; i < LINKS_MAX; i++) {
		buf_char(ret, '\0');
		ssize_t n = readlink(ret->data, target, sizeof(target));
		if (n < 0)
			return errno == EINVAL || errno == ENOENT ? 0 : -errno; /* it's no link, or nothing */
		ret->len = *target == '/' ? 0 : ret->len - 1 - str_base(str_of(ret->data)).len;
		buf_add(ret, target, (size_t)n);
	}
	return -ELOOP;
}

static int replace(const char *path, struct str text)
{
	_cleanup_(buf_free) struct buf name = {0};
	buf_fmt(&name, "%s.new%c", path, '\0');
	_cleanup_(cleanup_close) int fd = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	ssize_t n = write(fd, text.s, text.len);
	if (n == (ssize_t)text.len && rename(name.data, path) == 0)
		return 0;
	int r = n < 0 || n == (ssize_t)text.len ? -errno : -ENOSPC;
	unlink(name.data);
	return r;
}

int baseline_write(const char *path, const struct profile *p, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0}, file = {0};
	struct stat st;
	int r = follow(path, &file);
	if (strcmp(path, "-") == 0 || (r == 0 && stat(file.data, &st) == 0 && !S_ISREG(st.st_mode)))
		return err_set(err, -EINVAL, "--update writes a file, and %s is none", path);
	profile_put(p, &text);
	if (r == 0)
		r = replace(file.data, buf_view(&text));
	return r < 0 ? err_sys(err, r, "can't write %s", path) : 0;
}
