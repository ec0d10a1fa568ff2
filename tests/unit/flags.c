/* src/decode/flags.c and flags.def */
#include "decode/flags.h"

#include <stdio.h>

#include "unit.h"

static const struct {
	const char *name;
	const struct flag_table *table;
} tables[] = {
#define FLAGS_BEGIN(table, zero) {#table, &flags_##table},
#define FLAG(...)
#define FLAG_OF(...)
#define FLAG_UNLESS(...)
#define FLAG_HUGE(...)
#define FLAG_X86(...)
#define FLAG_ARM64(...)
#define FLAGS_END
#include "decode/flags.def"
};

static void assert_puts(const struct flag_table *table, uint64_t bits, const char *expected)
{
	struct buf b = {0};
	flags_put(&b, table, bits);
	assert_buf(&b, expected);
	buf_free(&b);
}

/* The bits of all names in an array that flags_put wrote; fails if one is unknown. */
static uint64_t bits_of(const struct flag_table *table, struct str text)
{
	uint64_t bits = 0;
	unit_check(text.len >= 2, "no array");
	const char *p = text.s + 1, *end = text.s + text.len - 1;
	while (p < end) {
		const char *close = memchr(p + 1, '"', (size_t)(end - p - 1));
		unit_check(*p == '"' && close, "%.*s", (int)text.len, text.s);
		uint64_t bit = 0;
		struct str name = {p + 1, (size_t)(close - p - 1)};
		unit_check(flags_value(table, name, &bit), "%.*s", (int)text.len, text.s);
		bits |= bit;
		p = close + 1;
		if (p < end)
			unit_check(*p++ == ',', "%.*s", (int)text.len, text.s);
	}
	return bits;
}

static void assert_round_trip(size_t row, uint64_t bits)
{
	char room[2 * FLAGS_TEXT_MAX];
	struct buf b = {room, 0, sizeof(room)};
	flags_put(&b, tables[row].table, bits);
	unit_check(b.data == room, "the text grew beyond its room");
	unit_check(b.len < FLAGS_TEXT_MAX, "%zu bytes", b.len);
	uint64_t again = bits_of(tables[row].table, buf_view(&b));
	unit_check(again == bits, "%s: %llx came back as %llx", tables[row].name,
	    (unsigned long long)bits, (unsigned long long)again);
}

START_TEST(names_round_trip)
{
	for (size_t i = 0; i < countof(tables); i++) {
		const struct flag_table *t = tables[i].table;
		for (const struct flag *f = t->rows; f < t->rows + t->count; f++) {
			struct buf b = {0}, quoted = {0};
			uint64_t bits = 0;
			flags_put(&b, t, f->value);
			buf_char(&b, '\0');
			buf_fmt(&quoted, "\"%s\"%c", f->name, 0);
			ck_assert_msg(strstr(b.data, quoted.data), "%s in %s", f->name, b.data);
			ck_assert(flags_value(t, str_of(f->name), &bits));
			ck_assert_uint_eq(bits, f->value & f->takes);
			assert_round_trip(i, f->value);
			buf_free(&b);
			buf_free(&quoted);
		}
	}
}
END_TEST

START_TEST(any_bits_round_trip)
{
	uint64_t random = 4;
	for (size_t i = 0; i < countof(tables); i++) {
		assert_round_trip(i, 0);
		assert_round_trip(i, UINT64_MAX);
		assert_round_trip(i, UINT32_MAX);
		for (unsigned a = 0; a < 64; a++) {
			for (unsigned b = 0; b < 64; b++)
				assert_round_trip(i, 1ULL << a | 1ULL << b);
		}
		for (unsigned n = 0; n < 20000; n++) {
			uint64_t bits = unit_random(&random) << 11 ^ unit_random(&random);
			assert_round_trip(i, n & 1 ? bits : (uint32_t)bits);
		}
	}
}
END_TEST

/* No choice of bits can write more than all names at once. */
START_TEST(text_is_bounded)
{
	for (size_t i = 0; i < countof(tables); i++) {
		const struct flag_table *t = tables[i].table;
		size_t most = sizeof("[]") + sizeof("\"0x0123456789abcdef\",");
		for (const struct flag *f = t->rows; f < t->rows + t->count; f++)
			most += strlen(f->name) + 3;
		most += t->zero ? strlen(t->zero) + 3 : 0;
		ck_assert_msg(most < FLAGS_TEXT_MAX, "%s: %zu", tables[i].name, most);
	}
}
END_TEST

static void assert_name(const char *name)
{
	ck_assert_uint_ge(strlen(name), 2);
	ck_assert(name[0] >= 'A' && name[0] <= 'Z');
	ck_assert_uint_eq(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), strlen(name));
}

START_TEST(rows_are_sound)
{
	for (size_t i = 0; i < countof(tables); i++) {
		const struct flag_table *t = tables[i].table;
		if (t->zero)
			assert_name(t->zero);
		for (unsigned a = 0; a < t->count; a++) {
			const struct flag *f = &t->rows[a];
			assert_name(f->name);
			ck_assert_uint_ne(f->value, 0);
			ck_assert_uint_eq(f->value & ~f->mask, 0);
			ck_assert_uint_eq(f->takes & ~f->mask, 0);
			ck_assert(!t->zero || strcmp(f->name, t->zero) != 0);
			for (unsigned b = 0; b < a; b++)
				ck_assert_str_ne(f->name, t->rows[b].name);
		}
	}
}
END_TEST

