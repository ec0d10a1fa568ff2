#include "audit/gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/format.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/file.h"

bool gate_wanted(const struct opts *opts)
{
	return opts->rules || opts->max.n || opts->deny.n;
}

/* FORMAT:FILE */
static const struct format *format_of(const char *text, const char **ret_path)
{
	const char *colon = strchr(text, ':');
	*ret_path = colon ? colon + 1 : "";
	return colon && colon[1] ? format_find((struct str){text, (size_t)(colon - text)}) : NULL;
}

/* Found out before a long run, but without touching the file. Sets errno. */
static bool can_write(const char *path)
{
	if (access(path, W_OK) == 0)
		return true;
	if (errno != ENOENT)
		return false;
	const char *slash = strrchr(path, '/');
	_cleanup_(buf_free) struct buf folder = {0};
	buf_str(&folder, slash ? (struct str){path, (size_t)(slash - path) + 1} : STR("."));
	buf_char(&folder, '\0');
	return access(folder.data, W_OK | X_OK) == 0;
}

/* What a report there would take the place of; NULL: nothing of ours. */
static const char *what_is_at(const struct opts *opts, const char *path)
{
	const struct {
		const char *path, *what;
	} files[] = {{opts->output, "where -o writes the trace"},
	    {opts->rules, "where --rules are read from"},
	    {opts->baseline, "the --baseline"}};
	for (size_t i = 0; i < countof(files); i++) {
		if (files[i].path && file_same(path, files[i].path, STDOUT_FILENO))
			return files[i].what;
	}
	return NULL;
}

static int check_reports(const struct opts *opts, struct err *err)
{
	const char *path;
	for (size_t i = 0; i < opts->report.n; i++) {
		if (!format_of(opts->report.v[i], &path))
			return err_set(err, -EINVAL,
			    "--report %s: it's FORMAT:FILE, with text, json, junit, sarif, github or markdown",
			    opts->report.v[i]);
	}
	for (size_t i = 0; i < opts->report.n; i++) {
		format_of(opts->report.v[i], &path);
		if (strcmp(path, "-") != 0 && !can_write(path))
			return err_sys(err, errno, "--report %s: can't write there", opts->report.v[i]);
		const char *what = strcmp(path, "-") != 0 ? what_is_at(opts, path) : NULL;
		if (what)
			return err_set(err, -EINVAL, "--report %s: that is %s; write to another file", opts->report.v[i], what);
	}
	if (opts->report.n && !gate_wanted(opts))
		return err_set(err, -EINVAL, "--report tells of an audit; which rules? --rules, --max or --deny says");
	return 0;
}

int gate_config(const struct opts *opts, struct config *ret, struct err *err)
{
	int r = check_reports(opts, err);
	if (r == 0 && opts->rules)
		r = config_read(ret, opts->rules, err);
	for (size_t i = 0; r == 0 && i < opts->max.n; i++)
		r = config_max(ret, opts->max.v[i], err);
	for (size_t i = 0; r == 0 && i < opts->deny.n; i++)
		r = config_deny(ret, opts->deny.v[i], err);
	return r;
}

static int write_all(int fd, struct str text)
{
	for (size_t at = 0; at < text.len;) {
		ssize_t n = write(fd, text.s + at, text.len - at);
		if (n < 0 && errno != EINTR)
			return -errno;
		at += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int write_report(
    const struct format *format, const char *path, const struct audits *runs, int out, struct err *err)
{
	_cleanup_(buf_free) struct buf text = {0};
	bool standard = strcmp(path, "-") == 0;
	_cleanup_(cleanup_close) int fd = standard ? fcntl(out, F_DUPFD_CLOEXEC, 3)
	                                           : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	format->put(runs, &text);
	int r = fd < 0 ? -errno : write_all(fd, buf_view(&text));
	if (standard && r == -EPIPE)
		r = 0; /* whoever read it has enough */
	return r < 0 ? err_sys(err, r, "can't write the report to %s", standard ? "standard output" : path) : 0;
}

int gate_standard(const struct opts *opts)
{
	const char *path;
	for (size_t i = 0; i < opts->report.n; i++) {
		if (format_of(opts->report.v[i], &path) && strcmp(path, "-") == 0)
			return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	}
	return -1;
}

int gate_report(const struct opts *opts, const struct audits *runs, int standard, struct err *err)
{
	const char *path;
	struct err later;
	int r = 0;
	for (size_t i = 0; i < opts->report.n; i++) {
		const struct format *format = format_of(opts->report.v[i], &path);
		int out = standard < 0 ? STDOUT_FILENO : standard;
		int failed = format ? write_report(format, path, runs, out, r < 0 ? &later : err) : 0;
		r = r < 0 ? r : failed;
	}
	return r;
}
