#include "util/num.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static const char digit_pairs[] = "0001020304050607080910111213141516171819"
                                  "2021222324252627282930313233343536373839"
                                  "4041424344454647484950515253545556575859"
                                  "6061626364656667686970717273747576777879"
                                  "8081828384858687888990919293949596979899";

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int num_parse(const char *text, uint64_t *ret)
{
	uint64_t value = 0;
	bool fits = true;
	if (!is_digit(*text))
		return -EINVAL;
	for (; is_digit(*text); text++) {
		fits = fits && !__builtin_mul_overflow(value, 10, &value) &&
		       !__builtin_add_overflow(value, (uint64_t)(*text - '0'), &value);
	}
	if (*text)
		return -EINVAL;
	if (!fits)
		return -ERANGE;
	*ret = value;
	return 0;
}

int num_parse_hex(struct str text, uint64_t *ret)
{
	uint64_t value = 0;
	if (text.len < 3 || text.len > 18 || memcmp(text.s, "0x", 2) != 0)
		return -EINVAL;
	for (size_t i = 2; i < text.len; i++) {
		char c = text.s[i];
		if (is_digit(c))
			value = value << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (uint64_t)(c - 'a' + 10);
		else
			return -EINVAL;
	}
	*ret = value;
	return 0;
}

struct unit {
	const char *name;
	uint64_t scale;
};

/* A decimal number and one of `units`, the first of which is meant where none is written. */
static int parse_scaled(const char *text, const struct unit *units, uint64_t *ret)
{
	unsigned __int128 digits = 0;
	uint64_t divisor = 1;
	bool point = false, any = false, fits = true;
	for (; is_digit(*text) || (*text == '.' && !point); text++) {
		if (*text == '.') {
			point = true;
			continue;
		}
		any = true;
		if (!fits || divisor > UINT64_MAX / 100) /* such fractions make no difference */
			continue;
		digits = digits * 10 + (unsigned)(*text - '0');
		divisor *= point ? 10 : 1;
		fits = digits < (unsigned __int128)UINT64_MAX << 50;
	}
	if (!any)
		return -EINVAL;
	for (; units->name; units++) {
		if (strcmp(text, units->name) != 0)
			continue;
		unsigned __int128 value;
		if (!fits || __builtin_mul_overflow(digits, units->scale, &value) ||
		    value / divisor > UINT64_MAX)
			return -ERANGE;
		*ret = (uint64_t)(value / divisor);
		return 0;
	}
	return -EINVAL;
}

int num_parse_size(const char *text, uint64_t *ret)
{
	static const struct unit units[] = {{"", 1}, {"K", 1ULL << 10}, {"M", 1ULL << 20},
	    {"G", 1ULL << 30}, {"T", 1ULL << 40}, {0}};
	return parse_scaled(text, units, ret);
}

int num_parse_time(const char *text, uint64_t *ret)
{
	static const struct unit units[] = {{"", 1000000000}, {"us", 1000}, {"ms", 1000000},
	    {"s", 1000000000}, {"m", 60000000000}, {"h", 3600000000000}, {0}};
	return parse_scaled(text, units, ret);
}

static unsigned dec_length(uint64_t value)
{
	unsigned n = 1;
	for (; value >= 10000; value /= 10000)
		n += 4;
	return n + (value >= 10) + (value >= 100) + (value >= 1000);
}

char *num_dec(char *out, uint64_t value)
{
	if (value < 10) { /* as seconds, offsets and descriptors mostly are */
		*out = (char)('0' + value);
		return out + 1;
	}
	char *end = out + dec_length(value), *p = end;
	for (; value >= 100; value /= 100)
		memcpy(p -= 2, digit_pairs + value % 100 * 2, 2);
	if (value >= 10)
		memcpy(p - 2, digit_pairs + value * 2, 2);
	else
		p[-1] = (char)('0' + value);
	return end;
}

void num_nine(char *out, uint32_t value)
{
	for (unsigned end = 9; end > 1; end -= 2, value /= 100)
		memcpy(out + end - 2, digit_pairs + value % 100 * 2, 2);
	out[0] = (char)('0' + value);
}

void num_put_dec(struct buf *b, uint64_t value)
{
	buf_reserve(b, NUM_DEC_MAX);
	b->len = (size_t)(num_dec(b->data + b->len, value) - b->data);
}

void num_put_int(struct buf *b, int64_t value)
{
	if (value < 0)
		buf_char(b, '-');
	num_put_dec(b, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* Eight digits at once, a byte for each: those above 9 are as far from the others as 'a' is from '9' + 1. */
static uint64_t hex_digits(uint32_t value)
{
	uint64_t x = value;
	x = (x | x << 16) & 0x0000ffff0000ffff;
	x = (x | x << 8) & 0x00ff00ff00ff00ff;
	x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f;
	uint64_t letters = (x + 0x0606060606060606) >> 4 & 0x0101010101010101;
	return htobe64(x + 0x3030303030303030 + letters * ('a' - '9' - 1));
}

void num_put_hex(struct buf *b, uint64_t value)
{
	unsigned digits = value ? (unsigned)(67 - __builtin_clzll(value)) / 4 : 1;
	uint64_t text[4] = {hex_digits((uint32_t)(value >> 32)), hex_digits((uint32_t)value), 0, 0};
	buf_reserve(b, 18);
	char *p = b->data + b->len;
	memcpy(p, "0x", 2);
	memcpy(p + 2, (const char *)text + 16 - digits, 16); /* with what's behind them: a fixed length */
	b->len += 2 + digits;
}

void num_put_nsec(struct buf *b, uint64_t nsec)
{
	buf_reserve(b, NUM_DEC_MAX + 10);
	char *p = num_dec(b->data + b->len, nsec / 1000000000);
	uint32_t rest = (uint32_t)(nsec % 1000000000);
	if (rest) {
		*p++ = '.';
		num_nine(p, rest);
		for (p += 9; p[-1] == '0'; p--)
			;
	}
	b->len = (size_t)(p - b->data);
}

void num_put_size(struct buf *b, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	if (bytes < 1024) {
		num_put_dec(b, bytes);
		return;
	}
	double value = (double)bytes / 1024;
	unsigned unit = 0;
	for (; value >= 1023.95 && unit < sizeof(units) - 2; unit++)
		value /= 1024;
	buf_fmt(b, value < 99.95 ? "%.1f%c" : "%.0f%c", value, units[unit]);
}
