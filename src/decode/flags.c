#include "decode/flags.h"

#include "util/num.h"

#define HUGETLB    0x40000
#define HUGE_SHIFT 26
#define HUGE_MASK  (63ULL << HUGE_SHIFT)

/* clang-format off */
#define FLAGS_BEGIN(table, zero) static const struct flag table##_rows[] = {
#define FLAG(name, bits)               {#name, (bits), (bits), (bits)},
#define FLAG_OF(name, mask, value)     {#name, (mask), (value), (mask)},
#define FLAG_UNLESS(name, bits, other) {#name, (bits) | (other), (bits), (bits)},
#define FLAG_HUGE(name, log2)                                                                      \
	{#name, HUGE_MASK | HUGETLB, ((uint64_t)(log2) << HUGE_SHIFT) | HUGETLB, HUGE_MASK},
#if defined(__x86_64__)
#define FLAG_X86 FLAG
#define FLAG_ARM64(...)
#elif defined(__aarch64__)
#define FLAG_X86(...)
#define FLAG_ARM64 FLAG
#endif
#define FLAGS_END                                                                                  \
	}                                                                                          \
	;
#include "decode/flags.def"
#undef FLAGS_BEGIN
#undef FLAG
#undef FLAG_OF
#undef FLAG_UNLESS
#undef FLAG_HUGE
#undef FLAG_X86
#undef FLAG_ARM64
#undef FLAGS_END
/* clang-format on */

#define FLAGS_BEGIN(table, zero)                                                                   \
	const struct flag_table flags_##table = {                                                  \
	    table##_rows, sizeof(table##_rows) / sizeof(table##_rows[0]), zero};
#define FLAG(...)
#define FLAG_OF(...)
#define FLAG_UNLESS(...)
#define FLAG_HUGE(...)
#define FLAG_X86(...)
#define FLAG_ARM64(...)
#define FLAGS_END
#include "decode/flags.def"

void flags_put(struct buf *b, const struct flag_table *table, uint64_t bits)
{
	uint64_t left = bits;
	const char *separator = "[\"";
	for (const struct flag *f = table->rows; f < table->rows + table->count; f++) {
		if ((bits & f->mask) != f->value)
			continue;
		buf_add(b, separator, strlen(separator));
		buf_add(b, f->name, strlen(f->name));
		left &= ~f->takes;
		separator = "\",\"";
	}
	if (!bits && table->zero) {
		buf_add(b, separator, strlen(separator));
		buf_add(b, table->zero, strlen(table->zero));
		separator = "\",\"";
	}
	if (left) {
		buf_add(b, separator, strlen(separator));
		num_put_hex(b, left);
		separator = "\",\"";
	}
	buf_str(b, separator[0] == '[' ? STR("[]") : STR("\"]"));
}

bool flags_value(const struct flag_table *table, struct str name, uint64_t *ret)
{
	if (table->zero && str_is(name, table->zero)) {
		*ret = 0;
		return true;
	}
	for (const struct flag *f = table->rows; f < table->rows + table->count; f++) {
		if (!str_is(name, f->name))
			continue;
		*ret = f->value & f->takes;
		return true;
	}
	return num_parse_hex(name, ret) == 0;
}
