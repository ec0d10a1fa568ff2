#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "util/buf.h"

static const char *log_name = "";
static bool log_quiet;

void log_init(const char *name, bool quiet)
{
	log_name = name;
	log_quiet = quiet;
}

/* A name may hold anything. There is room for all of it, four bytes for one: memory may be what is short. */
static void log_line(const char *format, va_list args)
{
	char text[2048], room[4 * sizeof(text) + 64];
	struct buf line = {.data = room, .size = sizeof(room)};
	vsnprintf(text, sizeof(text), format, args);
	buf_fmt(&line, "%.32s: ", log_name);
	buf_plain(&line, str_of(text));
	buf_char(&line, '\n');
	/* There is nowhere to report that standard error can't be written. */
	ssize_t written = write(STDERR_FILENO, line.data, line.len);
	(void)written;
}

void log_error(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_line(format, args);
	va_end(args);
}

void log_note(const char *format, ...)
{
	if (log_quiet)
		return;
	va_list args;
	va_start(args, format);
	log_line(format, args);
	va_end(args);
}
