/* The report as JSON. */
#include <stdio.h>
#include <stdlib.h>

#include "decode/syscalls.h"
#include "report/report.h"
#include "report/document.h"

static void add_metrics(cJSON *object, const uint64_t last[METRICS], const uint64_t peak[METRICS],
    const uint64_t peak_at[METRICS])
{
	cJSON *metrics = cJSON_AddObjectToObject(object, "metrics");
	for (unsigned i = 0; i < METRICS; i++) {
		cJSON *metric = cJSON_AddObjectToObject(metrics, usage_metric(i).s);
		document_number(metric, "last", last[i]);
		document_number(metric, "peak", peak[i]);
		document_seconds(metric, "peak_at", peak_at[i]);
	}
}

static void add_kept(cJSON *object, const char *key, const struct kept *kept, bool has_rss)
{
	if (!kept->n)
		return;
	cJSON *of = cJSON_AddObjectToObject(object, key);
	document_number(of, "count", kept->n);
	document_number(of, "bytes", kept->bytes);
	if (has_rss)
		document_number(of, "resident", kept->rss);
}

static void add_process(cJSON *list, const struct ledger *l, const struct ledger_process *process)
{
	cJSON *object = document_item(list);
	document_number(object, "pid", (uint64_t)process->pid);
	document_text(object, "comm", ledger_text(l, process->comm));
	if (process->exe)
		document_text(object, "exe", ledger_text(l, process->exe));
	if (process->signal)
		document_text(object, "signal", ledger_text(l, process->signal));
	else if (process->has_code)
		cJSON_AddNumberToObject(object, "code", (double)process->code);
	document_seconds(object, "began", process->began);
	if (process->ended)
		document_seconds(object, "ended", process->end);
	document_number(object, "calls", process->calls);
	document_number(object, "failed", process->failed);
	if (process->max_rss)
		document_number(object, "max_rss", process->max_rss);
	if (process->has_rss)
		document_number(object, "resident", process->rss);
	add_metrics(object, process->last, process->peak, process->peak_at);
	add_kept(object, "thread_stacks", &process->thread_stacks, process->has_rss);
	add_kept(object, "arenas", &process->arenas, process->has_rss);
}

static void add_frames(cJSON *object, struct frame_list frames)
{
	cJSON *list = cJSON_AddArrayToObject(object, "stack");
	for (size_t i = 0; i < frames.n; i++) {
		const struct frame *frame = &frames.v[i];
		cJSON *of = document_item(list);
		if (frame->module.len)
			document_text(of, "module", frame->module);
		if (frame->build_id.len)
			document_text(of, "build_id", frame->build_id);
		document_hex(of, frame->module.len ? "offset" : "ip", frame->module.len ? frame->offset : frame->ip);
		if (frame->symbol.len)
			document_text(of, "symbol", frame->symbol);
		if (frame->file.len)
			document_text(of, "file", frame->file);
		if (frame->line)
			document_number(of, "line", frame->line);
	}
}

static void add_holding(cJSON *list, const struct ledger *l, const struct holding *holding)
{
	cJSON *object = document_item(list);
	const struct maker *maker = holding->born < l->makers_n ? &l->makers[holding->born] : NULL;
	document_number(object, "pid", (uint64_t)l->processes[holding->process].pid);
	document_hex(object, "start", holding->start);
	document_number(object, "size", holding->end - holding->start);
	if (holding->has_rss)
		document_number(object, "resident", holding->rss);
	if (holding->name)
		document_text(object, "name", ledger_text(l, holding->name));
	if (holding->is & (RANGE_THREAD_STACK | RANGE_ARENA))
		cJSON_AddStringToObject(
		    object, "purpose", holding->is & RANGE_ARENA ? "malloc arena" : "thread stack");
	if (!maker)
		return;
	if (maker->seq)
		document_number(object, "event", maker->seq);
	document_seconds(object, "made", maker->elapsed);
	if (maker->stack)
		add_frames(object, stacks_get(&l->stacks, maker->stack));
}

static void add_group(cJSON *list, const struct ledger *l, const struct group *group, const char *key)
{
	struct buf name = {0};
	cJSON *object = document_item(list);
	if (strcmp(key, "path") == 0)
		buf_str(&name, ledger_text(l, group->path));
	else
		ledger_name(l, group, &name);
	document_text(object, key, buf_view(&name));
	buf_free(&name);
	if (group->call_id >= 0)
		cJSON_AddStringToObject(object, "call", syscalls[group->call_id].name);
	document_number(object, "calls", group->calls);
	document_number(object, "failed", group->failed);
	document_number(object, "mapped", group->mapped);
	document_number(object, "live", group->live);
	document_number(object, "peak", group->peak);
	document_seconds(object, "peak_at", group->peak_at);
	document_number(object, "churn", group->churn);
	document_seconds(object, "first", group->first);
	document_seconds(object, "last", group->last);
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
		cJSON *of = document_item(list);
		cJSON_AddStringToObject(of, "call", syscalls[group->call_id].name);
		document_text(of, "error", ledger_text(l, group->stack));
		document_number(of, "count", group->calls);
		document_number(of, "length", group->length);
		document_seconds(of, "first", group->first);
		document_text(of, "comm", ledger_text(l, group->name));
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
	document_text(object, "run", ledger_text(l, l->run));
	document_text(object, "host", ledger_text(l, l->host));
	document_text(object, "engine", ledger_text(l, l->engine));
	document_text(object, "command", ledger_text(l, l->command));
	document_seconds(object, "elapsed", l->elapsed);
	document_number(object, "calls", l->calls);
	document_number(object, "failed", l->failed);
	if (l->ended)
		document_text(object, "coverage", ledger_text(l, l->coverage));
	if (l->ended)
		document_text(object, "reasons", ledger_text(l, l->reasons));
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
	document_put(object, out);
}
