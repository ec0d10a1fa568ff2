/* For programs: an object with a list of findings, each with its run where there are several. */
#include <stdio.h>

#include "audit/format.h"
#include "report/document.h"

static void add_finding(cJSON *list, bool several, const struct audit *a, const struct finding *f)
{
	cJSON *object = document_item(list);
	char site[17];
	if (several)
		document_text(object, "run", ledger_text(a->ledger, a->ledger->run));
	cJSON_AddStringToObject(object, "rule", f->use->rule->name);
	cJSON_AddStringToObject(object, "severity", format_level(f));
	cJSON_AddBoolToObject(object, "allowed", f->allowed != NULL);
	document_text(object, "message", ledger_text(a->ledger, f->message));
	snprintf(site, sizeof(site), "%016llx", (unsigned long long)f->fingerprint);
	cJSON_AddStringToObject(object, "site", site);
	document_number(object, "times", f->times);
	if (f->pid)
		document_number(object, "pid", (uint64_t)f->pid);
	document_text(object, "comm", ledger_text(a->ledger, f->comm));
	if (f->use->metric.len)
		document_text(object, "metric", f->use->metric);
	if (f->use->rule->limit != LIMIT_NONE) {
		document_number(object, "value", f->value);
		document_number(object, "limit", f->limit);
	}
	if (f->seq)
		document_number(object, "event", f->seq);
	const struct frame *frame = format_site(a, f);
	if (frame) {
		document_text(object, "file", frame->file);
		document_number(object, "line", frame->line);
	}
	if (f->allowed)
		document_text(object, "reason", f->allowed->reason);
}

static const char *const verdicts[] = {"pass", "fail", "unknown"};

static void add_runs(cJSON *object, const struct audits *runs)
{
	cJSON *list = cJSON_AddArrayToObject(object, "runs");
	for (size_t i = 0; i < runs->n; i++) {
		const struct ledger *l = runs->v[i]->ledger;
		cJSON *run = document_item(list);
		document_text(run, "run", ledger_text(l, l->run));
		cJSON_AddStringToObject(run, "verdict", verdicts[audit_verdict(runs->v[i])]);
	}
}

static void put(const struct audits *runs, struct buf *out)
{
	cJSON *object = cJSON_CreateObject();
	bool several = runs->n > 1;
	if (several)
		add_runs(object, runs);
	else
		document_text(object, "run", ledger_text(runs->v[0]->ledger, runs->v[0]->ledger->run));
	cJSON_AddStringToObject(object, "verdict", verdicts[audits_verdict(runs)]);
	cJSON *list = cJSON_AddArrayToObject(object, "findings");
	for (size_t r = 0; r < runs->n; r++) {
		for (size_t i = 0; i < runs->v[r]->n; i++)
			add_finding(list, several, runs->v[r], &runs->v[r]->findings[i]);
	}
	document_put(object, out);
}

const struct format format_json = {"json", put};
