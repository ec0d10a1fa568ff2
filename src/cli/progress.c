#include "cli/progress.h"

#include <unistd.h>

#include "util/cleanup.h"
#include "util/clock.h"

#define BAR 30

/* Seconds beyond which nobody wants to know. */
#define ENDLESS 360000

void progress_begin(struct progress *p, const char *unit, bool quiet)
{
	*p = (struct progress){
	    .shown = !quiet && isatty(STDERR_FILENO), .began = clock_mono(), .unit = unit};
}

void progress_text(
    struct buf *out, uint64_t done, uint64_t whole, uint64_t count, const char *unit, uint64_t nsec)
{
	double seconds = (double)nsec / 1e9;
	if (whole) {
		uint64_t percent = 100, bar = BAR;
		if (done < whole) {
			percent = (uint64_t)((unsigned __int128)done * 100 / whole);
			bar = (uint64_t)((unsigned __int128)done * BAR / whole);
		}
		buf_char(out, '[');
		for (unsigned i = 0; i < BAR; i++)
			buf_char(out, i < bar ? '#' : '.');
		buf_fmt(out, "] %3u%%  ", (unsigned)percent);
	}
	buf_fmt(out, "%llu %s", (unsigned long long)count, unit);
	if (nsec >= NSEC_PER_SEC / 2)
		buf_fmt(out, "  %.0f/s", (double)count / seconds);
	if (whole && done && done < whole && nsec >= NSEC_PER_SEC / 2) {
		double left = seconds * (double)(whole - done) / (double)done;
		if (left < ENDLESS)
			buf_fmt(out, "  %u:%02u left", (unsigned)left / 60, (unsigned)left % 60);
	}
}

static void draw(struct str text)
{
	_cleanup_(buf_free) struct buf line = {0};
	buf_str(&line, STR("\r\033[K"));
	buf_str(&line, text);
	ssize_t written = write(STDERR_FILENO, line.data, line.len);
	(void)written;
}

void progress_show(struct progress *p, uint64_t done, uint64_t whole, uint64_t count)
{
	uint64_t now = p->shown ? clock_mono() : 0;
	if (!p->shown || now - p->drawn < NSEC_PER_SEC / 5)
		return;
	_cleanup_(buf_free) struct buf text = {0};
	progress_text(&text, done, whole, count, p->unit, now - p->began);
	draw(buf_view(&text));
	p->drawn = now;
}

void progress_end(struct progress *p)
{
	if (p->shown && p->drawn)
		draw(STR(""));
}
