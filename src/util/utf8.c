#include "util/utf8.h"

#include <errno.h>
#include <stdint.h>

static bool is_tail(char c)
{
	return ((uint8_t)c & 0xc0) == 0x80;
}

unsigned utf8_next(const char *s, size_t len)
{
	uint8_t a = (uint8_t)s[0];
	if (a < 0x80)
		return 1;
	if (a < 0xc2 || a > 0xf4 || len < 2 || !is_tail(s[1]))
		return 0;
	if (a < 0xe0)
		return 2;
	uint8_t b = (uint8_t)s[1];
	if (len < 3 || !is_tail(s[2]))
		return 0;
	if (a < 0xf0)
		return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ? 0 : 3;
	if (len < 4 || !is_tail(s[3]))
		return 0;
	return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
}

bool utf8_valid(struct str text)
{
	for (size_t i = 0; i < text.len;) {
		unsigned n = utf8_next(text.s + i, text.len - i);
		if (!n)
			return false;
		i += n;
	}
	return true;
}

void utf8_put(struct buf *b, uint32_t c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
		return;
	}
	unsigned tails = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
	buf_char(b, (char)(lead[tails] | c >> (6 * tails)));
	while (tails-- > 0)
		buf_char(b, (char)(0x80 | (c >> (6 * tails) & 0x3f)));
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_put(struct buf *b, struct str bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.s;
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i;
		uint32_t v = (uint32_t)p[i] << 16 | (n > 1 ? (uint32_t)p[i + 1] << 8 : 0) |
		             (n > 2 ? p[i + 2] : 0);
		char out[4] = {base64_digits[v >> 18], base64_digits[v >> 12 & 63],
		    n > 1 ? base64_digits[v >> 6 & 63] : '=', n > 2 ? base64_digits[v & 63] : '='};
		buf_add(b, out, 4);
	}
}

static int base64_value(char c)
{
	const char *p = c ? memchr(base64_digits, c, 64) : NULL;
	return p ? (int)(p - base64_digits) : -1;
}

int base64_get(struct buf *b, struct str text)
{
	if (text.len % 4)
		return -EINVAL;
	for (size_t i = 0; i < text.len; i += 4) {
		const char *q = text.s + i;
		unsigned pad = i + 4 == text.len ? (q[3] == '=') + (q[3] == '=' && q[2] == '=') : 0;
		uint32_t v = 0;
		for (unsigned k = 0; k < 4; k++) {
			int d = k >= 4 - pad ? 0 : base64_value(q[k]);
			if (d < 0)
				return -EINVAL;
			v = v << 6 | (uint32_t)d;
		}
		char out[3] = {(char)(v >> 16), (char)(v >> 8), (char)v};
		buf_add(b, out, 3 - pad);
	}
	return 0;
}
