#include "util/uuid.h"

#include <stdio.h>
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
