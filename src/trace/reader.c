#include "trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "trace/parse.h"
#include "util/buf.h"
#include "util/mem.h"
#include "util/pack.h"

#define READ_SIZE (256U << 10)

struct reader {
	int fd;
	char *name;
	bool heeds_ticks;
	bool ended;      /* the source has no more */
	struct buf data; /* what was read, unpacked */
	size_t at;       /* of the next line in it */
	uint64_t before; /* bytes that stood before it */
	uint64_t number; /* of the last line, from 1 */
	bool looked;     /* whether the source is compressed */
	struct unpack *unpack; /* it is */
	struct buf packed;     /* read and not unpacked yet, from packed_at on */
	size_t packed_at;
	uint64_t packed_before; /* bytes that stood before it */
	struct parse_keys keys;
	struct arena arena;
	struct event event;
};

struct reader *reader_open_fd(int fd, const char *name)
{
	struct reader *r = mem_alloc(sizeof(*r));
	r->fd = fd;
	r->name = mem_strdup(name);
	buf_reserve(&r->data, READ_SIZE);
	parse_keys_init(&r->keys);
	return r;
}

/* A fifo waits for its writer, and ticks don't end that. */
static int open_file(const char *path)
{
	int fd;
	do
		fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	return fd;
}

int reader_open(const char *path, struct reader **ret, struct err *err)
{
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) : open_file(path);
	if (fd < 0)
		return err_sys(err, errno, "can't read trace %s", path);
	*ret = reader_open_fd(fd, standard ? "standard input" : path);
	return 0;
}

void reader_heed_ticks(struct reader *r)
{
	r->heeds_ticks = true;
}

/* Read behind what is in `into`. Returns 1, 0 at the end, or a negative errno: -EINTR as reader_next does. */
static int fill_raw(struct reader *r, struct buf *into, struct err *err)
{
	buf_reserve(into, READ_SIZE);
	ssize_t n;
	do
		n = read(r->fd, into->data + into->len, into->size - into->len);
	while (n < 0 && errno == EINTR && !r->heeds_ticks);
	if (n < 0)
		return errno == EINTR ? -EINTR : err_sys(err, errno, "can't read %s", r->name);
	into->len += (size_t)n;
	return n > 0;
}

/* The same for a compressed source. One that was cut ends where it was. */
static int fill_unpacked(struct reader *r, struct err *err)
{
	size_t before = r->data.len, taken;
	for (;;) {
		struct str left = {r->packed.data + r->packed_at, r->packed.len - r->packed_at};
		if (unpack_take(r->unpack, left, READ_SIZE, &taken, &r->data) < 0)
			return err_set(err, -EINVAL, "%s: the compressed data is damaged behind byte %llu of it",
			    r->name, (unsigned long long)reader_bytes(r));
		r->packed_at += taken;
		if (r->data.len > before)
			return 1;
		if (r->packed_at < r->packed.len && taken)
			continue;
		r->packed.len -= r->packed_at;
		r->packed_before += r->packed_at;
		memmove(r->packed.data, r->packed.data + r->packed_at, r->packed.len);
		r->packed_at = 0;
		int more = fill_raw(r, &r->packed, err);
		if (more <= 0)
			return more;
	}
}

/* See what the source is, by its first bytes. Returns as fill does. */
static int look(struct reader *r, struct err *err)
{
	int more;
	do
		more = fill_raw(r, &r->data, err);
	while (more > 0 && r->data.len < PACK_MAGIC);
	if (more < 0)
		return more;
	r->looked = true;
	if (!pack_by_magic(buf_view(&r->data)))
		return r->data.len > 0;
	r->packed = r->data;
	r->data = (struct buf){0};
	buf_reserve(&r->data, READ_SIZE); /* lines are looked for in it, even if there is none */
	r->unpack = unpack_new();
	return fill_unpacked(r, err);
}

