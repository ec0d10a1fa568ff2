/* src/util/pack.c: what was packed in any pieces comes back in any pieces */
#include "util/pack.h"

#include <errno.h>

#include "unit.h"

/* Bytes that can be made smaller, and some that can't. */
static void make(struct buf *b, size_t n, uint64_t *random)
{
	while (b->len < n) {
		unsigned run = 1 + unit_below(random, 2000);
		bool noise = unit_below(random, 2);
		for (unsigned i = 0; i < run; i++)
			buf_char(b, (char)(noise ? unit_below(random, 256) : i % 7));
	}
}

static void unpack_all(struct str packed, struct buf *out, uint64_t *random)
{
	struct unpack *u = unpack_new();
	size_t taken, before;
	do {
		before = out->len;
		size_t n = 1 + unit_below(random, 5000);
		struct str piece = {packed.s, packed.len < n ? packed.len : n};
		ck_assert_int_eq(unpack_take(u, piece, 1 + unit_below(random, 5000), &taken, out), 0);
		packed = (struct str){packed.s + taken, packed.len - taken};
	} while (packed.len || out->len > before);
	ck_assert(unpack_whole(u));
	unpack_free(u);
}

START_TEST(there_and_back)
{
	enum pack_kind kind = _i % 2 ? PACK_GZIP : PACK_ZSTD;
	uint64_t random = 5 + (uint64_t)_i;
	struct buf all = {0}, packed = {0}, out = {0};
	for (unsigned stream = 0; stream < 3; stream++) {
		/* In the last runs of the test, streams of both kinds in turn, with zeros between. */
		bool mixed = _i >= 10 && stream == 1;
		struct pack *p = pack_new(mixed ? PACK_GZIP + PACK_ZSTD - kind : kind);
		size_t begin = all.len;
		make(&all, begin + unit_below(&random, 300000), &random);
		for (size_t at = begin, n; at < all.len; at += n) {
			n = 1 + unit_below(&random, 70000);
			n = n > all.len - at ? all.len - at : n;
			pack_put(p, (struct str){all.data + at, n}, unit_below(&random, 2) ? PACK_MORE : PACK_FLUSH, &packed);
		}
		pack_put(p, (struct str){0}, PACK_END, &packed);
		pack_free(p);
		for (unsigned zero = 0; mixed && zero < 600; zero++)
			buf_char(&packed, '\0');
	}
	ck_assert_int_eq(pack_by_magic(buf_view(&packed)), kind);
	unpack_all(buf_view(&packed), &out, &random);
	ck_assert(str_eq(buf_view(&out), buf_view(&all)));
	buf_free(&all);
	buf_free(&packed);
	buf_free(&out);
}
END_TEST

/* After a flush, all that was put can be had. */
START_TEST(flushed)
{
	enum pack_kind kind = _i ? PACK_GZIP : PACK_ZSTD;
	struct pack *p = pack_new(kind);
	struct unpack *u = unpack_new();
	struct buf packed = {0}, out = {0};
	size_t taken;
	for (unsigned i = 0; i < 3; i++) {
		packed.len = out.len = 0;
		pack_put(p, STR("some words"), PACK_FLUSH, &packed);
		ck_assert_int_eq(unpack_take(u, buf_view(&packed), 100, &taken, &out), 0);
		ck_assert(str_is(buf_view(&out), "some words"));
		ck_assert(!unpack_whole(u));
	}
	pack_free(p);
	unpack_free(u);
	buf_free(&packed);
	buf_free(&out);
}
END_TEST

START_TEST(what_it_is)
{
	ck_assert_int_eq(pack_by_name("a.jsonl.gz"), PACK_GZIP);
	ck_assert_int_eq(pack_by_name("a.zst"), PACK_ZSTD);
	ck_assert_int_eq(pack_by_name("gz"), PACK_NONE);
	ck_assert_int_eq(pack_by_name("a.gz.txt"), PACK_NONE);
	ck_assert_int_eq(pack_by_magic(STR("\x1f\x8b\x08")), PACK_NONE);
	ck_assert_int_eq(pack_by_magic(STR("{\"type\"")), PACK_NONE);
	ck_assert_int_eq(pack_by_magic(STR("\x50\x2a\x4d\x18")), PACK_ZSTD); /* as pzstd(1) begins */
	ck_assert_int_eq(pack_by_magic(STR("\x5f\x2a\x4d\x18")), PACK_ZSTD);
	ck_assert_int_eq(pack_by_magic(STR("\x60\x2a\x4d\x18")), PACK_NONE);
}
END_TEST

START_TEST(damaged)
{
	struct buf out = {0};
	size_t taken;
	struct unpack *u = unpack_new();
	ck_assert_int_eq(unpack_take(u, STR("no"), 100, &taken, &out), 0); /* as yet */
	ck_assert_uint_eq(taken, 0);
	ck_assert_int_eq(unpack_take(u, STR("no stream of any kind"), 100, &taken, &out), -EBADMSG);
	unpack_free(u);
	buf_free(&out);
}
END_TEST

TEST_SUITE(pack)
{
	TEST_LOOP(there_and_back, 20);
	TEST_LOOP(flushed, 2);
	TEST(what_it_is);
	TEST(damaged);
}
