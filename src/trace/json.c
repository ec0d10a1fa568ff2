#include "trace/json.h"

#include "util/utf8.h"

/* What a byte needs in a JSON string: 0 nothing, 1 \u00XX, 2 a look at UTF-8, else \ and that. */
static const char escapes[256] = {[0] = 1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    'b',
    't',
    'n',
    1,
    'f',
    'r',
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    1,
    ['"'] = '"',
    ['\\'] = '\\',
    [0x80 ... 0xff] = 2};

/* Append what stands for the byte or sequence at `s`. Returns how many bytes it was. */
static unsigned put_special(struct buf *b, const char *s, size_t len, bool *valid)
{
	char kind = escapes[(uint8_t)*s];
	if (kind == 2) {
		unsigned n = utf8_next(s, len);
		if (n)
			buf_add(b, s, n);
		else
			buf_str(b, STR("\xef\xbf\xbd"));
		*valid &= n > 0;
		return n ? n : 1;
	}
	if (kind == 1) {
		static const char hex[] = "0123456789abcdef";
		char out[] = {'\\', 'u', '0', '0', hex[(uint8_t)*s >> 4], hex[*s & 15]};
		buf_add(b, out, sizeof(out));
	} else {
		buf_char(b, '\\');
		buf_char(b, kind);
	}
	return 1;
}

bool json_put_text(struct buf *b, struct str text)
{
	bool valid = true;
	size_t i = 0;
	buf_reserve(b, text.len + 2);
	char *p = b->data + b->len;
	*p++ = '"';
	while (i < text.len && !escapes[(uint8_t)text.s[i]]) /* most are plain, and short */
		*p++ = text.s[i++];
	b->len = (size_t)(p - b->data);
	while (i < text.len) {
		size_t plain = i;
		while (plain < text.len && !escapes[(uint8_t)text.s[plain]])
			plain++;
		buf_add(b, text.s + i, plain - i);
		i = plain;
		if (i < text.len)
			i += put_special(b, text.s + i, text.len - i, &valid);
	}
	buf_char(b, '"');
	return valid;
}

bool json_fail(struct json *j, const char *why)
{
	if (!j->why)
		j->why = why;
	return false;
}

void json_skip_blanks(struct json *j)
{
	while (j->p < j->end && (*j->p == ' ' || *j->p == '\t' || *j->p == '\r' || *j->p == '\n'))
		j->p++;
}

char json_peek(struct json *j)
{
	json_skip_blanks(j);
	return j->p < j->end ? *j->p : '\0';
}

bool json_take(struct json *j, char c)
{
	if (json_peek(j) != c || j->p == j->end)
		return false;
	j->p++;
	return true;
}

bool json_expect(struct json *j, char c, const char *why)
{
	return json_take(j, c) || json_fail(j, why);
}

static bool take_hex4(struct json *j, uint32_t *ret)
{
	uint32_t value = 0;
	if (j->end - j->p < 4)
		return json_fail(j, "a \\u escape is cut off");
	for (int i = 0; i < 4; i++) {
		char c = *j->p++;
		int d = c >= '0' && c <= '9'                 ? c - '0'
		        : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
		                                             : -1;
		if (d < 0)
			return json_fail(j, "a \\u escape needs four hex digits");
		value = value << 4 | (uint32_t)d;
	}
	*ret = value;
	return true;
}

