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

/* U+061C, U+200E and U+200F, U+2028 to U+202E, U+2066 to U+2069: what ends lines, or turns them round (UAX #9). */
static bool is_direction(const unsigned char *s, unsigned len)
{
	if (len == 2)
		return s[0] == 0xd8 && s[1] == 0x9c;
	if (len != 3 || s[0] != 0xe2)
		return false;
	return s[1] == 0x80 ? (s[2] >= 0x8e && s[2] <= 0x8f) || (s[2] >= 0xa8 && s[2] <= 0xae)
	                    : s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9;
}

/* A control character: of ASCII, of Unicode's second set (U+0080 to U+009F), or of directions. */
static bool is_control(const char *text, unsigned len)
{
	const unsigned char *s = (const unsigned char *)text;
	if (len == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	return (s[0] == 0xc2 && s[1] < 0xa0) || is_direction(s, len);
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
