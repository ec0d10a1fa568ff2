#include "util/mem.h"

#include <stdlib.h>
#include <string.h>

#include "util/err.h"
#include "util/log.h"

void *mem_check(void *p)
{
	if (!p) {
		log_error("out of memory");
		exit(EXIT_STATUS_FAILED);
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return mem_check(calloc(1, size ? size : 1));
}

void *mem_realloc(void *p, size_t size)
{
	return mem_check(realloc(p, size ? size : 1));
}

char *mem_strdup(const char *s)
{
	return mem_check(strdup(s));
}
