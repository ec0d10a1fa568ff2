/* UTF-8 and base64: what text needs to travel in JSON whole. */
#pragma once

#include <stdbool.h>

#include "util/buf.h"

/*
 * utf8_next - the length (1 to 4) of the valid sequence at `s` (of `len` > 0 bytes), 0 if it isn't
 * one. Surrogates, overlong forms and values above U+10FFFF are invalid (RFC 3629).
 */
unsigned utf8_next(const char *s, size_t len);

/* utf8_valid - whether all of `text` is. */
bool utf8_valid(struct str text);

/* utf8_put - append code point `c` (0 to U+10FFFF, not a surrogate). */
void utf8_put(struct buf *b, uint32_t c);

/* base64_put - append `bytes` in base64 with padding (RFC 4648). */
void base64_put(struct buf *b, struct str bytes);

/* base64_get - append the bytes of `text`. Returns 0 or -EINVAL (b then holds a part). */
int base64_get(struct buf *b, struct str text);
