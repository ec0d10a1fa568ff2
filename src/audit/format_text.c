/* For people. */
#include "audit/format.h"

static void put_finding(const struct audit *a, const struct finding *f, struct buf *out)
{
	buf_fmt(out, "%s: %s: ", f->allowed ? "allowed" : format_level(f), f->use->rule->name);
	format_sentence(a, f, out);
	buf_char(out, '\n');
	if (!f->allowed)
		stacks_put(out, stacks_get(&a->ledger->stacks, f->stack), "    ");
}

/* Whether a rule is in use, and what became of it. */
static bool uses(const struct audit *a, const char *name, unsigned *ret_found)
{
	bool used = false;
	*ret_found = 0;
	for (size_t i = 0; i < a->config->n; i++)
		used |= str_is(str_of(name), a->config->uses[i].rule->name);
	for (size_t i = 0; i < a->n; i++)
		*ret_found += str_is(str_of(name), a->findings[i].use->rule->name);
	return used;
}

static void put_readiness(const struct audit *a, struct buf *out)
{
	unsigned found;
	if (!uses(a, "mdwe", &found))
		return;
	buf_str(out, STR("could this run under MemoryDenyWriteExecute= or PR_SET_MDWE? "));
	if (found)
		buf_fmt(out, "no: %u call site%s would be refused\n", found, found == 1 ? "" : "s");
	else if (a->partial || !a->ended)
		buf_str(out, STR("not known: not all of it was seen\n"));
	else
		buf_str(out, STR("yes, as far as this run went\n"));
}

static void put_run(struct audit *a, struct buf *out)
{
	for (size_t i = 0; i < a->n; i++)
		put_finding(a, &a->findings[i], out);
	put_readiness(a, out);
	format_verdict(&(struct audits){&a, 1}, out);
	buf_char(out, '\n');
}

static void put(const struct audits *runs, struct buf *out)
{
	for (size_t i = 0; i < runs->n; i++)
		put_run(runs->v[i], out);
}

const struct format format_text = {"text", put};
