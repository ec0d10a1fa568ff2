#include "report/words.h"

#include "util/num.h"
#include "util/utf8.h"

void words_size(struct buf *out, uint64_t bytes, int width)
{
	struct buf text = {0};
	num_put_size(&text, bytes);
	buf_fmt(out, "%*.*s", width, (int)text.len, text.data);
	buf_free(&text);
}

void words_time(struct buf *out, uint64_t nsec, int width)
{
	buf_fmt(out, "%*.3f", width, (double)nsec / 1e9);
}

static const char *const steps[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char plain_steps[] = " .:-=+*%#";

static void put_step(struct buf *out, const struct words *w, uint64_t value, uint64_t most)
{
	unsigned step = most ? (unsigned)((__uint128_t)value * 8 / most) : 0;
	if (value && !step)
		step = 1;
	if (w->utf8)
		buf_str(out, str_of(steps[step]));
	else
		buf_char(out, plain_steps[step]);
}

void words_curve(
    struct buf *out, const struct words *w, const struct series *s, uint64_t end, unsigned width)
{
	uint64_t most = 0;
	for (unsigned i = 0; i <= s->at; i++)
		most = s->v[i] > most ? s->v[i] : most;
	for (unsigned i = 1; i <= width; i++)
		put_step(out, w, series_at(s, end / width * i), most);
}

void words_bar(struct buf *out, const struct words *w, uint64_t value, uint64_t most, unsigned width)
{
	static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
	uint64_t parts = most ? (uint64_t)((__uint128_t)value * width * 8 / most) : 0;
	for (uint64_t i = 0; i < parts / 8; i++)
		buf_str(out, w->utf8 ? STR("█") : STR("#"));
	if (w->utf8)
		buf_str(out, str_of(eighths[parts % 8]));
}

/* How many bytes the character at `at` of plain text has; 0 for one that can't be shown. */
static size_t character(struct str text, size_t at, bool utf8)
{
	size_t n = utf8_next(text.s + at, text.len - at);
	return n > 1 && !utf8 ? 0 : n;
}

static unsigned columns(struct str text, bool utf8)
{
	unsigned n = 0;
	for (size_t at = 0; at < text.len; n++) {
		size_t len = character(text, at, utf8);
		at += len ? len : 1;
	}
	return n;
}

static void fit(struct buf *out, const struct words *w, struct str text, unsigned width)
{
	unsigned all = columns(text, w->utf8), n = 0;
	unsigned dots = w->utf8 ? 1 : 2;
	unsigned head = all > width ? (width - dots) / 3 : all;
	unsigned from = all > width ? all - (width - dots - head) : all; /* where the tail begins */
	for (size_t at = 0; at < text.len; n++) {
		size_t len = character(text, at, w->utf8);
		if (n < head || n >= from)
			buf_str(out, len ? (struct str){text.s + at, len} : STR("?"));
		else if (n == head)
			buf_str(out, w->utf8 ? STR("…") : STR(".."));
		at += len ? len : 1;
	}
}

void words_fit(struct buf *out, const struct words *w, struct str text, unsigned width)
{
	struct buf plain = {0};
	buf_plain(&plain, text);
	fit(out, w, buf_view(&plain), width);
	buf_free(&plain);
}

void words_heading(struct buf *out, const struct words *w, const char *text)
{
	buf_fmt(out, w->colour ? "\n\033[1m%s\033[0m\n" : "\n%s\n", text);
}
