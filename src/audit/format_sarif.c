/* SARIF 2.1.0 (OASIS), for code scanning. */
#include <stdio.h>

#include "audit/format.h"
#include "report/document.h"
#include "util/utf8.h"
#include "version.h"

static void add_rules(cJSON *driver)
{
	cJSON *list = cJSON_AddArrayToObject(driver, "rules");
	for (unsigned i = 0; i < rules_count; i++) {
		cJSON *rule = document_item(list);
		cJSON_AddStringToObject(rule, "id", rules[i]->name);
		cJSON *what = cJSON_AddObjectToObject(rule, "shortDescription");
		cJSON_AddStringToObject(what, "text", rules[i]->what);
	}
}

/* Where the code is, as debug information tells; else where the rule is. Both are relative, or of a file. */
static void add_location(cJSON *result, const struct audit *a, const struct finding *f)
{
	const struct frame *site = format_site(a, f);
	struct str file = site ? site->file : str_of(a->config->path ? a->config->path : "");
	uint64_t line = site ? site->line : f->use->line;
	if (!file.len || !line)
		return;
	struct buf uri = {0};
	if (*file.s == '/')
		buf_str(&uri, STR("file://"));
	for (size_t i = 0; i < file.len; i++) {
		char c = file.s[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		             (c && strchr("/._-~", c));
		if (plain)
			buf_char(&uri, c);
		else
			buf_fmt(&uri, "%%%02X", (unsigned char)c);
	}
	cJSON *location = document_item(cJSON_AddArrayToObject(result, "locations"));
	cJSON *physical = cJSON_AddObjectToObject(location, "physicalLocation");
	document_text(cJSON_AddObjectToObject(physical, "artifactLocation"), "uri", buf_view(&uri));
	cJSON_AddNumberToObject(cJSON_AddObjectToObject(physical, "region"), "startLine", (double)line);
	buf_free(&uri);
}

/* `invocation`: which run of several it's from; -1: there is one. */
static void add_result(cJSON *results, int invocation, const struct audit *a, const struct finding *f)
{
	cJSON *result = document_item(results);
	struct buf text = {0};
	char site[17];
	format_sentence(a, f, &text);
	cJSON_AddStringToObject(result, "ruleId", f->use->rule->name);
	cJSON_AddStringToObject(result, "level", format_level(f));
	document_text(cJSON_AddObjectToObject(result, "message"), "text", buf_view(&text));
	add_location(result, a, f);
	snprintf(site, sizeof(site), "%016llx", (unsigned long long)f->fingerprint);
	cJSON_AddStringToObject(cJSON_AddObjectToObject(result, "partialFingerprints"), "memtrace/v1", site);
	if (invocation >= 0)
		cJSON_AddNumberToObject(cJSON_AddObjectToObject(result, "provenance"), "invocationIndex", invocation);
	if (f->allowed) {
		cJSON *suppression = document_item(cJSON_AddArrayToObject(result, "suppressions"));
		cJSON_AddStringToObject(suppression, "kind", "external");
		document_text(suppression, "justification", f->allowed->reason);
	}
	buf_free(&text);
}

/* One of SARIF's runs, whatever memtrace's are: code scanning takes no two of one tool. */
static void put(const struct audits *runs, struct buf *out)
{
	cJSON *object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "version", "2.1.0");
	cJSON *run = document_item(cJSON_AddArrayToObject(object, "runs"));
	cJSON *driver = cJSON_AddObjectToObject(cJSON_AddObjectToObject(run, "tool"), "driver");
	cJSON_AddStringToObject(driver, "name", "memtrace");
	cJSON_AddStringToObject(driver, "version", MEMTRACE_VERSION);
	add_rules(driver);
	cJSON *invocations = cJSON_AddArrayToObject(run, "invocations");
	cJSON *results = cJSON_AddArrayToObject(run, "results");
	for (size_t r = 0; r < runs->n; r++) {
		const struct audit *a = runs->v[r];
		cJSON_AddBoolToObject(document_item(invocations), "executionSuccessful", a->ended && !a->partial);
		for (size_t i = 0; i < a->n; i++)
			add_result(results, runs->n > 1 ? (int)r : -1, a, &a->findings[i]);
	}
	document_put(object, out);
}

const struct format format_sarif = {"sarif", put};
