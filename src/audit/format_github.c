/*
 * For GitHub's runners: workflow commands, which become annotations. Ten of a kind are shown, so ten are made, with the
 * verdict among them.
 */
#include "audit/format.h"
#include "util/cleanup.h"

#define SHOWN 10

/* By severity. */
static const char *const kinds[] = {"error", "warning", "notice"};

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
	buf_fmt(out, "::%s ", kinds[f->use->severity]);
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
	for (size_t i = 0; i < a->n; i++) {
		const struct finding *f = &a->findings[i];
		if (!f->allowed && shown[f->use->severity]++ < SHOWN)
			put_finding(a, f, out);
	}
}

static void put(const struct audits *runs, struct buf *out)
{
	enum severity severity = audits_verdict(runs) == VERDICT_PASS ? SEVERITY_NOTE : SEVERITY_ERROR;
	unsigned shown[countof(kinds)] = {0};
	struct buf text = {0};
	shown[severity]++;
	for (size_t i = 0; i < runs->n; i++)
		put_findings(runs->v[i], shown, out);
	format_verdict(runs, &text);
	buf_fmt(out, "::%s title=memtrace::", kinds[severity]);
	put_escaped(out, buf_view(&text), false);
	buf_char(out, '\n');
	buf_free(&text);
}

const struct format format_github = {"github", put};
