/* Sets of flags as strace(1) writes them. */
#include "decode/flags.h"
#include "trace/text.h"
#include "util/cleanup.h"
#include "util/num.h"

#define MAP_TYPE_MASK 0xf
#define HUGE_SHIFT    26
#define HUGE_MASK     (UINT64_C(63) << HUGE_SHIFT)

/* What a table's flags look like, beside their names. A table without a row here has no peculiarities. */
struct style {
	const struct flag_table *table;
	const char *unknown; /* what bits are called of which none has a name */
	const char *huge;    /* the six bits from 26 on are log2 of a page's size, shifted by that name */
	bool type;           /* the lowest four bits are one value, which is always written */
	uint64_t first[4];   /* bits that are written before lower ones */
};

static const struct style styles[] = {
    {.table = &flags_prot, .unknown = "PROT_???"},
    {.table = &flags_map,
	.unknown = "MAP_???",
	.huge = "MAP_HUGE_SHIFT",
	.type = true,
	/* MAP_FIXED to MAP_32BIT; MAP_NORESERVE; MAP_POPULATE and MAP_NONBLOCK */
	.first = {0x70, 0x4000, 0x18000}},
    {.table = &flags_mremap, .unknown = "MREMAP_???"},
    {.table = &flags_shmat, .unknown = "SHM_???"},
    {.table = &flags_shadow_stack, .unknown = "SHADOW_STACK_???"},
    {.table = &flags_mbind, .unknown = "MPOL_???"},
    {.table = &flags_memfd, .unknown = "MFD_???", .huge = "MFD_HUGE_SHIFT"},
    {.table = &flags_mlock2, .unknown = "MLOCK_???"},
    {.table = &flags_mlockall, .unknown = "MCL_???"},
    {.table = &flags_msync, .unknown = "MS_???", .first = {0x4}},
    {.table = &flags_mdwe, .unknown = "PR_MDWE_???"},
    {.table = &flags_shmget, .huge = "SHM_HUGE_SHIFT"},
    {.table = &flags_userfaultfd, .unknown = "UFFD_???"},
};

static const struct style *style_of(const struct flag_table *table)
{
	static const struct style plain;
	for (size_t i = 0; i < countof(styles); i++) {
		if (styles[i].table == table)
			return &styles[i];
	}
	return &plain;
}

static void put_bar(struct buf *out, size_t begin)
{
	if (out->len > begin)
		buf_char(out, '|');
}

/* The flags of `bits` that lie in `among`. Returns the bits that they name. */
static uint64_t put_named(
    const struct flag_table *table, uint64_t bits, uint64_t among, size_t begin, struct buf *out)
{
	uint64_t named = 0;
	for (const struct flag *f = table->rows; f < table->rows + table->count; f++) {
		if (f->takes & ~among || (bits & f->mask) != f->value)
			continue;
		put_bar(out, begin);
		buf_str(out, str_of(f->name));
		named |= f->takes;
	}
	return named;
}

/* The four bits of which sort a mapping is. */
static void put_type(const struct flag_table *table, uint64_t bits, size_t begin, struct buf *out)
{
	if (put_named(table, bits, MAP_TYPE_MASK, begin, out))
		return;
	if (bits & MAP_TYPE_MASK)
		buf_fmt(out, "0x%x /* MAP_??? */", (unsigned)(bits & MAP_TYPE_MASK));
	else
		buf_str(out, STR("MAP_FILE"));
}

static void put_bits(const struct flag_table *table, uint64_t bits, struct buf *out)
{
	const struct style *style = style_of(table);
	uint64_t left = bits, huge = style->huge ? bits & HUGE_MASK : 0;
	size_t begin = out->len;
	left &= ~huge;
	if (style->type) {
		put_type(table, bits, begin, out);
		left &= ~(uint64_t)MAP_TYPE_MASK;
	}
	for (size_t i = 0; i < countof(style->first); i++)
		left &= ~put_named(table, bits, left & style->first[i], begin, out);
	left &= ~put_named(table, bits, left, begin, out);
	if (left) {
		bool alone = out->len == begin;
		put_bar(out, begin);
		num_put_hex(out, left);
		if (alone && style->unknown)
			buf_fmt(out, " /* %s */", style->unknown);
	}
	if (huge) {
		put_bar(out, begin);
		buf_fmt(out, "%u<<%s", (unsigned)(huge >> HUGE_SHIFT), style->huge);
	}
	if (out->len == begin)
		buf_str(out, table->zero ? str_of(table->zero) : STR("0"));
}

/* The names of a JSON array, which this version doesn't all know. */
static void put_array(struct str array, struct buf *out)
{
	for (size_t i = 0; i < array.len; i++) {
		char c = array.s[i];
		if (c == ',')
			buf_char(out, '|');
		else if (c > ' ' && c < 0x7f && c != '[' && c != ']' && c != '"')
			buf_char(out, c);
	}
}

void text_flags(const struct names *names, struct buf *out)
{
	size_t begin = out->len;
	if (!names->text.len) {
		put_bits(names->table, names->bits, out);
		return;
	}
	put_array(names->text, out);
	if (out->len == begin)
		buf_char(out, '0');
}
