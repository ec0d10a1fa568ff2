/* Numbers from text, exactly, and to text, fast. */
#pragma once

#include <stdint.h>

#include "util/buf.h"

/*
 * num_parse - a decimal integer that fills all of `text`. Returns 0, -EINVAL (not one) or -ERANGE;
 * *ret is untouched on failure. The next two have the same contract.
 */
int num_parse(const char *text, uint64_t *ret);

/*
 * num_parse_size - bytes: a decimal number, a fraction allowed, with K, M, G or T (powers of 1024).
 */
int num_parse_size(const char *text, uint64_t *ret);

/*
 * num_parse_time - nanoseconds: a decimal number, a fraction allowed, with us, ms, s, m or h;
 * seconds without.
 */
int num_parse_time(const char *text, uint64_t *ret);

/*
 * num_parse_hex - 0x and up to 16 lower-case digits that fill all of `text`. Returns 0 or -EINVAL,
 * with *ret untouched.
 */
int num_parse_hex(struct str text, uint64_t *ret);

/* NUM_DEC_MAX - the most bytes that num_dec writes. */
#define NUM_DEC_MAX 20

/* num_dec - write `value` in decimal to `out` (no NUL). Returns the end. */
char *num_dec(char *out, uint64_t value);

/* num_nine - write `value`, below 10^9, in nine digits to `out` (no NUL): what follows a point. */
void num_nine(char *out, uint32_t value);

/* num_put_dec, num_put_int, num_put_hex - append as 123, -123, 0x7b. */
void num_put_dec(struct buf *b, uint64_t value);
void num_put_int(struct buf *b, int64_t value);
void num_put_hex(struct buf *b, uint64_t value);

/* num_put_size - append bytes as people read them: 512, 25.0M, 104M. */
void num_put_size(struct buf *b, uint64_t bytes);

/*
 * num_put_nsec - append nanoseconds as decimal seconds without trailing zeros: 0.0000065, 2, 1.5.
 */
void num_put_nsec(struct buf *b, uint64_t nsec);
