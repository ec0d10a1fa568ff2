#include "audit/starter.h"

#include "audit/profile.h"
#include "trace/json.h"

#define MIB (1UL << 20)

static void put_budgets(const struct audit *a, struct buf *out)
{
	struct profile profile = {0};
	profile_take(&profile, a->ledger);
	buf_str(out, STR("    // The most that one process of each name had, and a tenth more.\n"));
	for (size_t i = 0; i < profile.processes_n; i++) {
		const struct profile_process *process = &profile.processes[i];
		unsigned long long most = process->peak[METRIC_COMMITTED] / 10 * 11 / MIB + 1;
		if (!process->name.len)
			continue;
		buf_str(out, STR("    {\"rule\": \"budget\", \"process\": "));
		json_put_text(out, process->name);
		buf_fmt(out, ", \"metric\": \"committed.peak\", \"max\": \"%lluM\"},\n",
		    most);
	}
	profile_free(&profile);
}

static const struct finding *first_of(const struct audit *a, const struct rule *rule, unsigned *ret_n)
{
	const struct finding *first = NULL;
	*ret_n = 0;
	for (size_t i = 0; i < a->n; i++) {
		if (a->findings[i].use->rule != rule)
			continue;
		first = first ? first : &a->findings[i];
		++*ret_n;
	}
	return first;
}

static void put_rule(const struct audit *a, const struct rule *rule, struct buf *out)
{
	unsigned n;
	const struct finding *found = first_of(a, rule, &n);
	buf_fmt(out, "    // %s\n", rule->what);
	if (!found) {
		buf_fmt(out, "    {\"rule\": \"%s\"},\n", rule->name);
		return;
	}
	buf_fmt(out, "    // found %u time%s, first: ", n, n == 1 ? "" : "s");
	buf_str(out, ledger_text(a->ledger, found->message));
	buf_fmt(out, "\n    // {\"rule\": \"%s\", \"allow\": [{\"site\": \"%016llx\", \"reason\": \"...\"}]},\n", rule->name,
	    (unsigned long long)found->fingerprint);
}

void starter_put(const struct audit *a, struct buf *out)
{
	buf_str(out, STR("// Rules for memtrace, to begin with: memtrace --rules memtrace.json -- COMMAND\n// From a run of "));
	buf_plain(out, ledger_text(a->ledger, a->ledger->command));
	buf_fmt(out, ", %s.\n{\n  \"rules\": [\n", a->today);
	put_budgets(a, out);
	for (unsigned i = 0; i < rules_count; i++) {
		if (!rules[i]->takes_metric)
			put_rule(a, rules[i], out);
	}
	/* A list ends without a comma: budgets of none always hold. */
	buf_str(out, STR("    // all of the run's processes together vary too much for more than a warning\n"
	                 "    {\"rule\": \"budget\", \"metric\": \"tree.committed.peak\", \"max\": "));
	unsigned long long most = a->ledger->tree_peak[METRIC_COMMITTED] / 10 * 15 / MIB + 1;
	buf_fmt(out, "\"%lluM\", \"severity\": \"warning\"}\n  ]\n}\n", most);
}
