/* Identifiers that sort by time: UUID version 7 (RFC 9562). */
#pragma once

#include <stdint.h>

/* uuid_v7 - a new one, made at `real_nsec` since the epoch, as lower-case text with its NUL. */
void uuid_v7(uint64_t real_nsec, char ret[37]);
