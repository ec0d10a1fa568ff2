#include "model/model.h"

#include <stdlib.h>

#include "model/apply.h"
#include "model/shared.h"
#include "model/truth.h"
#include "model/usage.h"
#include "util/mem.h"

/* A space and who uses it. */
struct shared_space {
	struct address_space *space;
	unsigned users;
	bool doubtful; /* a call didn't tell what it did */
};

struct process {
	RB_ENTRY(process) link;
	int64_t pid;
	struct shared_space *shared;
	bool borrows; /* that is another's, which it hasn't changed */
	uint64_t since; /* its maps are of that moment, ns: what it did before is in them */
	struct usage usage;
};

RB_HEAD(process_tree, process);

struct model {
	struct process_tree processes;
	uint64_t page;
	uint64_t events;            /* so far */
	int64_t ended;              /* the process that the last one was the end of; 0: none */
	uint64_t spaces;            /* made so far */
	struct intern names;        /* of ranges */
	struct pieces pieces;       /* what the last event changed, */
	bool watched;               /* if somebody wants to know */
	uint64_t sum[METRICS];      /* of all spaces */
	struct shared_memory *shared;
	struct usage tree;          /* peaks of that, and calls of those that ended */
	struct level levels[LEVELS_MAX];
};

/* Shared memory is in all sums, and only once in memory. */
static void tree_now(const struct model *m, uint64_t ret[METRICS])
{
	const uint64_t *excess = shared_excess(m->shared);
	for (unsigned i = 0; i < METRICS; i++)
		ret[i] = m->sum[i] - excess[i];
}

