/* A view of bytes: any content, NUL included; owned by somebody else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
	const char *s; /* may be NULL when len is 0 */
	size_t len;
};

/* clang-format off */
/* STR - a view of a literal; STR_INIT - the same as an initialiser of a static. */
#define STR_INIT(literal) {"" literal, sizeof(literal) - 1}
#define STR(literal)      ((struct str)STR_INIT(literal))
/* clang-format on */

static inline struct str str_of(const char *s)
{
	return (struct str){s, strlen(s)};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.s, b.s, a.len) == 0);
}

static inline bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

static inline bool str_begins(struct str a, struct str begin)
{
	return a.len >= begin.len && (begin.len == 0 || memcmp(a.s, begin.s, begin.len) == 0);
}

/* str_base - the last part of a path. */
static inline struct str str_base(struct str path)
{
	const char *slash = path.len ? memrchr(path.s, '/', path.len) : NULL;
	size_t skip = slash ? (size_t)(slash + 1 - path.s) : 0;
	return (struct str){path.s + skip, path.len - skip};
}

static inline bool str_ends(struct str a, struct str end)
{
	return a.len >= end.len && memcmp(a.s + a.len - end.len, end.s, end.len) == 0;
}
