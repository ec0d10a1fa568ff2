/* What rules have in common: the ranges of a moment, and the words of a finding. */
#pragma once

#include "audit/audit.h"

/* RANGES_OF - whether a range is one that a rule looks for. */
typedef bool range_fn(const struct range *r);

/* say_range - the first range that the event made or changed and that `is` holds for; NULL: none. */
const struct range *say_range(const struct moment *m, range_fn *is);

/* say_begin - begin the sentence: "python3 (812)". */
struct buf *say_begin(const struct moment *m);

/* say_at - ", 64.0K at 0x7f0000000000". */
void say_at(const struct moment *m, const struct range *r);

/* say_call - ", by mmap at foo.c:12", of the event itself. */
void say_call(const struct moment *m);

/* say_maker - " by mmap at foo.c:12", of the event number `born`. */
void say_maker(const struct moment *m, uint64_t born);

/* say_ranges - find each range that the event made or changed and that `is` holds for: "WHO has WHAT, …". */
void say_ranges(const struct moment *m, range_fn *is, const char *what);

/* say_image - the same of all ranges of a new image. */
void say_image(const struct moment *m, range_fn *is, const char *what);

/* say_most - which event, of those at whose site most ranges were made or changed last; *ret_share: how many of 100. */
uint64_t say_most(const struct moment *m, unsigned *ret_share);
