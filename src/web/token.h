/* The token that whoever asks must know. */
#pragma once

#include "web/guard.h"

/*
 * token_get - the line of the file `path`; NULL: one that chance gives. Returns 0, or a negative errno with err set
 * (-EINVAL: the line can't be one).
 */
int token_get(const char *path, char ret[GUARD_TOKEN_MAX + 1], struct err *err);
