/* Texts, each kept once and known by a number. The caller owns the struct ({0} is empty); freed with intern_free. */
#pragma once

#include <stdint.h>

#include "util/str.h"

struct intern {
	struct str *texts; /* by number */
	size_t n, size;
	uint32_t *slots; /* numbers, 0: free */
	size_t slots_n;  /* a power of two */
	uint32_t last;   /* what was added last, or found; 0: nothing */
};

/* intern_add - the number of `text`, the same each time. The empty text's is 0. */
uint32_t intern_add(struct intern *in, struct str text);

/* intern_text - the text of a number that intern_add gave; it holds until intern_free. */
struct str intern_text(const struct intern *in, uint32_t number);

/* intern_hash - of bytes; no defence against those who look for collisions. */
uint64_t intern_hash(const void *data, size_t len);

void intern_free(struct intern *in);
