/* One line of a trace as an event. Pure but for the memory it uses. */
#pragma once

#include "event.h"
#include "util/arena.h"

/* parse_keys - keys by their text; made once with parse_keys_init. */
#define PARSE_SLOTS 256

struct parse_keys {
	uint8_t slots[PARSE_SLOTS];  /* F_* + 1, or 0 */
	uint8_t follows[F_COUNT + 1]; /* which key came after which one last: most lines are alike */
};

void parse_keys_init(struct parse_keys *keys);

/*
 * parse_line - `line` without its newline. Texts and lists of *ret point into the line and the
 * arena. Returns NULL, or what is wrong in a few words (constant text); *ret is then undefined.
 */
const char *parse_line(
    struct parse_keys *keys, struct str line, struct arena *arena, struct event *ret);

/*
 * parse_members - add the members of a JSON object to an event whose type is known. Nothing is
 * required; the rest as for parse_line.
 */
const char *parse_members(
    struct parse_keys *keys, struct str object, struct arena *arena, struct event *ev);
