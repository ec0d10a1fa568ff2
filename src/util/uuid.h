/* Identifiers that sort by time: UUID version 7 (RFC 9562). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/str.h"

/* uuid_v7 - a new one, made at `real_nsec` since the epoch, as lower-case text with its NUL. */
void uuid_v7(uint64_t real_nsec, char ret[37]);

/*
 * uuid_parse - the bytes of a UUID in its usual form. Returns false if `text` isn't one; *ret is then
 * untouched.
 */
bool uuid_parse(struct str text, uint8_t ret[16]);
