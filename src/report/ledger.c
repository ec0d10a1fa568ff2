#include "report/ledger.h"

#include <errno.h>
#include <stdlib.h>

#include "decode/flags.h"
#include "decode/syscalls.h"
#include "report/holdings.h"
#include "report/site.h"
#include "util/cleanup.h"
#include "util/mem.h"

#define PID_MAX (1 << 22) /* proc(5), pid_max */

struct ledger *ledger_new(enum ledger_by by, struct model *model)
{
	struct ledger *l = mem_alloc(sizeof(*l));
	l->by = by;
	l->owns_model = !model;
	l->model = model ? model : model_new();
	model_watch(l->model);
	l->by_pid = mem_alloc(PID_MAX * sizeof(*l->by_pid));
	return l;
}

/* ---- the run ---- */

static bool lists(const struct event *start, const char *call)
{
	for (size_t i = 0; i < start->calls.n; i++) {
		if (str_is(start->calls.v[i], call))
			return true;
	}
	return false;
}

/* Whether nothing but calls beside those of %map is to be had of it: "-e %memory", for one. */
static bool is_wide(struct str filter)
{
	struct err none = {.status = 0};
	uint64_t set = 0;
	if (!str_begins(filter, STR("-e ")))
		return false;
	_cleanup_(buf_free) struct buf text = {0};
	buf_add(&text, filter.s + 3, filter.len - 3);
	buf_char(&text, '\0');
	return syscalls_parse(text.data, &set, &none) == 0 &&
	       syscalls_cover(set, syscalls_group(GROUP_MAP | GROUP_MAP_PART));
}

int ledger_check(const struct event *start, const char *name, struct err *err)
{
	/* Those that every version has; later ones came with what needs them. */
	static const char *const calls[] = {"brk", "mmap", "munmap", "mprotect", "mremap", "shmat", "shmdt"};
	if (event_has(start, F_filter) && !is_wide(start->filter))
		return err_set(err, -EINVAL,
		    "%s was filtered (%.*s), and what its address spaces were can't be known from a part of "
		    "their calls; trace without",
		    name, (int)start->filter.len, start->filter.s);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!lists(start, calls[i]))
			return err_set(err, -EINVAL,
			    "%s has no %s calls, and what its address spaces were can't be known without; trace "
			    "%%map",
			    name, calls[i]);
	}
	if (str_is(start->engine, "notify"))
		return err_set(err, -EINVAL,
		    "%s was made by the engine notify, which doesn't see what calls return; use --engine=ptrace",
		    name);
	return 0;
}

static uint32_t keep(struct ledger *l, struct str text)
{
	return intern_add(&l->texts, text);
}

static uint32_t keep_words(struct ledger *l, struct str_list words)
{
	struct buf text = {0};
	for (size_t i = 0; i < words.n; i++) {
		if (i)
			buf_char(&text, ' ');
		buf_str(&text, words.v[i]);
	}
	uint32_t number = keep(l, buf_view(&text));
	buf_free(&text);
	return number;
}

static void take_start(struct ledger *l, const struct event *ev)
{
	l->begun = true;
	l->run = keep(l, ev->run);
	l->host = keep(l, ev->host);
	l->engine = keep(l, ev->engine);
	l->started = ev->time;
	if (event_has(ev, F_command))
		l->command = keep_words(l, ev->command);
}

static void take_end(struct ledger *l, const struct event *ev)
{
	l->ended = true;
	l->coverage = keep(l, ev->coverage);
	l->reasons = keep_words(l, ev->reasons);
	l->lost = ev->lost;
	for (uint32_t i = 0; i < l->processes_n; i++) {
		if (!l->processes[i].ended)
			holdings_take(l, i, (struct map_list){0}, false);
	}
}

/* ---- processes ---- */

struct ledger_process *ledger_process(const struct ledger *l, int64_t pid)
{
	if (pid <= 0 || pid >= PID_MAX || !l->by_pid[pid])
		return NULL;
	return &l->processes[l->by_pid[pid] - 1];
}

static struct ledger_process *add_process(struct ledger *l, int64_t pid, const struct event *ev)
{
	if (pid <= 0 || pid >= PID_MAX)
		return NULL;
	struct ledger_process *process = MEM_PUSH(l->processes, l->processes_n, l->processes_size);
	*process = (struct ledger_process){.pid = pid, .comm = keep(l, ev->comm), .began = ev->elapsed};
	l->by_pid[pid] = (uint32_t)l->processes_n;
	return process;
}

