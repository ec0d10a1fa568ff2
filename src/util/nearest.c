#include "util/nearest.h"

#include <stdint.h>
#include <string.h>

#define NAME_MAX_LEN 64
#define FAR          SIZE_MAX

/* Levenshtein's distance, one row at a time. Names are short; longer ones are never near. */
static size_t distance(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b), row[NAME_MAX_LEN + 1];
	if (na > NAME_MAX_LEN || nb > NAME_MAX_LEN)
		return FAR;
	for (size_t j = 0; j <= nb; j++)
		row[j] = j;
	for (size_t i = 1; i <= na; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= nb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[nb];
}

const char *nearest_name(const char *typed, size_t count, const char *(*name_at)(size_t i))
{
	const char *best = NULL;
	size_t limit = strlen(typed) / 3 + 1; /* one slip in three letters is still a slip */
	for (size_t i = 0; i < count; i++) {
		const char *name = name_at(i);
		size_t d = name ? distance(typed, name) : FAR;
		if (d <= limit && d < strlen(typed)) {
			best = name;
			limit = d ? d - 1 : 0;
			if (d == 0)
				break;
		}
	}
	return best;
}
