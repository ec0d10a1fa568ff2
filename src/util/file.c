#include "util/file.h"

#include <string.h>
#include <sys/stat.h>

#include "util/buf.h"
#include "util/cleanup.h"

static bool look(const char *name, int standard, struct stat *ret)
{
	return (strcmp(name, "-") == 0 ? fstat(standard, ret) : stat(name, ret)) == 0;
}

static bool look_at_folder(struct str path, struct stat *ret)
{
	_cleanup_(buf_free) struct buf folder = {0};
	size_t len = path.len - str_base(path).len;
	buf_str(&folder, len ? (struct str){path.s, len} : STR("."));
	buf_char(&folder, '\0');
	return stat(folder.data, ret) == 0;
}

static bool is_one(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

bool file_same(const char *a, const char *b, int standard)
{
	struct stat of_a, of_b;
	bool is_a = look(a, standard, &of_a), is_b = look(b, standard, &of_b);
	if (is_a && is_b)
		return S_ISREG(of_a.st_mode) && is_one(&of_a, &of_b);
	return !is_a && !is_b && str_eq(str_base(str_of(a)), str_base(str_of(b))) &&
	       look_at_folder(str_of(a), &of_a) && look_at_folder(str_of(b), &of_b) && is_one(&of_a, &of_b);
}
