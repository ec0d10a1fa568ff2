/* Flag sets by name. Pure; the tables are constant. */
#pragma once

#include <stdbool.h>

#include "event.h"
#include "util/buf.h"

struct flag {
	const char *name;
	uint64_t mask;  /* the bits that belong to it */
	uint64_t value; /* what they must be */
	uint64_t takes; /* the bits that it names (not those it only looks at) */
};

struct flag_table {
	const struct flag *rows;
	unsigned count;
	const char *zero; /* the name of no bit at all, or NULL */
};

#define FLAGS_BEGIN(table, zero) extern const struct flag_table flags_##table;
#define FLAG(...)
#define FLAG_OF(...)
#define FLAG_UNLESS(...)
#define FLAG_HUGE(...)
#define FLAG_X86(...)
#define FLAG_ARM64(...)
#define FLAGS_END
#include "decode/flags.def"
#undef FLAGS_BEGIN
#undef FLAG
#undef FLAG_OF
#undef FLAG_UNLESS
#undef FLAG_HUGE
#undef FLAG_X86
#undef FLAG_ARM64
#undef FLAGS_END

/* FLAGS_TEXT_MAX - no table writes more than this, whatever the bits (tests/unit proves it). */
#define FLAGS_TEXT_MAX 1024

/* flags_put - append `bits` as a JSON array of names; bits without a name as one hex string. */
void flags_put(struct buf *b, const struct flag_table *table, uint64_t bits);

/*
 * flags_value - the bits that `name` (a flag's or a hex string) stands for. Returns false if the
 * table has no such name; *ret is then untouched.
 */
bool flags_value(const struct flag_table *table, struct str name, uint64_t *ret);
