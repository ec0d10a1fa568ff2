#include "model/model.h"

#include <stdlib.h>

#include "model/apply.h"
#include "model/truth.h"
#include "model/usage.h"
#include "util/mem.h"

/* A space and who uses it. */
struct shared_space {
	struct address_space *space;
	unsigned users;
};

struct process {
	RB_ENTRY(process) link;
	int64_t pid;
	struct shared_space *shared;
	bool borrows; /* that is another's, which it hasn't changed */
	struct usage usage;
};

RB_HEAD(process_tree, process);

struct model {
	struct process_tree processes;
	uint64_t page;
	uint64_t events;            /* so far */
	uint64_t now[METRICS];      /* of all spaces together */
	struct usage tree;          /* peaks of that, and calls of those that ended */
	struct level levels[LEVELS_MAX];
};

static int compare(const struct process *a, const struct process *b)
{
	return a->pid < b->pid ? -1 : a->pid > b->pid;
}

RB_GENERATE_INTERNAL(process_tree, process, link, compare, static __attribute__((unused)))

struct model *model_new(void)
{
	struct model *m = mem_alloc(sizeof(*m));
	RB_INIT(&m->processes);
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
		m->now[i] += sign * space->now[i];
}

/*
 * Peaks of the tree, and of all processes that use the space; but what its owner does while a child of vfork(2)
 * is about to execute something is not the child's.
 */
static void raise(struct model *m, struct process *process)
{
	const struct shared_space *shared = process->shared;
	process->borrows = false;
	usage_raise(&m->tree, m->now);
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
	space_free(shared->space);
	free(shared);
}

/* Give it a space of its own. */
static void use_own(struct model *m, struct process *process, struct address_space *space)
{
	leave(m, process);
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

/* A new image, or one that was there before. */
static void load(struct model *m, const struct event *ev)
{
	struct process *process = find(m, ev->pid);
	if (!process)
		process = add(m, ev->pid);
	struct address_space *space = space_new();
	if (event_has(ev, F_maps))
		truth_load(space, ev->maps, m->events);
	use_own(m, process, space);
	raise(m, process);
}

/* Who borrows a space, as after vfork(2), has none of its own until it changes it, or executes. */
static void fork_process(struct model *m, const struct event *ev)
{
	struct process *parent = find(m, ev->pid);
	struct process *child = find(m, ev->child);
	if (ev->thread || !parent || !parent->shared)
		return;
	if (child) /* its end wasn't told */
		take_out(m, child);
	child = add(m, ev->child);
	if (ev->shares_vm) {
		child->shared = parent->shared;
		child->shared->users++;
		child->borrows = true;
		return;
	}
	use_own(m, child, space_copy(parent->shared->space));
	raise(m, child);
}

static void call(struct model *m, const struct event *ev, struct change *ret)
{
	struct process *process = find(m, ev->pid);
	if (!process || !process->shared || ev->call_id < 0)
		return;
	struct address_space *space = process->shared->space;
	usage_count(&process->usage, ev->call_id, event_has(ev, F_error));
	total(m, space, UINT64_MAX);
	apply_call(space, ev, m->page, m->events);
	if (ev->has_truth) {
		ret->mismatch = !truth_equals(space, ev->truth, ret->difference, sizeof(ret->difference)) &&
		                !ev->truth_corrects;
		truth_correct(space, ev->truth, m->events);
	}
	total(m, space, 1);
	raise(m, process);
}

static void end_process(struct model *m, const struct event *ev, struct change *ret)
{
	static const uint64_t none[METRICS];
	struct process *process = find(m, ev->pid);
	if (!process)
		return;
	const uint64_t *now = process->shared ? process->shared->space->now : none;
	ret->has_usage = true;
	ret->usage = (struct level_list){m->levels, usage_levels(&process->usage, now, m->levels)};
	take_out(m, process);
}

static void end(struct model *m, struct change *ret)
{
	struct process *process;
	struct usage all = m->tree;
	RB_FOREACH(process, process_tree, &m->processes)
		usage_add(&all, &process->usage);
	ret->has_usage = true;
	ret->usage = (struct level_list){m->levels, usage_levels(&all, m->now, m->levels)};
}

void model_apply(struct model *m, const struct event *ev, struct change *ret)
{
	ret->has_usage = ret->mismatch = false;
	m->events++;
	switch (ev->type) {
	case EVENT_START: m->page = ev->page_size; break;
	case EVENT_CALL: call(m, ev, ret); break;
	case EVENT_EXEC:
	case EVENT_ATTACH: load(m, ev); break;
	case EVENT_FORK: fork_process(m, ev); break;
	case EVENT_EXIT:
	case EVENT_DETACH: end_process(m, ev, ret); break;
	case EVENT_END: end(m, ret); break;
	default: break;
	}
}

const struct address_space *model_space(const struct model *m, int64_t pid)
{
	const struct process *process = find(m, pid);
	return process && process->shared ? process->shared->space : NULL;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	while (!RB_EMPTY(&m->processes))
		take_out(m, RB_ROOT(&m->processes));
	free(m);
}
