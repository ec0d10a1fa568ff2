/* Compressed streams: gzip and Zstandard, by zlib and libzstd. Several one after another, of either, are one. */
#pragma once

#include <stdbool.h>

#include "util/buf.h"

enum pack_kind { PACK_NONE, PACK_GZIP, PACK_ZSTD };

/* pack_by_name - what a file of that name should be: .gz, .zst, or else nothing of these. */
enum pack_kind pack_by_name(const char *name);

/* pack_by_magic - what begins so; PACK_NONE also for less than PACK_MAGIC bytes. */
#define PACK_MAGIC 4
enum pack_kind pack_by_magic(struct str begin);

enum pack_how {
	PACK_MORE,  /* it may wait for more */
	PACK_FLUSH, /* who reads can have all so far */
	PACK_END,   /* and no more comes */
};

struct pack;

/* pack_new - freed with pack_free. */
struct pack *pack_new(enum pack_kind kind);

/* pack_put - append to `out` what `in` becomes, as far as `how` says. */
void pack_put(struct pack *p, struct str in, enum pack_how how, struct buf *out);

void pack_free(struct pack *p);

struct unpack;

/* unpack_new - freed with unpack_free. */
struct unpack *unpack_new(void);

/*
 * unpack_take - append to `out` up to `most` bytes of what `in` was, and say in *ret_taken how much of it was needed
 * for them: nothing of either, if more than `in` is needed to go on. What each stream is, its first bytes say; zeros
 * behind one are padding. Returns 0, or -EBADMSG for what is no such stream.
 */
int unpack_take(struct unpack *u, struct str in, size_t most, size_t *ret_taken, struct buf *out);

/* unpack_whole - whether what was taken so far ends where a stream does. */
bool unpack_whole(const struct unpack *u);

void unpack_free(struct unpack *u);
