#include "audit/say.h"

#include <stdlib.h>

#include "decode/syscalls.h"
#include "report/words.h"
#include "util/mem.h"

const struct range *say_range(const struct moment *m, range_fn *is)
{
	uint64_t number = model_events(m->audit->model);
	for (unsigned i = 0; i < 2; i++) {
		const struct span *at = &m->change->touched[i];
		struct range *r = at->start < at->end ? space_next(m->space, at->start) : NULL;
		for (; r && r->start < at->end; r = space_next(m->space, r->end)) {
			if ((r->born == number || r->changed == number) && is(r))
				return r;
		}
	}
	return NULL;
}

struct buf *say_begin(const struct moment *m)
{
	struct buf *words = &m->audit->words;
	words->len = 0;
	if (!m->process)
		return words;
	struct str comm = ledger_text(m->audit->ledger, m->process->comm);
	buf_fmt(words, "%.*s (%lld)", (int)comm.len, comm.s, (long long)m->process->pid);
	return words;
}

void say_at(const struct moment *m, const struct range *r)
{
	struct str name = model_name(m->audit->model, r);
	buf_str(&m->audit->words, STR(", "));
	words_size(&m->audit->words, r->end - r->start, 0);
	if (name.len)
		buf_fmt(&m->audit->words, " of %.*s", (int)name.len, name.s);
	else
		buf_fmt(&m->audit->words, " at 0x%llx", (unsigned long long)r->start);
}

void say_maker(const struct moment *m, uint64_t born)
{
	const struct ledger *l = m->audit->ledger;
	const struct maker *maker = born < l->makers_n ? &l->makers[born] : NULL;
	if (!maker || maker->call_id < 0)
		return;
	buf_fmt(&m->audit->words, " by %s", syscalls[maker->call_id].name);
	const struct frame *site = stacks_site(stacks_get(&l->stacks, maker->stack));
	if (!site)
		return;
	buf_str(&m->audit->words, STR(" at "));
	stacks_put_frame(&m->audit->words, site);
}

void say_call(const struct moment *m)
{
	buf_fmt(&m->audit->words, ", by %s", syscalls[m->ev->call_id].name);
	const struct frame *site = event_has(m->ev, F_stack) ? stacks_site(m->ev->stack) : NULL;
	if (!site)
		return;
	buf_str(&m->audit->words, STR(" at "));
	stacks_put_frame(&m->audit->words, site);
}

static void find(const struct moment *m, const struct range *r, const char *what)
{
	buf_fmt(say_begin(m), " has %s", what);
	say_at(m, r);
	if (m->ev->type == EVENT_CALL)
		say_call(m);
	audit_find(m, model_name(m->audit->model, r), r->end - r->start);
}

void say_ranges(const struct moment *m, range_fn *is, const char *what)
{
	const struct range *r = say_range(m, is);
	if (r)
		find(m, r, what);
}

void say_image(const struct moment *m, range_fn *is, const char *what)
{
	for (struct range *r = space_next(m->space, 0); r; r = space_next(m->space, r->end)) {
		if (!(r->is & RANGE_HIDDEN) && is(r))
			find(m, r, what);
	}
}

uint64_t say_most(const struct moment *m, unsigned *ret_share)
{
	const struct ledger *l = m->audit->ledger;
	uint64_t *of = mem_alloc((l->groups.n + 1) * sizeof(*of)), all = 0, most = 0, by = 0;
	for (struct range *r = space_next(m->space, 0); r; r = space_next(m->space, r->end)) {
		const struct maker *maker = r->changed < l->makers_n ? &l->makers[r->changed] : NULL;
		all++;
		if (maker && maker->group && ++of[maker->group] > most) {
			most = of[maker->group];
			by = r->changed;
		}
	}
	free(of);
	*ret_share = all ? (unsigned)(most * 100 / all) : 0;
	return by;
}
