/* For programs: an object with a list of findings. */
#include <cjson/cJSON.h>
#include <stdio.h>

#include "audit/format.h"
#include "trace/json.h"

static void add_text(cJSON *object, const char *key, struct str text)
{
	struct buf quoted = {0};
	json_put_text(&quoted, text);
	buf_char(&quoted, '\0');
	cJSON_AddRawToObject(object, key, quoted.data);
	buf_free(&quoted);
}

static void add_number(cJSON *object, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	cJSON_AddRawToObject(object, key, text);
}

static void add_finding(cJSON *list, const struct audit *a, const struct finding *f)
{
	cJSON *object = cJSON_CreateObject();
	char site[17];
	cJSON_AddItemToArray(list, object);
	cJSON_AddStringToObject(object, "rule", f->use->rule->name);
	cJSON_AddStringToObject(object, "severity", format_level(f));
	cJSON_AddBoolToObject(object, "allowed", f->allowed != NULL);
	add_text(object, "message", ledger_text(a->ledger, f->message));
	snprintf(site, sizeof(site), "%016llx", (unsigned long long)f->fingerprint);
	cJSON_AddStringToObject(object, "site", site);
	add_number(object, "times", f->times);
	if (f->pid)
		add_number(object, "pid", (uint64_t)f->pid);
	add_text(object, "comm", ledger_text(a->ledger, f->comm));
	if (f->use->metric.len)
		add_text(object, "metric", f->use->metric);
	if (f->use->rule->limit != LIMIT_NONE) {
		add_number(object, "value", f->value);
		add_number(object, "limit", f->limit);
	}
	if (f->seq)
		add_number(object, "event", f->seq);
	const struct frame *frame = format_site(a, f);
	if (frame) {
		add_text(object, "file", frame->file);
		add_number(object, "line", frame->line);
	}
	if (f->allowed)
		add_text(object, "reason", f->allowed->reason);
}

static void put(const struct audit *a, struct buf *out)
{
	static const char *const verdicts[] = {"pass", "fail", "unknown"};
	cJSON *object = cJSON_CreateObject();
	add_text(object, "run", ledger_text(a->ledger, a->ledger->run));
	cJSON_AddStringToObject(object, "verdict", verdicts[audit_verdict(a)]);
	cJSON *list = cJSON_AddArrayToObject(object, "findings");
	for (size_t i = 0; i < a->n; i++)
		add_finding(list, a, &a->findings[i]);
	char *text = cJSON_PrintUnformatted(object);
	if (text)
		buf_str(out, str_of(text));
	buf_char(out, '\n');
	cJSON_free(text);
	cJSON_Delete(object);
}

const struct format format_json = {"json", put};
