#include "trace/take.h"

#include <ctype.h>

#include "util/clock.h"
#include "util/num.h"
#include "util/utf8.h"

bool take_unsigned(struct json *j, int scale, bool round, uint64_t *ret)
{
	bool negative;
	if (!json_decimal(j, scale, round, &negative, ret))
		return false;
	return !negative || *ret == 0 || json_fail(j, "a number can't be negative here");
}

bool take_int(struct json *j, int64_t *ret)
{
	bool negative;
	uint64_t value;
	if (!json_decimal(j, 0, false, &negative, &value))
		return false;
	if (value > (uint64_t)INT64_MAX + negative)
		return json_fail(j, "a number doesn't fit 64 bits");
	*ret = (int64_t)(negative ? -value : value);
	return true;
}

bool take_hex(struct json *j, uint64_t *ret)
{
	struct str text;
	if (!json_text(j, &text))
		return false;
	return num_parse_hex(text, ret) == 0 ||
	       json_fail(j, "an address such as \"0x1f\" is expected");
}

bool take_bool(struct json *j, bool *ret)
{
	*ret = json_peek(j) == 't';
	return json_literal(j, *ret ? "true" : "false");
}

/* Days since the epoch of a date of the Gregorian calendar, for years from 0. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool take_time(struct json *j, uint64_t *ret)
{
	static const char form[] = "0000-00-00T00:00:00.000000000Z";
	struct str text;
	if (!json_text(j, &text))
		return false;
	bool good = text.len == sizeof(form) - 1;
	for (size_t i = 0; good && i < text.len; i++)
		good = form[i] == '0' ? text.s[i] >= '0' && text.s[i] <= '9' : text.s[i] == form[i];
	if (!good)
		return json_fail(
		    j, "a time such as \"2026-11-22T15:12:53.000000000Z\" is expected");
#define PART(at, n)                                                                                \
	({                                                                                         \
		int64_t part = 0;                                                                  \
		for (int i = 0; i < (n); i++)                                                      \
			part = part * 10 + text.s[(at) + i] - '0';                                 \
		part;                                                                              \
	})
	int64_t year = PART(0, 4), month = PART(5, 2), day = PART(8, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || PART(11, 2) > 23 ||
	    PART(14, 2) > 59 || PART(17, 2) > 59)
		return json_fail(j, "a time that no clock shows");
	int64_t second =
	    days_of(year, month, day) * 86400 + PART(11, 2) * 3600 + PART(14, 2) * 60 + PART(17, 2);
	/* 64 bits of nanoseconds end in 2554. */
	if (__builtin_mul_overflow((uint64_t)second, NSEC_PER_SEC, ret) ||
	    __builtin_add_overflow(*ret, (uint64_t)PART(20, 9), ret))
		return json_fail(j, "a time that no clock shows");
	return true;
#undef PART
}

bool take_base64(struct json *j, struct str *ret)
{
	struct str text;
	if (!json_text(j, &text))
		return false;
	struct buf bytes = {arena_alloc(j->arena, text.len), 0, text.len};
	if (base64_get(&bytes, text) < 0)
		return json_fail(j, "base64 is expected");
	*ret = buf_view(&bytes);
	return true;
}

bool take_texts(struct json *j, struct str_list *ret)
{
	if (!json_expect(j, '[', "a list of strings is expected"))
		return false;
	struct str *v = TAKE_LIST(j, struct str);
	size_t n = 0;
	for (bool first = true; json_more(j, &first, ']'); n++) {
		if (!json_text(j, &v[n]))
			return false;
	}
	*ret = (struct str_list){v, n};
	return !j->why;
}

bool take_texts_base64(struct json *j, const struct str_list *of, struct str_list *ret)
{
	if (!json_expect(j, '[', "a list of base64 and null is expected"))
		return false;
	struct str *v = TAKE_LIST(j, struct str);
	size_t n = 0;
	for (bool first = true; json_more(j, &first, ']'); n++) {
		v[n] = n < of->n ? of->v[n] : (struct str){0};
		if (json_peek(j) == 'n' ? !json_literal(j, "null") : !take_base64(j, &v[n]))
			return false;
	}
	if (!j->why && n != of->n)
		return json_fail(j, "a _b64 list is of another length than its texts");
	*ret = (struct str_list){v, n};
	return !j->why;
}

bool take_pids(struct json *j, struct pid_list *ret)
{
	if (!json_expect(j, '[', "a list of numbers is expected"))
		return false;
	int64_t *v = TAKE_LIST(j, int64_t);
	size_t n = 0;
	for (bool first = true; json_more(j, &first, ']'); n++) {
		if (!take_int(j, &v[n]))
			return false;
	}
	*ret = (struct pid_list){v, n};
	return !j->why;
}

bool take_names(struct json *j, struct names *ret)
{
	struct str name;
	json_skip_blanks(j);
	const char *start = j->p;
	if (!json_expect(j, '[', "a list of names is expected"))
		return false;
	for (bool first = true; json_more(j, &first, ']');) {
		if (!json_text(j, &name))
			return false;
		for (size_t i = 0; i < name.len; i++) {
			if (!isalnum((unsigned char)name.s[i]) && name.s[i] != '_')
				return json_fail(j, "the name of a flag is expected");
		}
	}
	*ret = (struct names){0, NULL, {start, (size_t)(j->p - start)}};
	return !j->why;
}

bool take_dev(struct json *j, uint64_t *ret)
{
	struct str text;
	uint64_t part[2] = {0, 0};
	if (!json_text(j, &text))
		return false;
	unsigned at = 0;
	bool good = text.len >= 3;
	for (size_t i = 0; good && i < text.len; i++) {
		char c = text.s[i];
		if (c == ':' && at == 0) {
			at = 1;
			continue;
		}
		good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
		part[at] = part[at] << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	if (!good || !at || part[0] > UINT32_MAX || part[1] > UINT32_MAX)
		return json_fail(j, "a device such as \"fe:00\" is expected");
	*ret = part[0] << 32 | part[1];
	return true;
}

bool take_ret(struct json *j, struct ret *ret)
{
	char c = json_peek(j);
	int64_t value = 0;
	if (c == 'n') {
		*ret = (struct ret){RET_NULL, 0};
		return json_literal(j, "null");
	}
	if (c == '"') {
		ret->kind = RET_HEX;
		return take_hex(j, &ret->value);
	}
	if (!take_int(j, &value))
		return false;
	*ret = (struct ret){RET_INT, (uint64_t)value};
	return true;
}