START_TEST(prot)
{
	assert_puts(&flags_prot, 0, "[\"PROT_NONE\"]");
	assert_puts(&flags_prot, 3, "[\"PROT_READ\",\"PROT_WRITE\"]");
	assert_puts(&flags_prot, 7, "[\"PROT_READ\",\"PROT_WRITE\",\"PROT_EXEC\"]");
	assert_puts(&flags_prot, 0x1000000, "[\"PROT_GROWSDOWN\"]");
	assert_puts(&flags_prot, 0x40, "[\"0x40\"]");
	assert_puts(&flags_prot, 0xf0000000000000f1, "[\"PROT_READ\",\"0xf0000000000000f0\"]");
}
END_TEST

START_TEST(map)
{
	assert_puts(&flags_map, 0, "[]");
	assert_puts(&flags_map, 0x22, "[\"MAP_PRIVATE\",\"MAP_ANONYMOUS\"]");
	assert_puts(&flags_map, 0x1, "[\"MAP_SHARED\"]");
	assert_puts(&flags_map, 0x80003, "[\"MAP_SHARED_VALIDATE\",\"MAP_SYNC\"]");
	assert_puts(&flags_map, 0x28, "[\"MAP_DROPPABLE\",\"MAP_ANONYMOUS\"]");
	assert_puts(&flags_map, 0x24, "[\"MAP_ANONYMOUS\",\"0x4\"]");
	assert_puts(&flags_map, 0x10, "[\"MAP_FIXED\"]");
	assert_puts(
	    &flags_map, 0x100022, "[\"MAP_PRIVATE\",\"MAP_ANONYMOUS\",\"MAP_FIXED_NOREPLACE\"]");
}
END_TEST

START_TEST(huge_pages)
{
	static const struct {
		unsigned log2;
		const char *name;
	} sizes[] = {{14, "16KB"}, {16, "64KB"}, {19, "512KB"}, {20, "1MB"}, {21, "2MB"},
	    {23, "8MB"}, {24, "16MB"}, {25, "32MB"}, {28, "256MB"}, {29, "512MB"}, {30, "1GB"},
	    {31, "2GB"}, {34, "16GB"}};
	for (size_t i = 0; i < countof(sizes); i++) {
		char expected[64];
		snprintf(
		    expected, sizeof(expected), "[\"MAP_HUGETLB\",\"MAP_HUGE_%s\"]", sizes[i].name);
		assert_puts(&flags_map, 0x40000 | (uint64_t)sizes[i].log2 << 26, expected);
	}
	assert_puts(&flags_map, 0x40000, "[\"MAP_HUGETLB\"]");
	assert_puts(&flags_map, 0x40000 | 17 << 26, "[\"MAP_HUGETLB\",\"0x44000000\"]");
	assert_puts(&flags_map, 0x4000000, "[\"MAP_UNINITIALIZED\"]");
	assert_puts(&flags_map, 21U << 26, "[\"MAP_UNINITIALIZED\",\"0x50000000\"]");
}
END_TEST

START_TEST(other_tables)
{
	assert_puts(&flags_mremap, 0, "[]");
	assert_puts(&flags_mremap, 3, "[\"MREMAP_MAYMOVE\",\"MREMAP_FIXED\"]");
	assert_puts(&flags_mremap, 5, "[\"MREMAP_MAYMOVE\",\"MREMAP_DONTUNMAP\"]");
	assert_puts(&flags_shmat, 010000, "[\"SHM_RDONLY\"]");
	assert_puts(&flags_shmat, 0160000, "[\"SHM_RND\",\"SHM_REMAP\",\"SHM_EXEC\"]");
	assert_puts(&flags_shadow_stack, 1, "[\"SHADOW_STACK_SET_TOKEN\"]");
}
END_TEST

START_TEST(values)
{
	uint64_t bits = 4711;
	ck_assert(flags_value(&flags_prot, STR("PROT_NONE"), &bits));
	ck_assert_uint_eq(bits, 0);
	ck_assert(flags_value(&flags_map, STR("MAP_SHARED_VALIDATE"), &bits));
	ck_assert_uint_eq(bits, 3);
	ck_assert(flags_value(&flags_map, STR("0xffffffffffffffff"), &bits));
	ck_assert_uint_eq(bits, UINT64_MAX);
	ck_assert(flags_value(&flags_map, STR("0x0"), &bits));
	ck_assert_uint_eq(bits, 0);
}
END_TEST

START_TEST(values_refused)
{
	static const struct str bad[] = {STR_INIT(""), STR_INIT("0x"), STR_INIT("0X1"),
	    STR_INIT("10"), STR_INIT("0xg"), STR_INIT("0xA"), STR_INIT("0x@"), STR_INIT("0x1 "),
	    STR_INIT("0x\0"), STR_INIT("0x11111111111111111"), STR_INIT("MAP_PRIVAT"),
	    STR_INIT("MAP_PRIVATE\0"), STR_INIT("map_private"), STR_INIT("PROT_READ"),
	    STR_INIT("MAP_HUGE_3MB")};
	for (size_t i = 0; i < countof(bad); i++) {
		uint64_t bits = 4711;
		ck_assert_msg(!flags_value(&flags_map, bad[i], &bits), "row %zu", i);
		ck_assert_uint_eq(bits, 4711);
	}
}
END_TEST

TEST_SUITE(flags)
{
	TEST(names_round_trip);
	TEST(any_bits_round_trip);
	TEST(text_is_bounded);
	TEST(rows_are_sound);
	TEST(prot);
	TEST(map);
	TEST(huge_pages);
	TEST(other_tables);
	TEST(values);
	TEST(values_refused);
}