static void take_image(struct ledger *l, const struct event *ev)
{
	struct ledger_process *process = ledger_process(l, ev->pid);
	if (!process || process->ended)
		process = add_process(l, ev->pid, ev);
	if (!process)
		return;
	process->comm = keep(l, ev->comm);
	if (event_has(ev, F_exe))
		process->exe = keep(l, ev->exe);
}

static void take_exit(struct ledger *l, const struct event *ev)
{
	struct ledger_process *process = ledger_process(l, ev->pid);
	if (!process || process->ended)
		return;
	process->ended = true;
	process->end = ev->elapsed;
	process->comm = keep(l, ev->comm);
	process->max_rss = event_has(ev, F_max_rss) ? ev->max_rss : 0;
	process->has_code = event_has(ev, F_code);
	process->code = ev->code;
	process->signal = event_has(ev, F_signal) ? keep(l, ev->signal) : 0;
	bool known = event_has(ev, F_residency);
	if (!model_shares(l->model, ev->pid))
		holdings_take(l, l->by_pid[ev->pid] - 1, known ? ev->residency : (struct map_list){0}, known);
}

static void raise_peaks(const uint64_t now[METRICS], uint64_t elapsed, uint64_t last[METRICS],
    uint64_t peak[METRICS], uint64_t peak_at[METRICS])
{
	for (unsigned i = 0; i < METRICS; i++) {
		last[i] = now[i];
		if (now[i] > peak[i]) {
			peak[i] = now[i];
			peak_at[i] = elapsed;
		}
	}
}

static void measure_process(struct ledger *l, int64_t pid, uint64_t elapsed)
{
	struct ledger_process *process = ledger_process(l, pid);
	const struct address_space *space = process ? model_space(l->model, pid) : NULL;
	if (!space)
		return;
	raise_peaks(space->now, elapsed, process->last, process->peak, process->peak_at);
	series_note(&process->series, elapsed, space->now[METRIC_COMMITTED]);
}

static void measure(struct ledger *l, const struct event *ev)
{
	uint64_t now[METRICS], peak[METRICS];
	model_tree(l->model, now, peak);
	raise_peaks(now, ev->elapsed, l->tree_last, l->tree_peak, l->tree_peak_at);
	series_note(&l->tree_series, ev->elapsed, now[METRIC_COMMITTED]);
	if (ev->type != EVENT_EXIT)
		measure_process(l, ev->pid, ev->elapsed);
	if (ev->type == EVENT_FORK && !ev->thread && !ev->shares_vm) /* it has what its parent has */
		measure_process(l, ev->child, ev->elapsed);
}

/* ---- calls ---- */

static uint64_t key_of(const struct ledger *l, const struct event *ev, uint32_t stack, uint32_t path)
{
	switch (l->by) {
	case BY_PROCESS: return site_mix(2, l->by_pid[ev->pid]);
	case BY_PATH: return site_mix(3, path);
	case BY_CALL: return site_mix(4, (uint64_t)ev->call_id);
	case BY_SITE: return site_key(ev, stack, path);
	case BY_SITE_OF_PROCESS: return site_mix(site_key(ev, stack, path), keep((struct ledger *)(uintptr_t)l, ev->comm));
	}
	return 0;
}

static uint32_t group_of(struct ledger *l, struct groups *g, uint64_t key, const struct event *ev,
    uint32_t stack, uint32_t path)
{
	uint32_t at = groups_of(g, key);
	struct group *group = &g->v[at];
	if (!group->calls) {
		group->stack = stack;
		group->path = path;
		group->name = keep(l, ev->comm);
		group->process = l->by_pid[ev->pid] ? l->by_pid[ev->pid] - 1 : 0;
	}
	site_count(group, ev);
	if (group->length < (event_has(ev, F_length) ? ev->length : 0) && g == &l->failures)
		group->length = ev->length;
	return at;
}

/* What it did to what earlier calls had made, and to its own. Parents' mappings that a child inherited are theirs. */
static void settle_pieces(struct ledger *l, const struct change *change, uint64_t space, uint64_t now)
{
	for (size_t i = 0; i < change->pieces_n; i++) {
		const struct piece *piece = &change->pieces[i];
		if (piece->born >= l->makers_n)
			continue;
		struct maker *maker = &l->makers[piece->born];
		if (maker->space != space)
			continue;
		uint64_t age = now - maker->elapsed;
		maker->live += (uint64_t)piece->bytes;
		if (maker->group)
			groups_change(&l->groups.v[maker->group - 1], piece->bytes, age, now);
		if (maker->file)
			groups_change(&l->files.v[maker->file - 1], piece->bytes, age, now);
	}
}

