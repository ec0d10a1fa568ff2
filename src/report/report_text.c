/* The report as text. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "decode/syscalls.h"
#include "report/report.h"

#define COLUMNS 80

/* Of a stack; --json has all. */
#define FRAMES_SHOWN 12

struct page {
	const struct ledger *l;
	const struct report_setup *setup;
	struct buf *out;
};

static void line(struct page *p)
{
	buf_char(p->out, '\n');
}

/* ---- the run ---- */

static void put_run(struct page *p)
{
	const struct ledger *l = p->l;
	struct str command = ledger_text(l, l->command), coverage = ledger_text(l, l->coverage);
	struct str reasons = ledger_text(l, l->reasons);
	words_fit(p->out, &p->setup->words, command.len ? command : STR("running processes"), COLUMNS);
	line(p);
	buf_plain(p->out, ledger_text(l, l->engine));
	buf_str(p->out, STR(" on "));
	buf_plain(p->out, ledger_text(l, l->host));
	buf_str(p->out, STR(", "));
	words_time(p->out, l->elapsed, 0);
	buf_fmt(p->out, " s: %zu process%s, %llu calls, %llu failed; ", l->processes_n,
	    l->processes_n == 1 ? "" : "es", (unsigned long long)l->calls, (unsigned long long)l->failed);
	buf_plain(p->out, l->ended ? coverage : STR("the trace has no end"));
	if (l->ended && reasons.len) {
		buf_str(p->out, STR(": "));
		buf_plain(p->out, reasons);
	}
	line(p);
}

/* ---- processes ---- */

static void put_metrics(struct page *p, const uint64_t last[METRICS], const uint64_t peak[METRICS],
    const uint64_t peak_at[METRICS])
{
	for (unsigned i = 0; i < METRICS; i++) {
		if (!peak[i])
			continue;
		struct str name = usage_metric(i);
		buf_fmt(p->out, "    %-10.*s", (int)name.len, name.s);
		if (i == METRIC_VMAS)
			buf_fmt(p->out, "%8llu%8llu", (unsigned long long)peak[i], (unsigned long long)last[i]);
		if (i != METRIC_VMAS) {
			words_size(p->out, peak[i], 8);
			words_size(p->out, last[i], 8);
		}
		words_time(p->out, peak_at[i], 10);
		buf_str(p->out, STR("  "));
		words_bar(p->out, &p->setup->words, i == METRIC_VMAS ? 0 : peak[i], peak[METRIC_MAPPED], 36);
		line(p);
	}
}

static void put_end(struct page *p, const struct ledger_process *process)
{
	struct str signal = ledger_text(p->l, process->signal);
	if (!process->ended)
		buf_str(p->out, STR("lives"));
	else if (signal.len)
		buf_plain(p->out, signal);
	else if (process->has_code)
		buf_fmt(p->out, "exit %lld", (long long)process->code);
	else
		buf_str(p->out, STR("ended"));
}

static void put_kept(struct page *p, const struct kept *kept, const char *what, bool has_rss)
{
	if (!kept->n)
		return;
	buf_fmt(p->out, "    %llu %s%s, ", (unsigned long long)kept->n, what, kept->n == 1 ? "" : "s");
	words_size(p->out, kept->bytes, 0);
	if (has_rss && kept->bytes)
		buf_fmt(p->out, ", %.0f %% touched", 100.0 * (double)kept->rss / (double)kept->bytes);
	line(p);
}

static void put_process(struct page *p, const struct ledger_process *process)
{
	struct str comm = ledger_text(p->l, process->comm);
	buf_fmt(p->out, "  %lld ", (long long)process->pid);
	words_fit(p->out, &p->setup->words, comm, 20);
	buf_fmt(p->out, ": %llu calls, %llu failed, ", (unsigned long long)process->calls,
	    (unsigned long long)process->failed);
	put_end(p, process);
	if (process->max_rss) {
		buf_str(p->out, STR(", resident at most "));
		words_size(p->out, process->max_rss, 0);
	}
	line(p);
	put_metrics(p, process->last, process->peak, process->peak_at);
	buf_str(p->out, STR("    committed over time "));
	uint64_t end = process->ended ? process->end : p->l->elapsed;
	words_curve(p->out, &p->setup->words, &process->series, end, SERIES_STEPS);
	line(p);
	put_kept(p, &process->thread_stacks, "thread stack", process->has_rss);
	put_kept(p, &process->arenas, "malloc arena", process->has_rss);
}

