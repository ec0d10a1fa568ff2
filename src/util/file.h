/* Names of files. */
#pragma once

#include <stdbool.h>

/*
 * file_same - whether two names are of one regular file, or would be of one that isn't there yet. "-" stands for the
 * descriptor `standard`.
 */
bool file_same(const char *a, const char *b, int standard);
