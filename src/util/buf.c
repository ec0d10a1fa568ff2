#include "util/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "util/mem.h"
#include "util/utf8.h"

void buf_grow(struct buf *b, size_t more)
{
	size_t size = b->size ? b->size : 256;
	while (size - b->len < more)
		size *= 2;
	b->data = mem_realloc(b->data, size);
	b->size = size;
}

void buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){0};
}

void buf_fmt(struct buf *b, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	buf_reserve(b, (size_t)n + 1);
	vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
	va_end(again);
	b->len += (size_t)n;
}

/* A control character, of ASCII or of Unicode's second set: U+0080 to U+009F. */
static bool is_control(const char *s, unsigned len)
{
	unsigned char c = (unsigned char)s[0];
	return len == 1 ? c < 0x20 || c == 0x7f : c == 0xc2 && (unsigned char)s[1] < 0xa0;
}

void buf_plain(struct buf *b, struct str text)
{
	for (size_t i = 0, n; i < text.len; i += n) {
		unsigned len = utf8_next(text.s + i, text.len - i);
		bool bad = !len || is_control(text.s + i, len);
		n = len ? len : 1;
		for (size_t k = 0; k < n && bad; k++)
			buf_fmt(b, "\\x%02x", (unsigned char)text.s[i + k]);
		if (!bad)
			buf_add(b, text.s + i, n);
	}
}
