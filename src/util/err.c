#include "util/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for the text of an errno. */
#define REASON_MAX 128

int err_set(struct err *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	err->status = EXIT_STATUS_FAILED;
	return code;
}

int err_sys(struct err *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(err->text, sizeof(err->text) - REASON_MAX, format, args);
	va_end(args);
	/* What was named may be long: the reason is to be seen all the same. */
	if ((size_t)n >= sizeof(err->text) - REASON_MAX)
		n = sizeof(err->text) - REASON_MAX - 1;
	snprintf(err->text + n, sizeof(err->text) - (size_t)n, ": %s", strerror(abs(code)));
	err->status = EXIT_STATUS_FAILED;
	return -abs(code);
}
