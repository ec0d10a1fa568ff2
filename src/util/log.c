#include "util/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *log_name = "";
static bool log_quiet;

void log_init(const char *name, bool quiet)
{
	log_name = name;
	log_quiet = quiet;
}

/* A name may hold anything: no byte of it is to break the line or to command the terminal. */
static size_t put_plain(char *line, const char *text)
{
	char *p = line;
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			p += sprintf(p, "\\x%02x", (unsigned char)*text);
		else
			*p++ = *text;
	}
	return (size_t)(p - line);
}

static void log_line(const char *format, va_list args)
{
	char text[2048], line[4 * sizeof(text) + 64];
	vsnprintf(text, sizeof(text), format, args);
	size_t n = (size_t)snprintf(line, 64, "%s: ", log_name);
	n += put_plain(line + n, text);
	line[n++] = '\n';
	/* There is nowhere to report that standard error can't be written. */
	ssize_t written = write(STDERR_FILENO, line, n);
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
