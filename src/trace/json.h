/*
 * The part of JSON (RFC 8259) that event lines need: text out, and a cursor that takes values off a
 * line, exact to 64 bits and to the byte. No tree is built.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/arena.h"
#include "util/buf.h"

/*
 * json_put_text - append `text` as a string with its quotes. Each byte that isn't part of valid
 * UTF-8 becomes U+FFFD. Returns whether there was none.
 */
bool json_put_text(struct buf *b, struct str text);

/*
 * What is left of a line. On a failed take `why` says what was expected and the rest is undefined.
 */
struct json {
	const char *p, *end;
	const char *why;     /* NULL: all well so far */
	struct arena *arena; /* where texts with escapes go */
};

/* json_fail - say why a take failed, unless an earlier one did. Returns false. */
bool json_fail(struct json *j, const char *why);

/* json_skip_blanks - go to the next byte that isn't white space. */
void json_skip_blanks(struct json *j);

/* json_peek - the next byte that isn't white space, without taking it; '\0' at the end. */
char json_peek(struct json *j);

/* json_take - take `c` if it comes next. Returns whether it did; it's no failure if not. */
bool json_take(struct json *j, char c);

/* json_expect - take `c`; anything else is a failure, explained by `why`. */
bool json_expect(struct json *j, char c, const char *why);

/*
 * json_text - take a string. *ret points into the line where it has no escapes, else into the
 * arena.
 */
bool json_text(struct json *j, struct str *ret);

/*
 * json_decimal - take a number times 10^scale as an exact integer: *ret_negative and *ret. With
 * `round`, what is smaller than 1 after scaling is rounded, otherwise it's a failure.
 */
bool json_decimal(struct json *j, int scale, bool round, bool *ret_negative, uint64_t *ret);

/* json_literal - take `word` (true, false, null). */
bool json_literal(struct json *j, const char *word);

/* json_skip - take any value (at most 64 levels deep). */
bool json_skip(struct json *j);

/*
 * json_more - for lists and objects: `while (json_more(j, &first, ']'))` takes the commas between
 * elements and, at last, the closing character. `first` starts true. False at the end or on
 * failure.
 */
bool json_more(struct json *j, bool *first, char close);

/* json_count - how many elements the list has whose '[' was just taken (an upper bound). */
size_t json_count(const struct json *j);
