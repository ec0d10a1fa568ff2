/* For CI systems: a suite for each run, in it a test case for each rule in use, which fails by what it found. */
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

/* Of several, each its own: readers put together what is called the same. */
static void put_suite_name(const struct audit *a, bool several, struct buf *out)
{
	buf_str(out, STR("memtrace"));
	if (several)
		buf_char(out, ' ');
	if (several)
		put_escaped(out, ledger_text(a->ledger, a->ledger->run));
}

/* A test case has one failure; what else was found is in its text. */
static void put_case(const struct audit *a, bool several, const struct rule_use *use, struct buf *out)
{
	bool failed = false;
	buf_str(out, STR("    <testcase classname=\""));
	put_suite_name(a, several, out);
	buf_str(out, STR("\" time=\"0\" name=\""));
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

struct totals {
	unsigned tests, failures, errors;
	double seconds;
};

static void add_totals(const struct audit *a, struct totals *to)
{
	unsigned all = (unsigned)a->config->n, failed = count_failed(a);
	to->tests += all;
	to->failures += failed;
	to->errors += a->partial || !a->ended ? all - failed : 0;
	to->seconds += (double)a->ledger->elapsed / 1e9;
}

static void put_suite(const struct audit *a, bool several, struct buf *out)
{
	struct totals totals = {0};
	add_totals(a, &totals);
	buf_str(out, STR("  <testsuite name=\""));
	put_suite_name(a, several, out);
	buf_fmt(out, "\" tests=\"%u\" failures=\"%u\" errors=\"%u\" skipped=\"0\" time=\"%.3f\">\n", totals.tests,
	    totals.failures, totals.errors, totals.seconds);
	for (size_t i = 0; i < a->config->n; i++)
		put_case(a, several, &a->config->uses[i], out);
	buf_str(out, STR("  </testsuite>\n"));
}

static void put(const struct audits *runs, struct buf *out)
{
	struct totals totals = {0};
	for (size_t i = 0; i < runs->n; i++)
		add_totals(runs->v[i], &totals);
	buf_str(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"));
	buf_fmt(out, "<testsuites tests=\"%u\" failures=\"%u\" errors=\"%u\" time=\"%.3f\">\n", totals.tests,
	    totals.failures, totals.errors, totals.seconds);
	for (size_t i = 0; i < runs->n; i++)
		put_suite(runs->v[i], runs->n > 1, out);
	buf_str(out, STR("</testsuites>\n"));
}

const struct format format_junit = {"junit", put};
