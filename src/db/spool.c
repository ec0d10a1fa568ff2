#include "db/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"
#include "util/mem.h"

/* A file that is larger is followed by another, so that what is loaded can be given back. */
#define FILE_SIZE (64ULL << 20)

struct spool_file {
	int fd;
	char name[64];
	char uuid[37];
	uint64_t size;
	uint64_t pieces; /* that are still needed */
	bool closed;     /* nothing is added any more */
};

struct spool {
	char path[512]; /* "": not chosen yet */
	int dir;        /* -1: not opened yet */
	uint64_t limit;
	uint64_t used;   /* bytes in the folder when it was looked at, and what we added since */
	uint64_t looked; /* when that was, ns */
	unsigned next;   /* number of the next file */
	struct spool_file *file; /* that is being added to */
	struct spool_file *refused;
};

/* ---- the folder ---- */

static void choose_path(char *path, size_t size)
{
	const char *state = getenv("XDG_STATE_HOME");
	if (state && state[0] == '/')
		snprintf(path, size, "%s/memtrace/spool", state);
	else if (geteuid() == 0)
		snprintf(path, size, "/var/lib/memtrace/spool");
	else
		snprintf(path, size, "/tmp/memtrace-%u", (unsigned)geteuid());
}

static void make_folders(const char *path)
{
	char part[512];
	for (const char *p = strchr(path + 1, '/');; p = strchr(p + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", p ? (int)(p - path) : (int)strlen(path), path);
		mkdir(part, 0700);
		if (!p)
			return;
	}
}

/* A folder that is somebody else's, or that others may enter, isn't ours to write to. */
static int open_folder(const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "can't open the folder %s", path);
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & 077))
		return fd;
	close(fd);
	return err_set(
	    err, -EPERM, "the folder %s must be yours and yours alone (mode 0700)", path);
}

static int open_spool(struct spool *s, struct err *err)
{
	if (s->dir >= 0)
		return 0;
	choose_path(s->path, sizeof(s->path));
	make_folders(s->path);
	s->dir = open_folder(s->path, err);
	return s->dir < 0 ? s->dir : 0;
}

struct spool *spool_new(uint64_t limit)
{
	struct spool *s = mem_alloc(sizeof(*s));
	s->dir = -1;
	s->limit = limit;
	choose_path(s->path, sizeof(s->path));
	return s;
}

const char *spool_path(const struct spool *s)
{
	return s->path;
}

static DIR *list_folder(int dir)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	if (!list && fd >= 0)
		close(fd);
	return list;
}

static uint64_t folder_size(int dir)
{
	uint64_t size = 0;
	struct stat st;
	struct dirent *entry;
	DIR *list = list_folder(dir);
	while (list && (entry = readdir(list))) {
		if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode))
			size += (uint64_t)st.st_size;
	}
	if (list)
		closedir(list);
	return size;
}

/* ---- files ---- */

static int write_all(struct spool *s, struct spool_file *file, struct str text, struct err *err)
{
	for (size_t at = 0; at < text.len;) {
		ssize_t n = pwrite(file->fd, text.s + at, text.len - at, (off_t)(file->size + at));
		if (n < 0 && errno != EINTR) {
			int error = errno;
			/* Half a line would spoil the file for what is added later. */
			if (ftruncate(file->fd, (off_t)file->size) < 0)
				file->closed = true;
			return err_sys(err, error, "can't write to %s/%s", s->path, file->name);
		}
		at += n > 0 ? (size_t)n : 0;
	}
	file->size += text.len;
	s->used += text.len;
	return 0;
}

static void free_file(struct spool *s, struct spool_file *file, bool remove)
{
	if (remove) {
		unlinkat(s->dir, file->name, 0);
		s->used -= file->size < s->used ? file->size : s->used;
	}
	close(file->fd);
	free(file);
}

