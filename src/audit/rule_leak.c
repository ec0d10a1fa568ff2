/* leak: more mappings of one site are left at a process's end than it may leave. */
#include <stdlib.h>

#include "audit/say.h"
#include "report/words.h"
#include "util/mem.h"

struct left {
	uint64_t mappings, bytes, born; /* born: of the first one */
};

/* Memory that was mapped for nothing but itself: no file, no stack, no allocator's arena. */
static bool is_plain(const struct range *r)
{
	return !(r->is & (RANGE_FILE | RANGE_OBJECT | RANGE_STACK | RANGE_HEAP | RANGE_THREAD_STACK | RANGE_ARENA |
	                  RANGE_HIDDEN));
}

static struct left *count(const struct moment *m)
{
	const struct ledger *l = m->audit->ledger;
	struct left *left = mem_alloc((l->groups.n + 1) * sizeof(*left));
	uint64_t last = 0;
	for (struct range *r = space_next(m->space, 0); r; r = space_next(m->space, r->end)) {
		const struct maker *maker = r->born < l->makers_n ? &l->makers[r->born] : NULL;
		if (!maker || !maker->group || maker->space != m->space->id || !is_plain(r))
			continue;
		struct left *of = &left[maker->group];
		of->mappings += r->born != last;
		of->bytes += r->end - r->start;
		of->born = of->born ? of->born : r->born;
		last = r->born;
	}
	return left;
}

static void end(const struct moment *m)
{
	if (!m->space || !m->process)
		return;
	if (m->ev->type != EVENT_END && model_shares(m->audit->model, m->process->pid))
		return; /* as after vfork(2): what is left is left to others */
	struct left *left = count(m);
	for (size_t i = 1; i <= m->audit->ledger->groups.n; i++) {
		if (left[i].mappings <= m->use->limit)
			continue;
		struct buf *words = say_begin(m);
		buf_fmt(words, " leaves %llu mappings, ", (unsigned long long)left[i].mappings);
		words_size(words, left[i].bytes, 0);
		buf_fmt(words, ", over %llu", (unsigned long long)m->use->limit);
		buf_char(words, ',');
		say_maker(m, left[i].born);
		audit_find_at(m, left[i].born, STR(""), left[i].mappings);
	}
	free(left);
}

const struct rule rule_leak = {.name = "leak",
    .what = "many mappings of one site that are left at the end",
    .limit = LIMIT_COUNT,
    .limit_key = "more_than",
    .limit_default = 100,
    .end = end};
