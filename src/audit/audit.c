#include "audit/audit.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "audit/written.h"
#include "util/mem.h"

#define MAX_MAP_COUNT 65530 /* proc_sys_vm(5), where the trace doesn't say */

struct audit *audit_new(struct config *config, struct model *model)
{
	struct audit *a = mem_alloc(sizeof(*a));
	a->config = config;
	a->model = model;
	a->ledger = ledger_new(BY_SITE, model);
	a->max_map_count = MAX_MAP_COUNT;
	a->written = written_new();
	return a;
}

/* ---- showing it to the rules ---- */

typedef void rule_fn(const struct moment *m);

static bool concerns(const struct rule_use *use, const struct moment *m)
{
	return !use->process.len ||
	       (m->process && config_glob(use->process, ledger_text(m->audit->ledger, m->process->comm)));
}

static void show(struct audit *a, size_t callback, struct moment *m)
{
	for (size_t i = 0; i < a->config->n; i++) {
		rule_fn *fn;
		m->use = &a->config->uses[i];
		memcpy(&fn, (const char *)m->use->rule + callback, sizeof(fn));
		if (fn && concerns(m->use, m))
			fn(m);
	}
}

static struct moment moment_of(struct audit *a, const struct event *ev, const struct change *change)
{
	return (struct moment){.audit = a,
	    .ev = ev,
	    .change = change,
	    .space = model_space(a->model, ev->pid),
	    .process = ledger_process(a->ledger, ev->pid)};
}

void audit_before(struct audit *a, const struct event *ev)
{
	a->before = a->n;
	if (ev->type != EVENT_CALL || ev->call_id < 0 || event_has(ev, F_error) || ev->ret.kind == RET_NULL)
		return;
	struct moment m = moment_of(a, ev, NULL);
	if (m.space)
		show(a, offsetof(struct rule, before), &m);
}

/* Those that live on: the end of the trace is theirs, too. */
static void end_all(struct audit *a, const struct event *ev)
{
	for (size_t i = 0; i < a->ledger->processes_n; i++) {
		struct ledger_process *process = &a->ledger->processes[i];
		struct moment m = {.audit = a, .ev = ev, .space = model_space(a->model, process->pid), .process = process};
		if (!process->ended && m.space)
			show(a, offsetof(struct rule, end), &m);
	}
	struct moment all = {.audit = a, .ev = ev};
	show(a, offsetof(struct rule, end), &all);
	a->ended = true;
	a->partial |= !str_is(ev->coverage, "complete");
}

static void note_start(struct audit *a, const struct event *ev)
{
	time_t second = (time_t)(ev->time / 1000000000);
	struct tm tm;
	strftime(a->today, sizeof(a->today), "%Y-%m-%d", gmtime_r(&second, &tm));
	if (event_has(ev, F_max_map_count))
		a->max_map_count = ev->max_map_count;
}

void audit_event(struct audit *a, const struct event *ev, const struct change *change)
{
	ledger_note(a->ledger, ev, change);
	/* A live event has its number only now. */
	for (; a->before < a->n; a->before++)
		a->findings[a->before].seq = event_has(ev, F_seq) ? ev->seq : 0;
	struct moment m = moment_of(a, ev, change);
	switch (ev->type) {
	case EVENT_START: note_start(a, ev); break;
	case EVENT_END: end_all(a, ev); break;
	case EVENT_CALL:
		if (m.space && ev->call_id >= 0)
			show(a, offsetof(struct rule, call), &m);
		break;
	case EVENT_EXEC:
	case EVENT_ATTACH:
		if (m.space)
			show(a, offsetof(struct rule, image), &m);
		break;
	case EVENT_EXIT:
	case EVENT_DETACH:
		if (m.process)
			show(a, offsetof(struct rule, end), &m);
		break;
	default: break;
	}
}

/* ---- findings ---- */

static uint64_t mix(uint64_t hash, struct str text)
{
	return (hash ^ intern_hash(text.s, text.len)) * 0x9e3779b97f4a7c15ULL;
}

/* Of the stack, by functions and their modules' names: what stays when something else is built anew. */
static uint64_t hash_site(uint64_t hash, struct frame_list frames, struct str path)
{
	for (size_t i = 0; i < frames.n && i < 8; i++) {
		const struct frame *frame = &frames.v[i];
		hash = mix(hash, str_base(frame->module));
		hash = frame->symbol.len ? mix(hash, frame->symbol) : (hash ^ frame->offset) * 31;
	}
	return frames.n ? hash : mix(hash, path);
}

static bool fits(const struct allowed *allowed, const struct finding *f, const struct ledger *l)
{
	struct frame_list frames = stacks_get(&l->stacks, f->stack);
	char site[17];
	snprintf(site, sizeof(site), "%016llx", (unsigned long long)f->fingerprint);
	if (allowed->site.len && !str_is(allowed->site, site))
		return false;
	bool path = !allowed->path.len || config_glob(allowed->path, ledger_text(l, f->path));
	bool build_id = !allowed->build_id.len, symbol = !allowed->symbol.len;
	for (size_t i = 0; i < frames.n; i++) {
		path |= config_glob(allowed->path, frames.v[i].module);
		build_id |= str_eq(allowed->build_id, frames.v[i].build_id);
		symbol |= config_glob(allowed->symbol, frames.v[i].symbol);
	}
	return path && build_id && symbol;
}