static int by_committed(const void *a, const void *b, void *arg)
{
	const struct ledger *l = arg;
	const struct ledger_process *x = &l->processes[*(const uint32_t *)a], *y = &l->processes[*(const uint32_t *)b];
	if (x->peak[METRIC_COMMITTED] != y->peak[METRIC_COMMITTED])
		return x->peak[METRIC_COMMITTED] > y->peak[METRIC_COMMITTED] ? -1 : 1;
	return x < y ? -1 : 1;
}

static void put_processes(struct page *p)
{
	const struct ledger *l = p->l;
	size_t n = l->processes_n;
	uint32_t *order = malloc((n + 1) * sizeof(*order));
	for (size_t i = 0; order && i < n; i++)
		order[i] = (uint32_t)i;
	if (order)
		qsort_r(order, n, sizeof(*order), by_committed, (void *)(uintptr_t)l);
	words_heading(p->out, &p->setup->words,
	    "PROCESSES        most    last   most at s   (by committed memory)");
	if (n > 1) {
		buf_str(p->out, STR("  all together, shared memory once\n"));
		put_metrics(p, l->tree_last, l->tree_peak, l->tree_peak_at);
	}
	size_t shown = n < p->setup->top ? n : p->setup->top;
	for (size_t i = 0; order && i < shown; i++)
		put_process(p, &l->processes[order[i]]);
	if (n > shown)
		buf_fmt(p->out, "  and %zu more (--top=%zu)\n", n - shown, n);
	free(order);
}

/* ---- what is kept ---- */

static void put_purpose(const struct holding *holding, struct buf *out)
{
	if (holding->is & RANGE_THREAD_STACK)
		buf_str(out, STR("[thread stack]"));
	else if (holding->is & RANGE_ARENA)
		buf_str(out, STR("[malloc arena]"));
	else
		buf_str(out, STR("anonymous"));
}

static void put_holding(struct page *p, const struct holding *holding)
{
	const struct ledger *l = p->l;
	const struct ledger_process *process = &l->processes[holding->process];
	const struct maker *maker = holding->born < l->makers_n ? &l->makers[holding->born] : NULL;
	uint64_t size = holding->end - holding->start;
	struct buf text = {0};
	buf_str(p->out, STR("  "));
	words_size(p->out, size, 8);
	if (holding->has_rss)
		buf_fmt(p->out, "%6.0f %%", 100.0 * (double)holding->rss / (double)size);
	else
		buf_str(p->out, STR("       -"));
	words_time(p->out, maker ? maker->elapsed : 0, 9);
	buf_fmt(p->out, " %8lld  ", (long long)process->pid);
	struct str name = ledger_text(l, holding->name);
	if (name.len)
		buf_str(&text, name);
	else
		put_purpose(holding, &text);
	const struct frame *site = maker ? stacks_site(stacks_get(&l->stacks, maker->stack)) : NULL;
	if (site) {
		buf_str(&text, STR(" by "));
		stacks_put_frame(&text, site);
	}
	words_fit(p->out, &p->setup->words, buf_view(&text), COLUMNS - 40);
	buf_free(&text);
	line(p);
}

static void put_holdings(struct page *p)
{
	const struct ledger *l = p->l;
	words_heading(p->out, &p->setup->words,
	    "MAPPINGS    size  touched  made at s   pid  (the biggest at the end)");
	for (size_t i = 0; i < l->holdings_n && i < p->setup->top; i++)
		put_holding(p, &l->holdings[i]);
}

/* ---- who mapped ---- */

static const char *const headings[] = {
    [BY_PROCESS] = "PROCESSES  live  mapped    peak   churn   calls  live over time",
    [BY_PATH] = "PATHS      live  mapped    peak   churn   calls  live over time",
    [BY_SITE] = "CALL SITES live  mapped    peak   churn   calls  live over time",
    [BY_CALL] = "CALLS      live  mapped    peak   churn   calls  live over time"};

static void put_group(struct page *p, const struct group *group)
{
	struct buf text = {0};
	buf_str(p->out, STR("    "));
	words_size(p->out, group->live, 8);
	words_size(p->out, group->mapped, 8);
	words_size(p->out, group->peak, 8);
	words_size(p->out, group->churn, 8);
	buf_fmt(p->out, "%8llu  ", (unsigned long long)group->calls);
	words_curve(p->out, &p->setup->words, &group->series, p->l->elapsed, 8);
	buf_str(p->out, STR("  "));
	ledger_name(p->l, group, &text);
	words_fit(p->out, &p->setup->words, buf_view(&text), COLUMNS - 56);
	buf_free(&text);
	line(p);
}

