/* For $GITHUB_STEP_SUMMARY and the like, which take less than 1 MiB. */
#include "audit/format.h"

#define ROOM (1000U << 10)

/* A cell ends at a bar and a line at its end; the rest of Markdown's and HTML's marks mean nothing there. */
static void put_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];
		if (c == '<')
			buf_str(out, STR("&lt;"));
		else if (c == '&')
			buf_str(out, STR("&amp;"));
		else if (c == '\n' || c == '\r')
			buf_char(out, ' ');
		else if (c && strchr("|\\`*_[]", c))
			buf_fmt(out, "\\%c", c);
		else
			buf_char(out, c);
	}
}

static void put_row(const struct audit *a, const struct finding *f, struct buf *out)
{
	struct buf text = {0};
	buf_fmt(out, "| %s | %s | ", f->allowed ? "allowed" : format_level(f), f->use->rule->name);
	format_sentence(a, f, &text);
	put_escaped(out, buf_view(&text));
	buf_str(out, STR(" |\n"));
	buf_free(&text);
}

static void put(const struct audits *runs, struct buf *out)
{
	size_t begin = out->len, rows = 0, more = 0;
	buf_str(out, STR("### memtrace: "));
	format_verdict(runs, out);
	buf_str(out, STR("\n\n"));
	for (size_t r = 0; r < runs->n; r++) {
		const struct audit *a = runs->v[r];
		for (size_t i = 0; i < a->n; i++) {
			if (out->len - begin >= ROOM) {
				more++;
				continue;
			}
			if (!rows++)
				buf_str(out, STR("| | rule | finding |\n|---|---|---|\n"));
			put_row(a, &a->findings[i], out);
		}
	}
	if (more)
		buf_fmt(out, "\nand %zu more\n", more);
}

const struct format format_markdown = {"markdown", put};
