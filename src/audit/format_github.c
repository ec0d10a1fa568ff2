/* For GitHub's runners: workflow commands, which become annotations. Ten of a kind are shown, so ten are made. */
#include "audit/format.h"

#define SHOWN 10

/* %, CR and LF in texts; in properties also what ends them. */
static void put_escaped(struct buf *out, struct str text, bool property)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.s[i];
		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_fmt(out, "%%%02X", (unsigned)c);
		else
			buf_char(out, c);
	}
}

static void put_finding(const struct audit *a, const struct finding *f, struct buf *out)
{
	struct buf text = {0};
	const struct frame *site = format_site(a, f);
	const char *level = format_level(f);
	buf_fmt(out, "::%s ", *level == 'n' ? "notice" : level);
	if (site || (f->use->line && a->config->path)) {
		buf_str(out, STR("file="));
		put_escaped(out, site ? site->file : str_of(a->config->path), true);
		buf_fmt(out, ",line=%llu,", site ? (unsigned long long)site->line : f->use->line);
	}
	buf_fmt(out, "title=memtrace %s::", f->use->rule->name);
	format_sentence(a, f, &text);
	put_escaped(out, buf_view(&text), false);
	buf_char(out, '\n');
	buf_free(&text);
}

static void put_findings(const struct audit *a, unsigned *shown, struct buf *out)
{
	for (size_t i = 0; i < a->n && *shown < SHOWN; i++) {
		if (a->findings[i].allowed)
			continue;
		put_finding(a, &a->findings[i], out);
		(*shown)++;
	}
}

static void put(const struct audits *runs, struct buf *out)
{
	unsigned shown = 0;
	struct buf text = {0};
	for (size_t i = 0; i < runs->n; i++)
		put_findings(runs->v[i], &shown, out);
	format_verdict(runs, &text);
	buf_fmt(out, "::%s title=memtrace::", audits_verdict(runs) == VERDICT_PASS ? "notice" : "error");
	put_escaped(out, buf_view(&text), false);
	buf_char(out, '\n');
	buf_free(&text);
}

const struct format format_github = {"github", put};
