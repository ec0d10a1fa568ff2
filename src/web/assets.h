/* The files of the page, which are part of the program (src/web/embed makes them so). */
#pragma once

#include <stddef.h>

#include "util/str.h"

struct asset {
	const char *path, *type;
	const char *bytes, *end;
};

extern const struct asset assets[];
extern const unsigned assets_n;

/* Whether the page itself is among them: a build without npm has but a word instead of it. */
extern const bool assets_whole;

/* assets_find - the one of that path, or NULL. */
const struct asset *assets_find(struct str path);
