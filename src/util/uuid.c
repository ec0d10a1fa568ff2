#include "util/uuid.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

void uuid_v7(uint64_t real_nsec, char ret[37])
{
	uint64_t random[2];
	/*
	 * Up to 256 bytes come whole and at once, but for the first moments after boot:
	 * getrandom(2).
	 */
	while (getrandom(random, sizeof(random), 0) != sizeof(random))
		;
	uint64_t msec = real_nsec / 1000000;
	unsigned version = 0x7000 | (unsigned)(random[0] & 0xfff);
	unsigned variant = 0x8000 | (unsigned)(random[0] >> 16 & 0x3fff);
	snprintf(ret, 37, "%08x-%04x-%04x-%04x-%012llx", (unsigned)(msec >> 16 & 0xffffffff),
	    (unsigned)(msec & 0xffff), version, variant,
	    (unsigned long long)(random[1] & 0xffffffffffffULL));
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool uuid_parse(struct str text, uint8_t ret[16])
{
	uint8_t bytes[16];
	unsigned digits = 0;
	if (text.len != 36)
		return false;
	for (unsigned i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		int value = hex_value(text.s[i]);
		if (dash ? text.s[i] != '-' : value < 0)
			return false;
		if (dash)
			continue;
		uint8_t *byte = &bytes[digits++ / 2];
		*byte = (uint8_t)(digits % 2 ? value << 4 : *byte | value);
	}
	memcpy(ret, bytes, sizeof(bytes));
	return true;
}