static int compare(const struct process *a, const struct process *b)
{
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

RB_GENERATE_INTERNAL(process_tree, process, link, compare, static __attribute__((unused)))

struct model *model_new(void)
{
	struct model *m = mem_alloc(sizeof(*m));
	RB_INIT(&m->processes);
	m->shared = shared_new();
	m->page = 4096;
	return m;
}

static struct process *find(const struct model *m, int64_t pid)
{
	struct process key = {.pid = pid};
	return RB_FIND(process_tree, (struct process_tree *)(uintptr_t)&m->processes, &key);
}

/* ---- totals ---- */

static void total(struct model *m, const struct address_space *space, uint64_t sign)
{
	for (unsigned i = 0; i < METRICS; i++)
		m->sum[i] += sign * space->now[i];
}

/*
 * Peaks of the tree, and of all processes that use the space; but what its owner does while a child of vfork(2)
 * is about to execute something is not the child's.
 */
static void raise(struct model *m, struct process *process)
{
	const struct shared_space *shared = process->shared;
	uint64_t now[METRICS];
	process->borrows = false;
	tree_now(m, now);
	usage_raise(&m->tree, now);
	if (shared->users == 1) {
		usage_raise(&process->usage, shared->space->now);
		return;
	}
	struct process *other;
	RB_FOREACH(other, process_tree, &m->processes)
		if (other->shared == shared && !other->borrows)
			usage_raise(&other->usage, shared->space->now);
}

/* ---- processes ---- */

static void leave(struct model *m, struct process *process)
{
	struct shared_space *shared = process->shared;
	process->shared = NULL;
	if (!shared || --shared->users)
		return;
	total(m, shared->space, UINT64_MAX);
	shared_forget(m->shared, shared->space->id);
	space_free(shared->space);
	free(shared);
}

/* Give it a space of its own, in which shared memory isn't counted yet. */
static void use_own(struct model *m, struct process *process, struct address_space *space)
{
	leave(m, process);
	space->id = ++m->spaces;
	space_share(space, m->shared);
	process->shared = mem_alloc(sizeof(*process->shared));
	process->shared->space = space;
	process->shared->users = 1;
	total(m, space, 1);
}

static struct process *add(struct model *m, int64_t pid)
{
	struct process *process = mem_alloc(sizeof(*process));
	process->pid = pid;
	RB_INSERT(process_tree, &m->processes, process);
	return process;
}

static void take_out(struct model *m, struct process *process)
{
	leave(m, process);
	usage_add(&m->tree, &process->usage);
	RB_REMOVE(process_tree, &m->processes, process);
	free(process);
}

/* ---- events ---- */

static void share(struct model *m, struct process *process, struct shared_space *shared)
{
	shared->users++; /* first: it may be its own */
	leave(m, process);
	process->shared = shared;
}

/* A new image, or one that was there before. */
static void load(struct model *m, const struct event *ev)
{
	struct process *process = find(m, ev->pid);
	if (!process)
		process = add(m, ev->pid);
	const struct process *other = event_has(ev, F_shares_with) ? find(m, ev->shares_with) : NULL;
	if (other && other->shared) {
		share(m, process, other->shared);
		raise(m, process);
		return;
	}
	process->since = ev->type == EVENT_ATTACH ? ev->elapsed : 0;
	struct address_space *space = space_new();
	if (event_has(ev, F_maps))
		truth_load(space, ev->maps, m->events, &m->names);
	if (event_has(ev, F_brk))
		space->brk = ev->brk;
	use_own(m, process, space);
	raise(m, process);
}

/* Who borrows a space, as after vfork(2), has none of its own until it changes it, or executes. */
static void fork_process(struct model *m, const struct event *ev)
{
	struct process *parent = find(m, ev->pid);
	struct process *child = find(m, ev->child);
	if (ev->thread || !parent || !parent->shared || child == parent) /* the last: no trace of ours says that */
		return;
	if (child) /* its end wasn't told */
		take_out(m, child);
	child = add(m, ev->child);
	if (ev->shares_vm) {
		share(m, child, parent->shared);
		child->borrows = true;
		return;
	}
	struct address_space *copy = space_copy(parent->shared->space);
	if (ev->has_truth)
		truth_correct(copy, ev->truth, m->events, &m->names);
	use_own(m, child, copy);
	raise(m, child);
}

/* The kernel's own word on a space, after the event. */
static void compare_with_truth(
    struct model *m, struct shared_space *shared, const struct event *ev, struct change *ret)
{
	bool same = truth_equals(shared->space, ev->truth, ret->difference, sizeof(ret->difference));
	ret->mismatch = !same && !shared->doubtful;
	shared->doubtful = false;
	truth_correct(shared->space, ev->truth, m->events, &m->names);
}

static void call(struct model *m, const struct event *ev, struct change *ret)
{
	struct process *process = find(m, ev->pid);
	if (!process || !process->shared || ev->call_id < 0)
		return;
	struct shared_space *shared = process->shared;
	struct address_space *space = shared->space;
	struct apply apply = {space, ev, m->page, m->events, &m->names, {{0, 0}, {0, 0}}, false};
	usage_count(&process->usage, ev->call_id, event_has(ev, F_error));
	if (ev->elapsed < process->since)
		return;
	total(m, space, UINT64_MAX);
	space->pieces = m->watched ? &m->pieces : NULL;
	apply_call(&apply);
	space->pieces = NULL;
	shared->doubtful |= ev->doubtful || apply.unsure;
	if (ev->has_truth)
		compare_with_truth(m, shared, ev, ret);
	total(m, space, 1);
	raise(m, process);
	ret->touched[0] = apply.touched[0];
	ret->touched[1] = apply.touched[1];
}

static void end_process(struct model *m, const struct event *ev, struct change *ret)
{
	static const uint64_t none[METRICS];
	struct process *process = find(m, ev->pid);
	if (!process)
		return;
	if (ev->has_truth && process->shared) {
		total(m, process->shared->space, UINT64_MAX);
		process->shared->doubtful |= ev->doubtful;
		compare_with_truth(m, process->shared, ev, ret);
		total(m, process->shared->space, 1);
		raise(m, process);
	}
	if (event_has(ev, F_max_rss))
		process->usage.max_rss = ev->max_rss;
	bool owns = process->shared && !process->borrows;
	const uint64_t *now = owns ? process->shared->space->now : none;
	ret->has_usage = true;
	ret->usage = (struct level_list){m->levels, usage_levels(&process->usage, now, false, m->levels)};
}

static void end(struct model *m, struct change *ret)
{
	struct process *process;
	struct usage all = m->tree;
	uint64_t now[METRICS];
	tree_now(m, now);
	RB_FOREACH(process, process_tree, &m->processes)
		usage_add(&all, &process->usage);
	ret->has_usage = true;
	ret->usage = (struct level_list){m->levels, usage_levels(&all, now, true, m->levels)};
	ret->max_rss = all.max_rss;
}

/* Who ended before the event that comes now is gone only then: its space could be looked at until here. */
static void bury(struct model *m)
{
	struct process *process = m->ended ? find(m, m->ended) : NULL;
	m->ended = 0;
	if (process)
		take_out(m, process);
}

/* Its stack has grown by being used. */
static void grow(struct model *m, const struct event *ev)
{
	struct process *process = find(m, ev->pid);
	if (!process || !process->shared || ev->elapsed < process->since)
		return;
	struct address_space *space = process->shared->space;
	total(m, space, UINT64_MAX);
	truth_grow(space, ev->grown_start, ev->grown_end);
	total(m, space, 1);
	raise(m, process);
}

void model_apply(struct model *m, const struct event *ev, struct change *ret)
{
	ret->has_usage = ret->mismatch = false;
	ret->max_rss = 0;
	ret->touched[0] = ret->touched[1] = (struct span){0, 0};
	m->pieces.n = 0;
	m->events++;
	bury(m);
	if (ev->grown_end)
		grow(m, ev);
	switch (ev->type) {
	case EVENT_START: m->page = ev->page_size; break;
	case EVENT_CALL: call(m, ev, ret); break;
	case EVENT_EXEC:
	case EVENT_ATTACH: load(m, ev); break;
	case EVENT_FORK: fork_process(m, ev); break;
	case EVENT_EXIT:
	case EVENT_DETACH:
		end_process(m, ev, ret);
		m->ended = ev->pid;
		break;
	case EVENT_END: end(m, ret); break;
	default: break;
	}
	ret->pieces = m->pieces.v;
	ret->pieces_n = m->pieces.n;
}

void model_watch(struct model *m)
{
	m->watched = true;
}

uint64_t model_events(const struct model *m)
{
	return m->events;
}

struct str model_name(const struct model *m, const struct range *r)
{
	return intern_text(&m->names, r->name);
}

const struct usage *model_usage(const struct model *m, int64_t pid)
{
	const struct process *process = find(m, pid);
	return process ? &process->usage : NULL;
}

void model_tree(const struct model *m, uint64_t ret_now[METRICS], uint64_t ret_peak[METRICS])
{
	tree_now(m, ret_now);
	memcpy(ret_peak, m->tree.peak, sizeof(m->tree.peak));
}

struct address_space *model_space(const struct model *m, int64_t pid)
{
	const struct process *process = find(m, pid);
	return process && process->shared ? process->shared->space : NULL;
}

bool model_shares(const struct model *m, int64_t pid)
{
	const struct process *process = find(m, pid);
	return process && process->shared && process->shared->users > 1;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	while (!RB_EMPTY(&m->processes))
		take_out(m, RB_ROOT(&m->processes));
	shared_free(m->shared);
	intern_free(&m->names);
	free(m->pieces.v);
	free(m);
}