/* Others add and remove files there, too. */
static void look_at_size(struct spool *s)
{
	uint64_t now = clock_mono();
	if (now - s->looked < NSEC_PER_SEC / 4)
		return;
	s->looked = now;
	s->used = folder_size(s->dir);
}

/*
 * Made under another name, which nobody looks for, until it's locked and has its first line: else
 * somebody who loads what the folder holds would take it for an empty trace.
 */
static int make_file(struct spool *s, const struct load_run *run, struct spool_file *file,
    const char *name, struct err *err)
{
	snprintf(file->name, sizeof(file->name), "%s.new", name);
	file->fd =
	    openat(s->dir, file->name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (file->fd < 0)
		return err_sys(err, errno, "can't write to %s/%s", s->path, file->name);
	if (flock(file->fd, LOCK_EX | LOCK_NB) < 0)
		return err_sys(err, errno, "can't lock %s/%s", s->path, file->name);
	int r = write_all(s, file, buf_view(&run->start), err);
	if (r == 0)
		r = write_all(s, file, STR("\n"), err);
	if (r == 0 && renameat2(s->dir, file->name, s->dir, name, RENAME_NOREPLACE) < 0)
		r = err_sys(err, errno, "can't make %s/%s", s->path, name);
	if (r == 0)
		snprintf(file->name, sizeof(file->name), "%s", name);
	return r;
}

static int new_file(struct spool *s, const struct load_run *run, const char *name,
    struct spool_file **ret, struct err *err)
{
	int r = open_spool(s, err);
	if (r < 0)
		return r;
	struct spool_file *file = mem_alloc(sizeof(*file));
	memcpy(file->uuid, run->uuid, sizeof(file->uuid));
	r = make_file(s, run, file, name, err);
	if (r == 0)
		*ret = file;
	else if (file->fd >= 0)
		free_file(s, file, true);
	else
		free(file);
	return r;
}

/* Somebody removed it, and perhaps the folder: what is in it can be read, but will be gone with us. */
static bool is_removed(const struct spool_file *file)
{
	struct stat st;
	return fstat(file->fd, &st) == 0 && st.st_nlink == 0;
}

/* Nothing more goes into the file: it's removed with its last piece. */
static void close_file(struct spool *s)
{
	struct spool_file *file = s->file;
	s->file = NULL;
	if (!file)
		return;
	file->closed = true;
	if (!file->pieces)
		free_file(s, file, true);
}

int spool_put(struct spool *s, const struct load_run *run, struct str text, bool beyond,
    struct spool_place *ret, struct err *err)
{
	char name[64];
	int r = 0;
	if (s->file && is_removed(s->file)) {
		close_file(s);
		close(s->dir);
		s->dir = -1;
	}
	if (s->file && (s->file->size >= FILE_SIZE || s->file->closed ||
	                   strcmp(s->file->uuid, run->uuid) != 0))
		close_file(s);
	snprintf(name, sizeof(name), "%s-%05u.jsonl", run->uuid, s->next);
	if (!s->file) {
		r = new_file(s, run, name, &s->file, err);
		s->next += r == 0;
	}
	if (r == 0)
		look_at_size(s);
	if (r == 0 && !beyond && s->used + text.len > s->limit)
		r = err_set(err, -EDQUOT, "%s has reached --spool-limit", s->path);
	if (r == 0) {
		*ret = (struct spool_place){s->file, s->file->size, text.len};
		r = write_all(s, s->file, text, err);
	}
	if (r == 0)
		s->file->pieces++;
	else if (s->file && !s->file->pieces)
		close_file(s);
	return r;
}

int spool_get(const struct spool_place *place, struct buf *to)
{
	buf_reserve(to, place->len);
	for (uint64_t at = 0; at < place->len;) {
		ssize_t n = pread(place->file->fd, to->data + to->len, place->len - at,
		    (off_t)(place->offset + at));
		if (n == 0 || (n < 0 && errno != EINTR))
			return n < 0 ? -errno : -EIO;
		at += n > 0 ? (uint64_t)n : 0;
		to->len += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

void spool_drop(struct spool *s, struct spool_place *place)
{
	struct spool_file *file = place->file;
	if (--file->pieces)
		return;
	if (file == s->file)
		close_file(s);
	else
		free_file(s, file, true);
}

bool spool_leave(struct spool *s, struct spool_place *place)
{
	struct spool_file *file = place->file;
	bool stays = !is_removed(file);
	if (--file->pieces)
		return stays;
	if (file == s->file)
		s->file = NULL;
	free_file(s, file, false);
	return stays;
}

int spool_refuse(struct spool *s, const struct load_run *run, struct str line, struct buf *ret_path,
    struct err *err)
{
	char name[64];
	int r = 0;
	snprintf(name, sizeof(name), "%s-refused.jsonl", run->uuid);
	if (s->refused && strcmp(s->refused->uuid, run->uuid) != 0) {
		free_file(s, s->refused, false);
		s->refused = NULL;
	}
	if (!s->refused)
		r = new_file(s, run, name, &s->refused, err);
	if (r == 0 && line.len) {
		r = write_all(s, s->refused, line, err);
		if (r == 0)
			r = write_all(s, s->refused, STR("\n"), err);
	}
	if (r == 0)
		buf_fmt(ret_path, "%s/%s", s->path, name);
	return r;
}

void spool_free(struct spool *s)
{
	if (!s)
		return;
	if (s->file)
		free_file(s, s->file, s->file->pieces == 0);
	if (s->refused)
		free_file(s, s->refused, false);
	if (s->dir >= 0)
		close(s->dir);
	free(s);
}

/* ---- what others left ---- */

static int is_trace(const struct dirent *entry)
{
	return str_ends(str_of(entry->d_name), STR(".jsonl"));
}

/* Nothing but a file is of the spool. Returns it, or a negative errno with err set; -ENOENT: it's gone. */
static int open_file(int dir, const char *name, const char *path, struct err *err)
{
	struct stat st;
	int r = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	if (r == 0 && !S_ISREG(st.st_mode))
		return err_set(err, -EINVAL, "%s isn't a file: the spool has no use for it; remove it", path);
	int fd = r < 0 ? r : openat(dir, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? err_sys(err, errno, "can't read %s", path) : fd;
}

/* Whoever had it locked may have removed it. */
static bool is_there(int dir, const char *name, int fd)
{
	struct stat st, now;
	return fstat(fd, &st) == 0 && fstatat(dir, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == now.st_ino;
}

/* Returns 1 if the file is in use by others, else 0 or a negative errno. */
static int take_file(int dir, const char *folder, const char *name,
    int (*take)(void *arg, int fd, const char *path, struct err *err), void *arg, struct err *err)
{
	char path[1024];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	_cleanup_(cleanup_close) int fd = open_file(dir, name, path, err);
	if (fd == -ENOENT) {
		err->text[0] = '\0';
		return 0;
	}
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		return 1;
	if (fd >= 0 && !is_there(dir, name, fd))
		return 0;
	int r = take(arg, fd, path, err);
	if (r == 1)
		unlinkat(dir, name, 0);
	return r < 0 ? r : 0;
}

int spool_each(
    int (*take)(void *arg, int fd, const char *path, struct err *err), void *arg, struct err *err)
{
	char path[512];
	struct dirent **entries;
	choose_path(path, sizeof(path));
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	_cleanup_(cleanup_close) int dir = open_folder(path, err);
	if (dir < 0)
		return dir;
	int n = scandirat(dir, ".", &entries, is_trace, alphasort), busy = 0, r = 0;
	if (n < 0)
		return err_sys(err, errno, "can't read the folder %s", path);
	for (int i = 0; i < n; i++) {
		if (r >= 0)
			r = take_file(dir, path, entries[i]->d_name, take, arg, err);
		busy += r == 1;
		free(entries[i]);
	}
	free(entries);
	return r < 0 ? r : busy;
}
