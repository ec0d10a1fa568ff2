#include "audit/format.h"

#include "util/cleanup.h"

/* clang-format off */
#define FORMATS(row) \
	row(text) \
	row(json) \
	row(junit) \
	row(sarif) \
	row(github) \
	row(markdown)

#define DECLARE(name) extern const struct format format_##name;
#define ENTER(name)   &format_##name,
/* clang-format on */

FORMATS(DECLARE)
const struct format *const formats[] = {FORMATS(ENTER)};
const unsigned formats_count = countof(formats);

const struct format *format_find(struct str name)
{
	for (unsigned i = 0; i < formats_count; i++) {
		if (str_is(name, formats[i]->name))
			return formats[i];
	}
	return NULL;
}

static void count(const struct audit *a, struct tally *tally)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->findings[i].allowed)
			tally->allowed++;
		else if (audit_violates(&a->findings[i]))
			tally->violations++;
		else
			tally->warnings++;
	}
}

struct tally format_tally(const struct audits *runs)
{
	struct tally tally = {0};
	for (size_t i = 0; i < runs->n; i++)
		count(runs->v[i], &tally);
	return tally;
}

void format_verdict(const struct audits *runs, struct buf *out)
{
	struct tally tally = format_tally(runs);
	bool ended = true, partial = false;
	for (size_t i = 0; i < runs->n; i++) {
		ended &= runs->v[i]->ended;
		partial |= runs->v[i]->partial;
	}
	buf_fmt(out, "%u violation%s, %u warning%s, %u allowed", tally.violations, tally.violations == 1 ? "" : "s",
	    tally.warnings, tally.warnings == 1 ? "" : "s", tally.allowed);
	if (runs->n > 1)
		buf_fmt(out, " in %zu runs", runs->n);
	if (!ended)
		buf_str(out, STR("; the trace has no end, so there may be more"));
	else if (partial)
		buf_str(out, STR("; not all of the run was seen, so there may be more"));
}

void format_sentence(const struct audit *a, const struct finding *f, struct buf *out)
{
	buf_str(out, ledger_text(a->ledger, f->message));
	if (f->times > 1)
		buf_fmt(out, ", and %llu times more", (unsigned long long)f->times - 1);
	if (f->expired)
		buf_fmt(out, "; it was allowed until %.*s (%.*s)", (int)f->expired->expires.len,
		    f->expired->expires.s, (int)f->expired->reason.len, f->expired->reason.s);
	if (f->allowed)
		buf_fmt(out, "; allowed: %.*s", (int)f->allowed->reason.len, f->allowed->reason.s);
	else if (!f->use->rule->takes_metric)
		buf_fmt(out, "; to allow it: {\"site\": \"%016llx\", \"reason\": \"...\"}",
		    (unsigned long long)f->fingerprint);
}

const char *format_level(const struct finding *f)
{
	static const char *const levels[] = {"error", "warning", "note"};
	return f->allowed ? "note" : levels[f->use->severity];
}

const struct frame *format_site(const struct audit *a, const struct finding *f)
{
	const struct frame *site = stacks_site(stacks_get(&a->ledger->stacks, f->stack));
	return site && site->file.len && site->line ? site : NULL;
}