/* Read more behind what is there. Returns 1, 0 at the end, or a negative errno. */
static int fill(struct reader *r, struct err *err)
{
	if (r->ended)
		return 0;
	if (r->at) {
		r->data.len -= r->at;
		r->before += r->at;
		memmove(r->data.data, r->data.data + r->at, r->data.len);
		r->at = 0;
	}
	int more = !r->looked ? look(r, err) : r->unpack ? fill_unpacked(r, err) : fill_raw(r, &r->data, err);
	r->ended = more == 0;
	return more;
}

int reader_peek(struct reader *r, size_t least, struct str *ret, struct err *err)
{
	int more = 1;
	while (more > 0 && r->data.len - r->at < least)
		more = fill(r, err);
	*ret = (struct str){r->data.data + r->at, r->data.len - r->at};
	return more < 0 ? more : 0;
}

/*
 * The next line, without its newline; *ret_whole says whether it had one. Returns 1, 0 at the end,
 * or a negative errno.
 */
static int next_line(struct reader *r, struct str *ret, bool *ret_whole, struct err *err)
{
	size_t seen = 0;
	for (;;) {
		const char *start = r->data.data + r->at;
		size_t left = r->data.len - r->at;
		const char *end = left > seen ? memchr(start + seen, '\n', left - seen) : NULL;
		seen = left;
		int more = end ? 0 : fill(r, err);
		if (more < 0)
			return more;
		if (more)
			continue;
		start = r->data.data + r->at;
		left = r->data.len - r->at;
		size_t len = end ? (size_t)(end - start) : left;
		*ret = (struct str){start, len};
		*ret_whole = end != NULL;
		r->at += len + (end != NULL);
		r->number++;
		return len > 0 || end ? 1 : 0;
	}
}

/* Whether `line` is the beginning of what writers write. */
static bool begins_event(struct str line)
{
	static const struct str begin = STR_INIT("{\"type\":\"");
	return memcmp(line.s, begin.s, line.len < begin.len ? line.len : begin.len) == 0;
}

/*
 * A line may be broken where a writer was killed: at the end, or where -A then began a new run. Returns 1, 0, or a
 * negative errno, and then it's to be read again.
 */
static int is_cut(struct reader *r, struct str line, bool whole, struct err *err)
{
	static const struct str start = STR_INIT("{\"type\":\"start\"");
	size_t all = line.len + 1;
	int more = 1;
	if (!begins_event(line))
		return 0;
	if (!whole)
		return 1;
	r->at -= all;
	while (more > 0 && r->data.len - r->at < all + start.len)
		more = fill(r, err);
	if (more < 0) {
		r->number--;
		return more;
	}
	r->at += all;
	return str_begins((struct str){r->data.data + r->at, r->data.len - r->at}, start);
}

int reader_next(struct reader *r, struct event **ret, struct err *err)
{
	struct str line;
	bool whole;
	for (;;) {
		int n = next_line(r, &line, &whole, err);
		if (n <= 0)
			return n;
		if (line.len == 0)
			continue;
		arena_reset(&r->arena);
		const char *why = parse_line(&r->keys, line, &r->arena, &r->event);
		if (!why) {
			*ret = &r->event;
			return 1;
		}
		if (r->number == 1 && str_begins(line, STR("\xfd""7zXZ"))) /* as xz(1) begins its files */
			return err_set(err, -EINVAL,
			    "%s is compressed by xz; give it unpacked, as in: xz -dc FILE | memtrace report -", r->name);
		n = is_cut(r, line, whole, err);
		if (n < 0)
			return n;
		if (!n)
			return err_set(err, -EINVAL, "%s:%llu: not an event of a trace: %s",
			    r->name, (unsigned long long)r->number, why);
	}
}

uint64_t reader_bytes(const struct reader *r)
{
	return r->unpack ? r->packed_before + r->packed_at : r->before + r->at;
}

void reader_close(struct reader *r)
{
	if (!r)
		return;
	close(r->fd);
	free(r->name);
	buf_free(&r->data);
	buf_free(&r->packed);
	unpack_free(r->unpack);
	arena_free(&r->arena);
	free(r);
}