/* Those with something at `offset` of struct group, the most first. */
static void put_groups(struct page *p, const struct groups *groups, const char *heading, size_t offset)
{
	uint32_t *order = groups_sort(groups, offset);
	size_t shown = 0, left = 0;
	for (size_t i = 0; i < groups->n; i++) {
		const struct group *group = &groups->v[order[i]];
		uint64_t value;
		memcpy(&value, (const char *)group + offset, sizeof(value));
		if (!value)
			break;
		if (!shown)
			words_heading(p->out, &p->setup->words, heading);
		if (shown < p->setup->top) {
			put_group(p, group);
			shown++;
		} else {
			left++;
		}
	}
	if (left)
		buf_fmt(p->out, "    and %zu more\n", left);
	free(order);
}

/* The one with most bytes has its whole stack told. */
static void put_stack(struct page *p)
{
	const struct groups *groups = &p->l->groups;
	if (!p->l->has_stacks || p->l->by != BY_SITE || !groups->n)
		return;
	uint32_t *order = groups_sort(groups, offsetof(struct group, live));
	const struct group *group = &groups->v[order[0]];
	buf_str(p->out, STR("    the first of them, innermost call first:\n"));
	struct frame_list frames = stacks_get(&p->l->stacks, group->stack);
	size_t all = frames.n;
	frames.n = all > FRAMES_SHOWN ? FRAMES_SHOWN : all;
	stacks_put(p->out, frames, "      ");
	if (all > frames.n)
		buf_fmt(p->out, "      and %zu more\n", all - frames.n);
	free(order);
}

static void put_file(struct page *p, const struct group *group)
{
	buf_str(p->out, STR("    "));
	words_size(p->out, group->live, 8);
	words_size(p->out, group->mapped, 8);
	buf_fmt(p->out, "%8llu  ", (unsigned long long)group->calls);
	words_fit(p->out, &p->setup->words, ledger_text(p->l, group->path), COLUMNS - 30);
	line(p);
}

static void put_files(struct page *p)
{
	const struct groups *files = &p->l->files;
	uint32_t *order = groups_sort(files, offsetof(struct group, mapped));
	if (files->n)
		words_heading(p->out, &p->setup->words, "FILES       live  mapped   calls");
	for (size_t i = 0; i < files->n && i < p->setup->top; i++)
		put_file(p, &files->v[order[i]]);
	if (files->n > p->setup->top)
		buf_fmt(p->out, "    and %zu more\n", files->n - p->setup->top);
	free(order);
}

/* ---- failures ---- */

static void put_failure(struct page *p, const struct group *group)
{
	struct str error = ledger_text(p->l, group->stack);
	const char *cause = report_cause(group->call_id, error);
	buf_fmt(p->out, "%8llu  %s ", (unsigned long long)group->calls, syscalls[group->call_id].name);
	buf_plain(p->out, error);
	if (group->length) {
		buf_str(p->out, STR(", of "));
		words_size(p->out, group->length, 0);
	}
	buf_fmt(p->out, ", first at ");
	words_time(p->out, group->first, 0);
	buf_str(p->out, STR(" by "));
	buf_plain(p->out, ledger_text(p->l, group->name));
	buf_char(p->out, '\n');
	if (*cause)
		buf_fmt(p->out, "            %s\n", cause);
}

static void put_failures(struct page *p)
{
	const struct groups *failures = &p->l->failures;
	uint32_t *order = groups_sort(failures, offsetof(struct group, calls));
	if (failures->n)
		words_heading(p->out, &p->setup->words, "FAILURES");
	for (size_t i = 0; i < failures->n && i < p->setup->top; i++)
		put_failure(p, &failures->v[order[i]]);
	free(order);
}

void report_text(const struct ledger *l, const struct report_setup *setup, struct buf *out)
{
	struct page p = {l, setup, out};
	put_run(&p);
	put_processes(&p);
	put_holdings(&p);
	put_groups(&p, &l->groups, headings[l->by], offsetof(struct group, live));
	put_stack(&p);
	put_groups(&p, &l->groups, "CHURN: the most that was unmapped within 0.1 s",
	    offsetof(struct group, churn));
	put_files(&p);
	put_failures(&p);
}
