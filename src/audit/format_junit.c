/* For CI systems: a test case for each rule in use, which fails by what it found. */
#include <string.h>

#include "audit/format.h"

/* U+FFFE or U+FFFF. */
static bool is_noncharacter(struct str text, size_t at)
{
	return text.len - at >= 3 && memcmp(text.s + at, "\xef\xbf", 2) == 0 && (unsigned char)text.s[at + 2] >= 0xbe;
}

/* XML 1.0 has neither other control characters nor noncharacters, and no way to write them. */
static void put_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];
		if (c == 0xef && is_noncharacter(text, i)) {
			buf_char(out, '?');
			i += 2;
			continue;
		}
		switch (c) {
		case '<': buf_str(out, STR("&lt;")); break;
		case '>': buf_str(out, STR("&gt;")); break;
		case '&': buf_str(out, STR("&amp;")); break;
		case '"': buf_str(out, STR("&quot;")); break;
		default: buf_char(out, c < 0x20 && c != '\n' && c != '\t' ? '?' : text.s[i]);
		}
	}
}

static void put_name(struct buf *out, const struct rule_use *use)
{
	put_escaped(out, str_of(use->rule->name));
	if (use->metric.len)
		buf_char(out, ' ');
	put_escaped(out, use->metric);
	if (use->process.len)
		buf_str(out, STR(" of "));
	put_escaped(out, use->process);
}

static void put_failure(const struct audit *a, const struct finding *f, struct buf *out)
{
	struct buf text = {0};
	format_sentence(a, f, &text);
	buf_str(out, STR("      <failure message=\""));
	put_escaped(out, buf_view(&text));
	buf_str(out, STR("\">"));
	text.len = 0;
	stacks_put(&text, stacks_get(&a->ledger->stacks, f->stack), "");
	put_escaped(out, buf_view(&text));
	buf_str(out, STR("</failure>\n"));
	buf_free(&text);
}

/* A test case has one failure; what else was found is in its text. */
static void put_case(const struct audit *a, const struct rule_use *use, struct buf *out)
{
	bool failed = false;
	buf_str(out, STR("    <testcase classname=\"memtrace\" time=\"0\" name=\""));
	put_name(out, use);
	buf_str(out, STR("\">\n"));
	for (size_t i = 0; i < a->n && !failed; i++) {
		failed = a->findings[i].use == use && audit_violates(&a->findings[i]);
		if (failed)
			put_failure(a, &a->findings[i], out);
	}
	if (!failed && (a->partial || !a->ended))
		buf_str(out, STR("      <error message=\"not all of the run was seen\"></error>\n"));
	buf_str(out, STR("    </testcase>\n"));
}

static unsigned count_failed(const struct audit *a)
{
	unsigned n = 0;
	for (size_t u = 0; u < a->config->n; u++) {
		bool failed = false;
		for (size_t i = 0; i < a->n; i++)
			failed |= a->findings[i].use == &a->config->uses[u] && audit_violates(&a->findings[i]);
		n += failed;
	}
	return n;
}

static void put(const struct audit *a, struct buf *out)
{
	unsigned all = (unsigned)a->config->n, failed = count_failed(a);
	unsigned unknown = a->partial || !a->ended ? all - failed : 0;
	buf_str(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
	buf_fmt(out, "<testsuites tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.3f\">\n", all, failed,
	    unknown, (double)a->ledger->elapsed / 1e9);
	buf_fmt(out,
	    "  <testsuite name=\"memtrace\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"0\" "
	    "time=\"%.3f\">\n",
	    all, failed, unknown, (double)a->ledger->elapsed / 1e9);
	for (size_t i = 0; i < a->config->n; i++)
		put_case(a, &a->config->uses[i], out);
	buf_str(out, STR("  </testsuite>\n</testsuites>\n"));
}

const struct format format_junit = {"junit", put};
