/* "Did you mean": the nearest of some names. */
#pragma once

#include <stddef.h>

/*
 * nearest_name - the name among `count` names `name_at(i)` (NULL entries are passed over) that
 * `typed` is most likely a slip of; NULL if none is near.
 */
const char *nearest_name(const char *typed, size_t count, const char *(*name_at)(size_t i));