static void look_for_allowance(struct audit *a, struct finding *f)
{
	for (size_t i = 0; i < f->use->allowed_n; i++) {
		const struct allowed *allowed = &f->use->allowed[i];
		if (!fits(allowed, f, a->ledger))
			continue;
		if (allowed->expires.len && memcmp(allowed->expires.s, a->today, 10) < 0)
			f->expired = allowed;
		else
			f->allowed = allowed;
	}
}

static struct finding *same_as(struct audit *a, const struct finding *f)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->findings[i].use == f->use && a->findings[i].fingerprint == f->fingerprint)
			return &a->findings[i];
	}
	return NULL;
}

/* Names are any bytes; what reads a sentence wants UTF-8 in one line. */
static uint32_t keep_message(struct audit *a)
{
	struct buf message = {0};
	buf_plain(&message, buf_view(&a->words));
	uint32_t number = intern_add(&a->ledger->texts, buf_view(&message));
	buf_free(&message);
	return number;
}

static void add(const struct moment *m, uint32_t stack, struct str path, uint64_t value, uint64_t seq)
{
	struct audit *a = m->audit;
	struct ledger *l = a->ledger;
	struct finding f = {.use = m->use,
	    .comm = m->process ? m->process->comm : 0,
	    .exe = m->process ? m->process->exe : 0,
	    .stack = stack,
	    .path = intern_add(&l->texts, path),
	    .pid = m->process ? m->process->pid : 0,
	    .value = value,
	    .limit = m->use->limit,
	    .seq = seq,
	    .elapsed = m->ev->elapsed,
	    .times = 1};
	f.fingerprint = mix(mix(1, str_of(m->use->rule->name)), ledger_text(l, f.comm));
	f.fingerprint = mix(f.fingerprint, m->use->metric);
	f.fingerprint = hash_site(f.fingerprint, stacks_get(&l->stacks, stack), path);
	struct finding *same = same_as(a, &f);
	if (same) {
		same->times++;
		same->value = value > same->value ? value : same->value;
		return;
	}
	f.message = keep_message(a);
	look_for_allowance(a, &f);
	*MEM_PUSH(a->findings, a->n, a->size) = f;
}

void audit_find(const struct moment *m, struct str path, uint64_t value)
{
	const struct ledger *l = m->audit->ledger;
	uint64_t number = model_events(m->audit->model);
	bool call = m->ev->type == EVENT_CALL && m->change && number < l->makers_n;
	uint32_t stack = call ? l->makers[number].stack : 0;
	if (!stack && event_has(m->ev, F_stack))
		stack = stacks_add(&m->audit->ledger->stacks, m->ev->stack);
	add(m, stack, path, value, event_has(m->ev, F_seq) ? m->ev->seq : 0);
}

void audit_find_at(const struct moment *m, uint64_t born, struct str path, uint64_t value)
{
	const struct ledger *l = m->audit->ledger;
	const struct maker *maker = born < l->makers_n ? &l->makers[born] : NULL;
	add(m, maker ? maker->stack : 0, path, value, maker ? maker->seq : 0);
}

bool audit_violates(const struct finding *f)
{
	return !f->allowed && f->use->severity == SEVERITY_ERROR;
}

bool audit_next(struct audit *a, struct event *ret)
{
	static const char *const severities[] = {"error", "warning", "note"};
	while (a->told < a->n && a->findings[a->told].allowed)
		a->told++;
	if (a->told == a->n)
		return false;
	const struct finding *f = &a->findings[a->told++];
	event_init(ret, EVENT_FINDING);
	EVENT_SET(ret, rule, str_of(f->use->rule->name));
	EVENT_SET(ret, severity, str_of(severities[f->use->severity]));
	EVENT_SET(ret, message, ledger_text(a->ledger, f->message));
	if (f->pid)
		EVENT_SET(ret, pid, f->pid);
	if (f->comm)
		EVENT_SET(ret, comm, ledger_text(a->ledger, f->comm));
	if (f->exe)
		EVENT_SET(ret, exe, ledger_text(a->ledger, f->exe));
	if (f->use->metric.len)
		EVENT_SET(ret, metric, f->use->metric);
	if (f->use->rule->limit != LIMIT_NONE) {
		EVENT_SET(ret, value, f->value);
		EVENT_SET(ret, limit, f->limit);
	}
	if (f->seq)
		EVENT_SET(ret, event, f->seq);
	if (f->stack)
		EVENT_SET(ret, stack, stacks_get(&a->ledger->stacks, f->stack));
	return true;
}

enum verdict audit_verdict(const struct audit *a)
{
	for (size_t i = 0; i < a->n; i++) {
		if (audit_violates(&a->findings[i]))
			return VERDICT_FAIL;
	}
	return a->ended && !a->partial ? VERDICT_PASS : VERDICT_UNKNOWN;
}

enum verdict audits_verdict(const struct audits *runs)
{
	enum verdict worst = VERDICT_PASS;
	for (size_t i = 0; i < runs->n && worst != VERDICT_FAIL; i++) {
		enum verdict verdict = audit_verdict(runs->v[i]);
		worst = verdict == VERDICT_PASS ? worst : verdict;
	}
	return worst;
}

void audit_free(struct audit *a)
{
	if (!a)
		return;
	ledger_free(a->ledger);
	written_free(a->written);
	free(a->crossed);
	free(a->findings);
	buf_free(&a->words);
	free(a);
}
