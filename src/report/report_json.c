/* The report as JSON. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/syscalls.h"
#include "report/report.h"
#include "trace/json.h"

/* Whole numbers as they are: cJSON has doubles only. */
static void add_number(cJSON *object, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	cJSON_AddRawToObject(object, key, text);
}

/* Texts as in traces: bytes that aren't UTF-8 become U+FFFD. */
static void add_text(cJSON *object, const char *key, struct str text)
{
	struct buf quoted = {0};
	json_put_text(&quoted, text);
	buf_char(&quoted, '\0');
	cJSON_AddRawToObject(object, key, quoted.data);
	buf_free(&quoted);
}

static void add_seconds(cJSON *object, const char *key, uint64_t nsec)
{
	char text[40];
	snprintf(text, sizeof(text), "%llu.%09llu", (unsigned long long)(nsec / 1000000000),
	    (unsigned long long)(nsec % 1000000000));
	cJSON_AddRawToObject(object, key, text);
}

static void add_hex(cJSON *object, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	cJSON_AddStringToObject(object, key, text);
}

static void add_metrics(cJSON *object, const uint64_t last[METRICS], const uint64_t peak[METRICS],
    const uint64_t peak_at[METRICS])
{
	cJSON *metrics = cJSON_AddObjectToObject(object, "metrics");
	for (unsigned i = 0; i < METRICS; i++) {
		cJSON *metric = cJSON_AddObjectToObject(metrics, usage_metric(i).s);
		add_number(metric, "last", last[i]);
		add_number(metric, "peak", peak[i]);
		add_seconds(metric, "peak_at", peak_at[i]);
	}
}

static void add_kept(cJSON *object, const char *key, const struct kept *kept, bool has_rss)
{
	if (!kept->n)
		return;
	cJSON *of = cJSON_AddObjectToObject(object, key);
	add_number(of, "count", kept->n);
	add_number(of, "bytes", kept->bytes);
	if (has_rss)
		add_number(of, "resident", kept->rss);
}

static void add_process(cJSON *list, const struct ledger *l, const struct ledger_process *process)
{
	cJSON *object = cJSON_CreateObject();
	cJSON_AddItemToArray(list, object);
	add_number(object, "pid", (uint64_t)process->pid);
	add_text(object, "comm", ledger_text(l, process->comm));
	if (process->exe)
		add_text(object, "exe", ledger_text(l, process->exe));
	if (process->signal)
		add_text(object, "signal", ledger_text(l, process->signal));
	else if (process->has_code)
		cJSON_AddNumberToObject(object, "code", (double)process->code);
	add_seconds(object, "began", process->began);
	if (process->ended)
		add_seconds(object, "ended", process->end);
	add_number(object, "calls", process->calls);
	add_number(object, "failed", process->failed);
	if (process->max_rss)
		add_number(object, "max_rss", process->max_rss);
	if (process->has_rss)
		add_number(object, "resident", process->rss);
	add_metrics(object, process->last, process->peak, process->peak_at);
	add_kept(object, "thread_stacks", &process->thread_stacks, process->has_rss);
	add_kept(object, "arenas", &process->arenas, process->has_rss);
}

static void add_frames(cJSON *object, struct frame_list frames)
{
	cJSON *list = cJSON_AddArrayToObject(object, "stack");
	for (size_t i = 0; i < frames.n; i++) {
		const struct frame *frame = &frames.v[i];
		cJSON *of = cJSON_CreateObject();
		cJSON_AddItemToArray(list, of);
		if (frame->module.len)
			add_text(of, "module", frame->module);
		if (frame->build_id.len)
			add_text(of, "build_id", frame->build_id);
		add_hex(of, frame->module.len ? "offset" : "ip", frame->module.len ? frame->offset : frame->ip);
		if (frame->symbol.len)
			add_text(of, "symbol", frame->symbol);
		if (frame->file.len)
			add_text(of, "file", frame->file);
		if (frame->line)
			add_number(of, "line", frame->line);
	}
}

static void add_holding(cJSON *list, const struct ledger *l, const struct holding *holding)
{
	cJSON *object = cJSON_CreateObject();
	const struct maker *maker = holding->born < l->makers_n ? &l->makers[holding->born] : NULL;
	cJSON_AddItemToArray(list, object);
	add_number(object, "pid", (uint64_t)l->processes[holding->process].pid);
	add_hex(object, "start", holding->start);
	add_number(object, "size", holding->end - holding->start);
	if (holding->has_rss)
		add_number(object, "resident", holding->rss);
	if (holding->name)
		add_text(object, "name", ledger_text(l, holding->name));
	if (holding->is & (RANGE_THREAD_STACK | RANGE_ARENA))
		cJSON_AddStringToObject(
		    object, "purpose", holding->is & RANGE_ARENA ? "malloc arena" : "thread stack");
	if (!maker)
		return;
	if (maker->seq)
		add_number(object, "event", maker->seq);
	add_seconds(object, "made", maker->elapsed);
	if (maker->stack)
		add_frames(object, stacks_get(&l->stacks, maker->stack));
}