/* \uXXXX, or two of them for a surrogate pair; a lone surrogate stands for no character. */
static bool take_unicode(struct json *j, struct buf *out)
{
	uint32_t c, low;
	if (!take_hex4(j, &c))
		return false;
	if (c >= 0xd800 && c < 0xdc00 && j->end - j->p >= 6 && j->p[0] == '\\' && j->p[1] == 'u') {
		j->p += 2;
		if (!take_hex4(j, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return json_fail(j, "a surrogate stands alone");
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
	}
	if (c >= 0xd800 && c <= 0xdfff)
		return json_fail(j, "a surrogate stands alone");
	utf8_put(out, c);
	return true;
}

static bool take_escape(struct json *j, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	if (j->p == j->end)
		return json_fail(j, "a string isn't closed");
	char c = *j->p++;
	if (c == 'u')
		return take_unicode(j, out);
	const char *p = c ? strchr(from, c) : NULL;
	if (!p)
		return json_fail(j, "an unknown escape in a string");
	buf_char(out, to[p - from]);
	return true;
}

static bool is_plain(char c)
{
	return c != '"' && c != '\\' && (uint8_t)c >= 0x20;
}

/* The rest of a string that has escapes; what stood before them is [start, j->p). */
static bool take_escaped(struct json *j, const char *start, struct str *ret)
{
	const char *close = j->p;
	while (close < j->end && *close != '"')
		close += *close == '\\' ? 2 : 1;
	if (close >= j->end)
		return json_fail(j, "a string isn't closed");
	/* No escape is shorter than what it stands for, so this never grows. */
	size_t room = (size_t)(close - start);
	struct buf out = {arena_alloc(j->arena, room), 0, room};
	buf_add(&out, start, (size_t)(j->p - start));
	while (j->p < close) {
		if (is_plain(*j->p))
			buf_char(&out, *j->p++);
		else if (*j->p++ != '\\')
			return json_fail(j, "a control character in a string");
		else if (!take_escape(j, &out))
			return false;
	}
	j->p = close + 1;
	*ret = buf_view(&out);
	return true;
}

bool json_text(struct json *j, struct str *ret)
{
	if (!json_expect(j, '"', "a string is expected"))
		return false;
	const char *start = j->p;
	while (j->p < j->end && is_plain(*j->p))
		j->p++;
	if (j->p == j->end)
		return json_fail(j, "a string isn't closed");
	if (*j->p != '"')
		return take_escaped(j, start, ret);
	*ret = (struct str){start, (size_t)(j->p++ - start)};
	return true;
}

static bool is_digit(const struct json *j)
{
	return j->p < j->end && *j->p >= '0' && *j->p <= '9';
}

/*
 * Digits, with those behind a point, as one integer; *ret_scale goes down by those. Past 28 digits
 * nothing that an event holds can be told apart: *ret_exact says whether there was anything.
 */
static bool take_digits(struct json *j, unsigned __int128 *ret, int *ret_scale, bool *ret_exact)
{
	unsigned __int128 value = 0;
	bool point = false;
	if (!is_digit(j))
		return json_fail(j, "a number is expected");
	for (; is_digit(j) || (j->p < j->end && *j->p == '.' && !point); j->p++) {
		if (*j->p == '.') {
			point = true;
			continue;
		}
		if (value >> 96) {
			*ret_scale += !point;
			*ret_exact &= *j->p == '0';
			continue;
		}
		value = value * 10 + (unsigned)(*j->p - '0');
		*ret_scale -= point;
	}
	*ret = value;
	return true;
}

static bool take_exponent(struct json *j, int *ret_scale)
{
	if (j->p == j->end || (*j->p | 32) != 'e')
		return true;
	j->p++;
	bool negative = j->p < j->end && *j->p == '-';
	j->p += j->p < j->end && (*j->p == '-' || *j->p == '+');
	int exponent = 0;
	if (!is_digit(j))
		return json_fail(j, "a number's exponent has no digits");
	for (; is_digit(j); j->p++)
		exponent = exponent < 1000 ? exponent * 10 + (*j->p - '0') : exponent;
	*ret_scale += negative ? -exponent : exponent;
	return true;
}

/*
 * The usual case: up to 18 digits, no more behind a point than `scale`, nothing special. Returns false for
 * all others, with j->p where it was.
 */
static bool take_plain(struct json *j, int scale, uint64_t *ret)
{
	const char *p = j->p, *point = NULL;
	uint64_t value = 0;
	for (; p < j->end && p - j->p <= 18; p++) {
		unsigned digit = (unsigned char)*p - '0';
		if (digit < 10)
			value = value * 10 + digit;
		else if (*p == '.' && !point && p > j->p)
			point = p;
		else
			break;
	}
	ptrdiff_t behind = point ? p - point - 1 : 0;
	if (p == j->p || p - j->p > 18 || behind > scale || (p < j->end && ((*p | 32) == 'e' || *p == '.')))
		return false;
	if (p - j->p - (point != NULL) + scale - behind > 18)
		return false;
	for (ptrdiff_t i = behind; i < scale; i++)
		value *= 10;
	*ret = value;
	j->p = p;
	return true;
}

bool json_decimal(struct json *j, int scale, bool round, bool *ret_negative, uint64_t *ret)
{
	unsigned __int128 value;
	bool exact = true;
	json_skip_blanks(j);
	*ret_negative = j->p < j->end && *j->p == '-';
	j->p += *ret_negative;
	if (take_plain(j, scale, ret))
		return true;
	if (!take_digits(j, &value, &scale, &exact) || !take_exponent(j, &scale))
		return false;
	if (!exact && !round)
		return json_fail(j, "a whole number is expected");
	for (; scale > 0 && value; scale--) {
		if (value > UINT64_MAX)
			return json_fail(j, "a number doesn't fit 64 bits");
		value *= 10;
	}
	unsigned last = 0;
	for (; scale < 0 && (value || last); scale++) {
		last = (unsigned)(value % 10);
		if (last && !round)
			return json_fail(j, "a whole number is expected");
		value /= 10;
	}
	value += last >= 5;
	if (value > UINT64_MAX)
		return json_fail(j, "a number doesn't fit 64 bits");
	*ret = (uint64_t)value;
	return true;
}

bool json_literal(struct json *j, const char *word)
{
	size_t len = strlen(word);
	json_skip_blanks(j);
	if ((size_t)(j->end - j->p) < len || memcmp(j->p, word, len) != 0)
		return json_fail(j, "true, false or null is expected");
	j->p += len;
	return true;
}

static bool skip_nested(struct json *j, unsigned depth);

static bool skip_object(struct json *j, unsigned depth)
{
	struct str key;
	for (bool first = true; json_more(j, &first, '}');) {
		if (!json_text(j, &key) || !json_expect(j, ':', "a ':' is expected") ||
		    !skip_nested(j, depth))
			return false;
	}
	return !j->why;
}

static bool skip_list(struct json *j, unsigned depth)
{
	for (bool first = true; json_more(j, &first, ']');) {
		if (!skip_nested(j, depth))
			return false;
	}
	return !j->why;
}

/* A number of any size, which need not mean anything to us. */
static bool skip_number(struct json *j)
{
	const char *start = j->p;
	while (j->p < j->end && *j->p && strchr("+-.0123456789eE", *j->p))
		j->p++;
	return j->p > start || json_fail(j, "a value is expected");
}

static bool skip_nested(struct json *j, unsigned depth)
{
	struct str text;
	if (depth == 0)
		return json_fail(j, "values are nested too deep");
	switch (json_peek(j)) {
	case '{': j->p++; return skip_object(j, depth - 1);
	case '[': j->p++; return skip_list(j, depth - 1);
	case '"': return json_text(j, &text);
	case 't': return json_literal(j, "true");
	case 'f': return json_literal(j, "false");
	case 'n': return json_literal(j, "null");
	default: return skip_number(j);
	}
}

bool json_skip(struct json *j)
{
	return skip_nested(j, 64);
}

bool json_more(struct json *j, bool *first, char close)
{
	if (j->why || json_take(j, close))
		return false;
	if (!*first && !json_expect(j, ',', "a ',' is expected"))
		return false;
	*first = false;
	return true;
}

size_t json_count(const struct json *j)
{
	size_t n = 1;
	unsigned depth = 0;
	for (const char *p = j->p; p < j->end; p++) {
		if (*p == '"') {
			for (p++; p < j->end && *p != '"'; p++)
				p += *p == '\\';
		} else if (*p == '[' || *p == '{') {
			depth++;
		} else if (*p == ']' || *p == '}') {
			if (depth-- == 0)
				break;
		} else if (*p == ',' && depth == 0) {
			n++;
		}
	}
	return n;
}
