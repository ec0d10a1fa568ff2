/*
 * Allocation that can't fail: out of memory ends the program with one line and status 125 (the
 * kernel then kills or releases what was traced: PTRACE_O_EXITKILL).
 */
#pragma once

#include <stddef.h>

void *mem_alloc(size_t size); /* zeroed */
void *mem_realloc(void *p, size_t size);
char *mem_strdup(const char *s);

/* mem_check - `p`, where there was memory for it: NULL ends the program. For what libraries allocate. */
void *mem_check(void *p);

/*
 * MEM_PUSH - make room for one more element in a growing array: `array` (owned by the caller, freed
 * with free), `count` elements in use, `size` allocated. Evaluates to a pointer to the new, not yet
 * initialised element.
 */
#define MEM_PUSH(array, count, size)                                                               \
	({                                                                                         \
		if ((count) == (size)) {                                                           \
			(size) = (size) ? (size)*2 : 8;                                            \
			(array) = mem_realloc((array), (size) * sizeof(*(array)));                 \
		}                                                                                  \
		&(array)[(count)++];                                                               \
	})
