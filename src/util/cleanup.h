/*
 * Scope-bound ownership: `_cleanup_(f) T x` calls f(&x) when x leaves its scope; `steal(p)` hands
 * a pointer on. Destructors accept NULL and half-built objects.
 */
#pragma once

#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define steal(p)                                                                                   \
	({                                                                                         \
		__auto_type steal_tmp = *(p);                                                      \
		*(p) = NULL;                                                                       \
		steal_tmp;                                                                         \
	})

#define countof(a) (sizeof(a) / sizeof((a)[0]))
