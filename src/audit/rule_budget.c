/* budget: a metric over its limit, of a process (all its images) or of all together. */
#include <inttypes.h>

#include "audit/say.h"
#include "report/words.h"
#include "util/mem.h"

#define NONE UINT64_MAX

/* When a process first went over a limit. */
struct crossing {
	const struct rule_use *use;
	int64_t pid;
	uint64_t number;
};

/* Of those that live: there may be many more that have ended, whose numbers others have now. */
struct crossed {
	size_t n;
	struct crossing v[];
};

/* The metric without what of it: "committed.peak" is "committed". */
static struct str base_of(const struct rule_use *use)
{
	struct str name = use->metric;
	if (str_ends(name, STR(".peak")) || str_ends(name, STR(".last")))
		name.len -= 5;
	return name;
}

static const struct level *level_of(const struct level_list *usage, struct str name)
{
	for (size_t i = 0; i < usage->n; i++) {
		if (str_eq(usage->v[i].name, name))
			return &usage->v[i];
	}
	return NULL;
}

/* Of a process that lives on when the trace ends, whose last event is the tree's, only the model knows. */
static bool lives_on(const struct moment *m)
{
	return m->process && m->ev->type == EVENT_END;
}

/* Else as the event tells it, which is what a live trace and its record have alike. */
static bool value_of(const struct moment *m, uint64_t *ret)
{
	struct level living[LEVELS_MAX];
	struct str name = base_of(m->use);
	if (str_is(name, "max_rss")) {
		*ret = m->ev->max_rss;
		return event_has(m->ev, F_max_rss) && !lives_on(m);
	}
	struct level_list usage = event_has(m->ev, F_usage) ? m->ev->usage : (struct level_list){0};
	if (lives_on(m))
		usage = (struct level_list){living,
		    usage_levels(model_usage(m->audit->model, m->process->pid), m->space->now, false, living)};
	const struct level *level = level_of(&usage, name);
	if (level)
		*ret = str_ends(m->use->metric, STR(".last")) ? level->last : level->peak;
	return level;
}

static int metric_of(struct str name)
{
	for (int i = 0; i < METRICS; i++) {
		if (str_eq(name, usage_metric((enum metric)i)))
			return i;
	}
	return -1;
}

static struct crossing *crossing_of(struct crossed *c, const struct moment *m)
{
	for (size_t i = 0; c && i < c->n; i++) {
		if (c->v[i].use == m->use && c->v[i].pid == m->process->pid)
			return &c->v[i];
	}
	return NULL;
}

/* Who carried it over the limit is known only then. */
static void call(const struct moment *m)
{
	int metric = metric_of(base_of(m->use));
	if (metric < 0 || m->use->tree || !m->process || m->space->now[metric] <= m->use->limit)
		return;
	struct crossed *c = m->audit->crossed;
	if (crossing_of(c, m))
		return;
	size_t n = c ? c->n : 0;
	c = mem_realloc(c, sizeof(*c) + (n + 1) * sizeof(c->v[0]));
	c->n = n + 1;
	c->v[n] = (struct crossing){m->use, m->process->pid, model_events(m->audit->model)};
	m->audit->crossed = c;
}

static void put_value(struct buf *words, const struct rule_use *use, uint64_t value)
{
	struct str name = base_of(use);
	bool counts = memmem(name.s, name.len, "vmas", 4) || memchr(name.s + (use->tree ? 5 : 0), '.',
	                                                         name.len - (use->tree ? 5 : 0));
	if (counts)
		buf_fmt(words, "%" PRIu64, value);
	else
		words_size(words, value, 0);
}

/* What differs from run to run of the same program (README, "A gate that doesn't flicker"). */
static bool is_noisy(const struct rule_use *use)
{
	struct str name = base_of(use);
	return use->tree || str_is(name, "max_rss") || str_is(name, "vmas") || str_is(name, "heap");
}

/* At the end of the process: the number of the event, or NONE. */
static uint64_t forget_crossing(const struct moment *m)
{
	struct crossed *c = m->audit->crossed;
	struct crossing *crossing = m->process ? crossing_of(c, m) : NULL;
	if (!crossing)
		return NONE;
	uint64_t number = crossing->number;
	*crossing = c->v[--c->n];
	return number;
}

static void end(const struct moment *m)
{
	uint64_t value;
	if (m->use->tree != (m->process == NULL))
		return;
	uint64_t crossing = forget_crossing(m);
	bool known = value_of(m, &value);
	if (!known && str_is(base_of(m->use), "max_rss")) /* only its end can tell, and not with every engine */
		m->audit->partial = true;
	if (!known || value <= m->use->limit)
		return;
	struct buf *words = say_begin(m);
	buf_fmt(words, "%s%.*s is ", m->process ? ": " : "", (int)m->use->metric.len, m->use->metric.s);
	put_value(words, m->use, value);
	buf_str(words, STR(", "));
	put_value(words, m->use, value - m->use->limit);
	buf_str(words, STR(" over "));
	put_value(words, m->use, m->use->limit);
	if (crossing != NONE) {
		buf_str(words, STR("; it went over"));
		say_maker(m, crossing);
	}
	if (is_noisy(m->use))
		buf_str(words, STR(" (a noisy metric)"));
	if (crossing != NONE)
		audit_find_at(m, crossing, STR(""), value);
	else
		audit_find(m, STR(""), value);
}

const struct rule rule_budget = {.name = "budget",
    .what = "a metric over its limit",
    .limit = LIMIT_SIZE,
    .limit_key = "max",
    .limit_default = NONE,
    .takes_metric = true,
    .call = call,
    .end = end};
