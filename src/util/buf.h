/*
 * A growing byte buffer. The caller owns the struct ({0} is an empty buffer) and frees it with
 * buf_free. Memory that can't be had ends the program (buf_grow): a tracer that can't write down
 * what it saw has no honest way on.
 */
#pragma once

#include <stdint.h>
#include <string.h>

#include "util/str.h"

struct buf {
	char *data;
	size_t len;
	size_t size; /* allocated */
};

/* buf_grow - make room for `more` bytes after len. */
void buf_grow(struct buf *b, size_t more);

/* buf_free - release the memory; the buffer is empty and usable again. */
void buf_free(struct buf *b);

/* buf_fmt - append as printf does. */
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * buf_plain - append what may hold anything as valid UTF-8: nothing of it breaks the line, turns it round or
 * commands the terminal. Bytes that could, or are no UTF-8, become \xNN.
 */
void buf_plain(struct buf *b, struct str text);

static inline void buf_reserve(struct buf *b, size_t more)
{
	if (b->size - b->len < more)
		buf_grow(b, more);
}

static inline void buf_add(struct buf *b, const void *data, size_t len)
{
	buf_reserve(b, len);
	if (len) {
		memcpy(b->data + b->len, data, len);
		b->len += len;
	}
}

static inline void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.s, s.len);
}

static inline void buf_char(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->data[b->len++] = c;
}

static inline struct str buf_view(const struct buf *b)
{
	return (struct str){b->data, b->len};
}