static void add_group(cJSON *list, const struct ledger *l, const struct group *group, const char *key)
{
	struct buf name = {0};
	cJSON *object = cJSON_CreateObject();
	cJSON_AddItemToArray(list, object);
	if (strcmp(key, "path") == 0)
		buf_str(&name, ledger_text(l, group->path));
	else
		ledger_name(l, group, &name);
	add_text(object, key, buf_view(&name));
	buf_free(&name);
	if (group->call_id >= 0)
		cJSON_AddStringToObject(object, "call", syscalls[group->call_id].name);
	add_number(object, "calls", group->calls);
	add_number(object, "failed", group->failed);
	add_number(object, "mapped", group->mapped);
	add_number(object, "live", group->live);
	add_number(object, "peak", group->peak);
	add_seconds(object, "peak_at", group->peak_at);
	add_number(object, "churn", group->churn);
	add_seconds(object, "first", group->first);
	add_seconds(object, "last", group->last);
	if (group->stack && key[0] == 's')
		add_frames(object, stacks_get(&l->stacks, group->stack));
}

static void add_groups(cJSON *object, const char *list_key, const struct ledger *l,
    const struct groups *groups, const char *key, const struct report_setup *setup)
{
	uint32_t *order = groups_sort(groups, offsetof(struct group, live));
	cJSON *list = cJSON_AddArrayToObject(object, list_key);
	for (size_t i = 0; i < groups->n && i < setup->top; i++)
		add_group(list, l, &groups->v[order[i]], key);
	free(order);
}

static void add_failures(cJSON *object, const struct ledger *l)
{
	cJSON *list = cJSON_AddArrayToObject(object, "failures");
	for (size_t i = 0; i < l->failures.n; i++) {
		const struct group *group = &l->failures.v[i];
		cJSON *of = cJSON_CreateObject();
		cJSON_AddItemToArray(list, of);
		cJSON_AddStringToObject(of, "call", syscalls[group->call_id].name);
		add_text(of, "error", ledger_text(l, group->stack));
		add_number(of, "count", group->calls);
		add_number(of, "length", group->length);
		add_seconds(of, "first", group->first);
		add_text(of, "comm", ledger_text(l, group->name));
		const char *cause = report_cause(group->call_id, ledger_text(l, group->stack));
		if (*cause)
			cJSON_AddStringToObject(of, "cause", cause);
	}
}

static const char *key_of(enum ledger_by by)
{
	static const char *const keys[] = {
	    [BY_PROCESS] = "process", [BY_PATH] = "path", [BY_SITE] = "site", [BY_CALL] = "of"};
	return keys[by];
}

static void add_run(cJSON *object, const struct ledger *l)
{
	add_text(object, "run", ledger_text(l, l->run));
	add_text(object, "host", ledger_text(l, l->host));
	add_text(object, "engine", ledger_text(l, l->engine));
	add_text(object, "command", ledger_text(l, l->command));
	add_seconds(object, "elapsed", l->elapsed);
	add_number(object, "calls", l->calls);
	add_number(object, "failed", l->failed);
	if (l->ended)
		add_text(object, "coverage", ledger_text(l, l->coverage));
	if (l->ended)
		add_text(object, "reasons", ledger_text(l, l->reasons));
}

void report_json(const struct ledger *l, const struct report_setup *setup, struct buf *out)
{
	cJSON *object = cJSON_CreateObject();
	add_run(object, l);
	cJSON *tree = cJSON_AddObjectToObject(object, "tree");
	add_metrics(tree, l->tree_last, l->tree_peak, l->tree_peak_at);
	cJSON *processes = cJSON_AddArrayToObject(object, "processes");
	for (size_t i = 0; i < l->processes_n; i++)
		add_process(processes, l, &l->processes[i]);
	cJSON *holdings = cJSON_AddArrayToObject(object, "mappings");
	for (size_t i = 0; i < l->holdings_n && i < setup->top; i++)
		add_holding(holdings, l, &l->holdings[i]);
	add_groups(object, "groups", l, &l->groups, key_of(l->by), setup);
	add_groups(object, "files", l, &l->files, "path", setup);
	add_failures(object, l);
	char *text = cJSON_PrintUnformatted(object);
	if (text)
		buf_str(out, str_of(text));
	buf_char(out, '\n');
	cJSON_free(text);
	cJSON_Delete(object);
}