static void take_call(struct ledger *l, const struct event *ev, const struct change *change)
{
	struct ledger_process *process = ledger_process(l, ev->pid);
	const struct address_space *space = model_space(l->model, ev->pid);
	if (!process || !space || ev->call_id < 0)
		return;
	bool failed = event_has(ev, F_error);
	l->calls++;
	l->failed += failed;
	process->calls++;
	process->failed += failed;
	uint32_t stack = event_has(ev, F_stack) ? stacks_add(&l->stacks, ev->stack) : 0;
	uint32_t path = event_has(ev, F_path) ? keep(l, ev->path) : 0;
	l->has_stacks |= stack != 0;
	struct maker *maker = &l->makers[model_events(l->model)];
	maker->space = space->id;
	maker->stack = stack;
	maker->call_id = (int16_t)ev->call_id;
	maker->group = group_of(l, &l->groups, key_of(l, ev, stack, path), ev, stack, path) + 1;
	if (path)
		maker->file = group_of(l, &l->files, site_mix(5, path), ev, 0, path) + 1;
	if (failed)
		group_of(l, &l->failures, site_mix(site_mix(6, (uint64_t)ev->call_id), keep(l, ev->error)), ev,
		    keep(l, ev->error), 0);
	settle_pieces(l, change, space->id, ev->elapsed);
}

static void note_maker(struct ledger *l, const struct event *ev)
{
	uint64_t number = model_events(l->model);
	while (l->makers_n <= number) {
		struct maker *maker = MEM_PUSH(l->makers, l->makers_n, l->makers_size);
		*maker = (struct maker){.call_id = -1};
	}
	struct maker *maker = &l->makers[number];
	maker->seq = event_has(ev, F_seq) ? ev->seq : 0;
	maker->type = ev->type;
	maker->elapsed = event_has(ev, F_elapsed) ? ev->elapsed : 0;
	maker->tid = event_has(ev, F_tid) ? ev->tid : 0;
	maker->comm = event_has(ev, F_comm) ? keep(l, ev->comm) : 0;
}

void ledger_take(struct ledger *l, const struct event *ev)
{
	struct change change;
	model_apply(l->model, ev, &change);
	ledger_note(l, ev, &change);
}

void ledger_note(struct ledger *l, const struct event *ev, const struct change *change)
{
	note_maker(l, ev);
	if (event_has(ev, F_elapsed))
		l->elapsed = ev->elapsed;
	switch (ev->type) {
	case EVENT_START: take_start(l, ev); return;
	case EVENT_END: take_end(l, ev); return;
	case EVENT_EXEC:
	case EVENT_ATTACH: take_image(l, ev); break;
	case EVENT_FORK:
		if (!ev->thread)
			add_process(l, ev->child, ev);
		break;
	case EVENT_CALL: take_call(l, ev, change); break;
	case EVENT_EXIT:
	case EVENT_DETACH: take_exit(l, ev); break;
	default: return;
	}
	if (ledger_process(l, ev->pid))
		measure(l, ev);
}

/* ---- in words ---- */

struct str ledger_text(const struct ledger *l, uint32_t number)
{
	return intern_text(&l->texts, number);
}

void ledger_name(const struct ledger *l, const struct group *group, struct buf *out)
{
	struct str comm = ledger_text(l, group->name), path = ledger_text(l, group->path);
	switch (l->by) {
	case BY_PROCESS:
		buf_fmt(out, "%lld %.*s", (long long)l->processes[group->process].pid, (int)comm.len, comm.s);
		return;
	case BY_PATH: buf_str(out, path.len ? path : STR("no file")); return;
	case BY_CALL: buf_str(out, str_of(syscalls[group->call_id].name)); return;
	case BY_SITE:
	case BY_SITE_OF_PROCESS: break;
	}
	site_put(group, path, stacks_get(&l->stacks, group->stack), out);
}

void ledger_free(struct ledger *l)
{
	if (!l)
		return;
	if (l->owns_model)
		model_free(l->model);
	intern_free(&l->texts);
	stacks_free(&l->stacks);
	groups_free(&l->groups);
	groups_free(&l->files);
	groups_free(&l->failures);
	free(l->makers);
	free(l->processes);
	free(l->by_pid);
	free(l);
}
