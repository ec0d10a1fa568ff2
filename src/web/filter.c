#include "web/filter.h"

#include <errno.h>
#include <stdio.h>

#include "decode/syscalls.h"
#include "fields.h"

/* A set as -e takes it. */
static int parse_calls(const struct request *r, uint64_t *ret, struct err *err)
{
	char text[256];
	struct str value = r->argument(r, "call");
	if (!value.s || !value.len)
		return 0;
	snprintf(text, sizeof(text), "%.*s", (int)(value.len < sizeof(text) ? value.len : sizeof(text) - 1), value.s);
	int e = syscalls_parse(text, ret, err);
	for (unsigned i = 0; e == 0 && i < SYSCALLS_COUNT; i++) { /* those of which only a part is meant */
		if (*ret & SYSCALLS_PART(i))
			*ret |= UINT64_C(1) << i;
	}
	return e;
}

static int parse_type(const struct request *r, uint64_t *ret, struct err *err)
{
	struct str value = r->argument(r, "type");
	if (!value.s || !value.len)
		return 0;
	for (unsigned i = 0; i < EVENT_TYPES; i++) {
		if (str_is(value, event_type_names[i])) {
			*ret = UINT64_C(1) << i;
			return 0;
		}
	}
	return err_set(err, -EINVAL, "type= isn't call, exec, fork, exit, attach, detach, lost, finding or end");
}

int filter_parse(const struct request *r, struct tail_filter *ret, char *text, size_t size, struct err *err)
{
	uint64_t pid = 0;
	struct str value = r->argument(r, "text");
	*ret = (struct tail_filter){.failed = request_has(r, "failed")};
	size_t len = !value.s ? 0 : value.len < size ? value.len : size;
	for (size_t i = 0; i < len; i++)
		text[i] = value.s[i] >= 'A' && value.s[i] <= 'Z' ? (char)(value.s[i] + 32) : value.s[i];
	ret->text = (struct str){text, len};
	int e = request_number(r, "pid", &pid, err);
	ret->pid = (int64_t)(pid & INT64_MAX);
	if (e == 0)
		e = request_size(r, "min_size", &ret->min_size, err);
	if (e == 0)
		e = parse_calls(r, &ret->calls, err);
	return e == 0 ? parse_type(r, &ret->types, err) : e;
}
