#include "util/pack.h"

#include <errno.h>
#include <stdlib.h>
#define ZLIB_CONST
#include <zlib.h>
#include <zstd.h>

#include "util/mem.h"

#define GZIP_WINDOW (15 + 16) /* zlib.h, deflateInit2: the largest, with gzip's header and trailer */
#define ROOM        (64U << 10)

enum pack_kind pack_by_name(const char *name)
{
	if (str_ends(str_of(name), STR(".gz")))
		return PACK_GZIP;
	return str_ends(str_of(name), STR(".zst")) ? PACK_ZSTD : PACK_NONE;
}

enum pack_kind pack_by_magic(struct str begin)
{
	if (begin.len < PACK_MAGIC)
		return PACK_NONE;
	if (str_begins(begin, STR("\x1f\x8b"))) /* RFC 1952, 2.3.1 */
		return PACK_GZIP;
	if (str_begins(begin, STR("\x28\xb5\x2f\xfd"))) /* RFC 8878, 3.1.1; and 3.1.2, frames to be passed over */
		return PACK_ZSTD;
	bool passed_over = ((unsigned char)begin.s[0] & 0xf0) == 0x50 && memcmp(begin.s + 1, "\x2a\x4d\x18", 3) == 0;
	return passed_over ? PACK_ZSTD : PACK_NONE;
}

/* ---- packing ---- */

struct pack {
	enum pack_kind kind;
	z_stream gzip;
	ZSTD_CCtx *zstd;
};

struct pack *pack_new(enum pack_kind kind)
{
	struct pack *p = mem_alloc(sizeof(*p));
	p->kind = kind;
	if (kind == PACK_ZSTD)
		p->zstd = ZSTD_createCCtx();
	bool good = kind == PACK_ZSTD ? p->zstd != NULL
	                              : deflateInit2(&p->gzip, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
					    Z_DEFAULT_STRATEGY) == Z_OK;
	if (p->zstd) /* as gzip's streams have one: a bit that flips must not pass for data */
		ZSTD_CCtx_setParameter(p->zstd, ZSTD_c_checksumFlag, 1);
	return mem_check(good ? p : NULL);
}

static void put_gzip(struct pack *p, struct str in, enum pack_how how, struct buf *out)
{
	static const int flush[] = {
	    [PACK_MORE] = Z_NO_FLUSH, [PACK_FLUSH] = Z_SYNC_FLUSH, [PACK_END] = Z_FINISH};
	p->gzip.next_in = (const Bytef *)in.s;
	p->gzip.avail_in = (uInt)in.len;
	do {
		buf_reserve(out, ROOM);
		p->gzip.next_out = (Bytef *)out->data + out->len;
		p->gzip.avail_out = ROOM;
		deflate(&p->gzip, flush[how]);
		out->len += ROOM - p->gzip.avail_out;
	} while (p->gzip.avail_out == 0); /* zlib.h, deflate: call again with more room, and the same flush */
}

static void put_zstd(struct pack *p, struct str in, enum pack_how how, struct buf *out)
{
	static const ZSTD_EndDirective flush[] = {
	    [PACK_MORE] = ZSTD_e_continue, [PACK_FLUSH] = ZSTD_e_flush, [PACK_END] = ZSTD_e_end};
	ZSTD_inBuffer from = {in.s, in.len, 0};
	size_t left;
	do {
		buf_reserve(out, ROOM);
		ZSTD_outBuffer to = {out->data + out->len, ROOM, 0};
		left = ZSTD_compressStream2(p->zstd, &to, &from, flush[how]);
		out->len += to.pos;
	} while (!ZSTD_isError(left) && (from.pos < from.size || (how != PACK_MORE && left)));
}

void pack_put(struct pack *p, struct str in, enum pack_how how, struct buf *out)
{
	if (p->kind == PACK_ZSTD)
		put_zstd(p, in, how, out);
	else
		put_gzip(p, in, how, out);
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	if (p->kind == PACK_ZSTD)
		ZSTD_freeCCtx(p->zstd);
	else
		deflateEnd(&p->gzip);
	free(p);
}

/* ---- unpacking ---- */

struct unpack {
	enum pack_kind kind; /* of the stream that was begun; PACK_NONE: there was none yet */
	bool whole;          /* it has ended */
	z_stream gzip;
	ZSTD_DCtx *zstd;
};

struct unpack *unpack_new(void)
{
	struct unpack *u = mem_alloc(sizeof(*u));
	u->whole = true;
	u->zstd = ZSTD_createDCtx();
	return mem_check(u->zstd && inflateInit2(&u->gzip, GZIP_WINDOW) == Z_OK ? u : NULL);
}

static int take_gzip(struct unpack *u, struct str in, size_t most, size_t *ret_taken, struct buf *out)
{
	u->gzip.next_in = (const Bytef *)in.s;
	u->gzip.avail_in = (uInt)in.len;
	u->gzip.next_out = (Bytef *)out->data + out->len;
	u->gzip.avail_out = (uInt)most;
	int r = inflate(&u->gzip, Z_NO_FLUSH);
	out->len += most - u->gzip.avail_out;
	*ret_taken = in.len - u->gzip.avail_in;
	u->whole = r == Z_STREAM_END;
	return r == Z_OK || r == Z_STREAM_END || r == Z_BUF_ERROR ? 0 : -EBADMSG;
}

static int take_zstd(struct unpack *u, struct str in, size_t most, size_t *ret_taken, struct buf *out)
{
	ZSTD_inBuffer from = {in.s, in.len, 0};
	ZSTD_outBuffer to = {out->data + out->len, most, 0};
	size_t left = ZSTD_decompressStream(u->zstd, &to, &from);
	out->len += to.pos;
	*ret_taken = from.pos;
	u->whole = left == 0;
	return ZSTD_isError(left) ? -EBADMSG : 0;
}

/* Whether the stream that `in` begins can be begun: 1, 0 for too little of it, or -EBADMSG. */
static int begin_stream(struct unpack *u, struct str in)
{
	if (in.len < PACK_MAGIC)
		return 0;
	u->kind = pack_by_magic(in);
	if (u->kind == PACK_GZIP)
		inflateReset(&u->gzip);
	return u->kind ? 1 : -EBADMSG;
}

int unpack_take(struct unpack *u, struct str in, size_t most, size_t *ret_taken, struct buf *out)
{
	*ret_taken = 0;
	while (u->whole && u->kind && *ret_taken < in.len && !in.s[*ret_taken])
		++*ret_taken;
	if (*ret_taken)
		return 0;
	int r = u->whole ? begin_stream(u, in) : 1;
	if (r <= 0)
		return r;
	buf_reserve(out, most);
	return u->kind == PACK_ZSTD ? take_zstd(u, in, most, ret_taken, out)
	                            : take_gzip(u, in, most, ret_taken, out);
}

bool unpack_whole(const struct unpack *u)
{
	return u->whole;
}

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	ZSTD_freeDCtx(u->zstd);
	inflateEnd(&u->gzip);
	free(u);
}
