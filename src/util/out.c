#include "util/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/child.h"
#include "util/cleanup.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/pack.h"
#include "util/sig.h"

#define OUT_SIZE (64U << 10)

struct out {
	int fd;
	char *name;
	pid_t command; /* that reads it, or 0 */
	bool regular;  /* a file of a name: it can be cut back */
	bool truncate; /* before the first write */
	bool unused;   /* made by us, and nothing written yet */
	enum out_state state;
	struct buf buf;
	struct pack *pack; /* NULL: not compressed */
	struct buf packed; /* what `buf` became, to be written */
	bool begun;        /* and the beginning of its stream was put */
	bool unflushed;    /* some of what was put may be held back by `pack` */
	bool (*hook)(void *);
	void *hook_arg;
};

/*
 * Start `sh -c command` with a pipe as its input. It doesn't die of the terminal's ^C: what the
 * traced command did until then is still to be written.
 */
static int start_command(const char *command, pid_t *ret, struct err *err)
{
	int ends[2];
	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(err, errno, "can't make a pipe for %s", command);
	pid_t pid = fork();
	if (pid == 0) {
		sig_restore();
		signal(SIGINT, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
		dup2(ends[0], STDIN_FILENO);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(ends[0]);
	if (pid < 0) {
		close(ends[1]);
		return err_sys(err, errno, "can't start %s", command);
	}
	child_started(pid);
	*ret = pid;
	return ends[1];
}

/*
 * A regular file is opened for reading too, so that a last line can be looked at; anything else is not:
 * whoever reads from a pipe's end that it writes to would never learn that the other reader has gone.
 */
static int open_file(const char *name, bool append, bool *ret_created, struct err *err)
{
	struct stat st;
	int flags = O_CLOEXEC | O_NOCTTY | (append ? O_APPEND : 0);
	int fd = open(name, flags | O_RDWR | O_CREAT | O_EXCL, 0666);
	*ret_created = fd >= 0;
	if (fd < 0 && errno == EEXIST && stat(name, &st) == 0 && S_ISREG(st.st_mode))
		fd = open(name, flags | O_RDWR);
	if (fd < 0 && (errno == EEXIST || errno == EACCES || errno == ENOENT))
		fd = open(name, flags | O_WRONLY | O_CREAT, 0666);
	return fd < 0 ? err_sys(err, errno, "can't write to %s", name) : fd;
}

/* A crash may have cut the last line: end it, so that what follows starts a line of its own. */
static void end_last_line(struct out *out)
{
	char last;
	off_t size = lseek(out->fd, 0, SEEK_END);
	if (size > 0 && pread(out->fd, &last, 1, size - 1) == 1 && last != '\n')
		buf_char(&out->buf, '\n');
}

/* Whether a file can be read through as compressed data, to its end. */
static bool is_whole(int fd)
{
	struct unpack *unpack = unpack_new();
	_cleanup_(buf_free) struct buf in = {0}, out = {0};
	ssize_t n;
	int r = 0;
	for (off_t at = 0; r == 0; at += n) {
		buf_reserve(&in, OUT_SIZE);
		n = pread(fd, in.data + in.len, OUT_SIZE, at);
		if (n <= 0)
			break;
		in.len += (size_t)n;
		size_t taken, done = 0;
		do {
			out.len = 0;
			r = unpack_take(unpack, (struct str){in.data + done, in.len - done}, OUT_SIZE, &taken, &out);
			done += taken;
		} while (r == 0 && (taken || out.len));
		in.len -= done;
		memmove(in.data, in.data + done, in.len);
	}
	bool whole = r == 0 && in.len == 0 && unpack_whole(unpack);
	unpack_free(unpack);
	return whole;
}

/*
 * What a file is to be added to as: what is in it already, which must be what its name says, if that says
 * anything. Returns a kind, or a negative errno.
 */
static int kind_to_add(int fd, const char *name, struct err *err)
{
	static const char *const words[] = {
	    [PACK_NONE] = "not compressed", [PACK_GZIP] = "compressed by gzip", [PACK_ZSTD] = "compressed by zstd"};
	char magic[PACK_MAGIC];
	ssize_t n = pread(fd, magic, sizeof(magic), 0);
	enum pack_kind said = pack_by_name(name);
	if (n == 0)
		return said;
	enum pack_kind is = n > 0 ? pack_by_magic((struct str){magic, (size_t)n}) : PACK_NONE;
	if (said && is != said)
		return err_set(err, -EINVAL, "-A: %s is %s, which its name denies; write to another file", name, words[is]);
	if (is && !is_whole(fd))
		return err_set(err, -EINVAL, "-A: %s was cut or is damaged; write to another file", name);
	return is;
}

int out_open(const char *spec, bool append, struct out **ret, struct err *err)
{
	int fd;
	bool created = false;
	pid_t command = 0;
	if (strcmp(spec, "-") == 0) {
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		if (fd < 0)
			return err_sys(err, errno, "can't write to standard output");
	} else if (spec[0] == '|') {
		if (!spec[1 + strspn(spec + 1, " \t\n")])
			return err_set(
			    err, -EINVAL, "-o '%s': a command is missing behind |", spec);
		fd = start_command(spec + 1, &command, err);
	} else {
		fd = open_file(spec, append, &created, err);
	}
	if (fd < 0)
		return fd;
	struct stat st;
	bool named = !command && strcmp(spec, "-") != 0;
	bool regular = named && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	/* Lines of two runs in turn would make neither a trace. Where there are no locks, let it be. */
	if (regular && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
		close(fd);
		return err_set(err, -EBUSY,
		    "another memtrace writes to %s; give each its own file, and put them together "
		    "afterwards",
		    spec);
	}
	int kind = named ? (int)pack_by_name(spec) : PACK_NONE;
	if (append && regular)
		kind = kind_to_add(fd, spec, err);
	if (kind < 0) {
		close(fd);
		return kind;
	}
	struct out *out = mem_alloc(sizeof(*out));
	out->pack = kind ? pack_new((enum pack_kind)kind) : NULL;
	out->fd = fd;
	out->name = mem_strdup(strcmp(spec, "-") == 0 ? "standard output" : spec);
	out->command = command;
	out->regular = regular;
	out->truncate = out->regular && !append;
	out->unused = created;
	if (append && named && !kind)
		end_last_line(out);
	*ret = out;
	return 0;
}

void out_on_wait(struct out *out, bool (*hook)(void *), void *arg)
{
	out->hook = hook;
	out->hook_arg = arg;
}

struct buf *out_buf(struct out *out)
{
	return &out->buf;
}

static void fail(struct out *out, int error)
{
	if (error == EPIPE) {
		out->state = OUT_CLOSED;
		return;
	}
	out->state = OUT_FAILED;
	if (error == ECANCELED)
		log_error("%s wasn't read, and memtrace had to end; the rest of the output is lost",
		    out->name);
	else
		log_error("can't write to %s: %s; the rest of the output is lost", out->name,
		    strerror(error));
}

/* Returns how much of the buffer was written; less than all of it if the writing failed. */
static size_t write_all(struct out *out, const struct buf *buf)
{
	size_t at = 0;
	while (out->state == OUT_GOOD && at < buf->len) {
		ssize_t n = write(out->fd, buf->data + at, buf->len - at);
		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			fail(out, errno);
		else if (out->hook && out->hook(out->hook_arg))
			fail(out, ECANCELED);
	}
	return at;
}

/* What a last line may need that says how much was lost. */
#define LAST_LINE 1024

/*
 * Cut a file that can't take more back to the end of a line, with room behind it for a last one: a
 * full disk has none elsewhere.
 */
static void cut_back(struct out *out)
{
	char tail[64U << 10];
	off_t end = lseek(out->fd, 0, SEEK_END);
	off_t from = end > (off_t)sizeof(tail) ? end - (off_t)sizeof(tail) : 0;
	ssize_t n = pread(out->fd, tail, (size_t)(end - from), from);
	if (n <= LAST_LINE)
		return;
	const char *newline = memrchr(tail, '\n', (size_t)(n - LAST_LINE));
	off_t keep = newline ? from + (newline - tail) + 1 : 0;
	if ((newline || from == 0) && ftruncate(out->fd, keep) == 0)
		lseek(out->fd, keep, SEEK_SET);
}

/* Compressed, what a failure leaves can be read as far as it goes; lines of text are cut back to a whole one. */
static void put(struct out *out, enum pack_how how)
{
	if (out->truncate && out->buf.len) {
		out->truncate = false;
		if (ftruncate(out->fd, 0) < 0)
			fail(out, errno);
	}
	struct buf *buf = out->pack ? &out->packed : &out->buf;
	out->begun |= out->buf.len > 0;
	if (out->pack)
		pack_put(out->pack, buf_view(&out->buf), how, buf);
	size_t written = write_all(out, buf);
	out->unused &= written == 0;
	if (out->state == OUT_FAILED && out->regular && !out->pack && written < buf->len)
		cut_back(out);
	out->packed.len = out->buf.len = 0;
}

void out_flush(struct out *out)
{
	if (out->buf.len || out->unflushed)
		put(out, PACK_FLUSH);
	out->unflushed = false;
}

void out_last(struct out *out)
{
	ssize_t n = out->regular && !out->pack ? write(out->fd, out->buf.data, out->buf.len) : 0;
	if (n > 0 && (size_t)n < out->buf.len)
		cut_back(out);
	out->buf.len = 0;
}

void out_line(struct out *out)
{
	if (out->buf.len < OUT_SIZE)
		return;
	put(out, PACK_MORE);
	out->unflushed = out->pack != NULL;
}

enum out_state out_state(const struct out *out)
{
	return out->state;
}

/* Whether the command failed; then say how. */
static bool command_failed(struct out *out)
{
	int status = child_wait(out->command, out->hook, out->hook_arg);
	if (status < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 0))
		return false;
	if (WIFSIGNALED(status))
		log_error("the command %s was killed by signal %d", out->name, WTERMSIG(status));
	else
		log_error("the command %s failed with status %d", out->name, WEXITSTATUS(status));
	return true;
}

void out_end(struct out *out)
{
	if (out->fd < 0)
		return;
	out_flush(out);
	if (out->pack && out->begun)
		put(out, PACK_END);
	if (out->unused && out->state == OUT_GOOD)
		unlink(out->name);
	/* Not by closing: a process that was made just before may still have it open, for a moment. */
	if (out->regular)
		flock(out->fd, LOCK_UN);
	if (close(out->fd) < 0 && errno != EINTR && out->state == OUT_GOOD)
		fail(out, errno);
	out->fd = -1;
}

enum out_state out_close(struct out *out)
{
	if (!out)
		return OUT_GOOD;
	out_end(out);
	if (out->command && command_failed(out))
		out->state = OUT_FAILED;
	enum out_state state = out->state;
	buf_free(&out->buf);
	buf_free(&out->packed);
	pack_free(out->pack);
	free(out->name);
	free(out);
	return state;
}
