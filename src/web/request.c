#include "web/request.h"

#include <errno.h>
#include <stdio.h>

#include "util/num.h"

static int number(const struct request *r, const char *name, int (*parse)(const char *, uint64_t *),
    const char *form, uint64_t *ret, struct err *err)
{
	char text[32];
	struct str value = r->argument(r, name);
	if (!value.s || !value.len)
		return 0;
	snprintf(text, sizeof(text), "%.*s", value.len < sizeof(text) ? (int)value.len : 31, value.s);
	if (value.len < sizeof(text) && parse(text, ret) == 0)
		return 0;
	struct buf shown = {0};
	buf_plain(&shown, (struct str){value.s, value.len < 40 ? value.len : 40});
	err_set(err, -EINVAL, "%s=%.*s isn't %s", name, (int)shown.len, shown.data, form);
	buf_free(&shown);
	return -EINVAL;
}

int request_number(const struct request *r, const char *name, uint64_t *ret, struct err *err)
{
	return number(r, name, num_parse, "a number", ret, err);
}

int request_size(const struct request *r, const char *name, uint64_t *ret, struct err *err)
{
	return number(r, name, num_parse_size, "a size such as 4096 or 64K", ret, err);
}

bool request_has(const struct request *r, const char *name)
{
	struct str value = r->argument(r, name);
	return value.s && value.len && !str_is(value, "0");
}
