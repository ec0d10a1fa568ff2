#include "web/sites.h"

#include <stdlib.h>

#include "report/site.h"
#include "util/mem.h"

/* So many are told apart; what more there is counts as one. Code that is made at run time has sites without end. */
#define SITES_MAX  4096
#define STACKS_MAX 16384
#define OTHERS     1 /* their key */

/* ---- what was made, by number ---- */

static size_t slot_of(const struct sites *s, uint64_t number)
{
	return site_mix(7, number) & (s->slots_n - 1);
}

static void grow(struct sites *s)
{
	if (s->n < s->slots_n)
		return;
	size_t before = s->slots_n;
	struct made **old = s->slots;
	s->slots_n = before ? before * 2 : 256;
	s->slots = mem_alloc(s->slots_n * sizeof(struct made *));
	for (size_t i = 0; i < before; i++) {
		for (struct made *made = old[i], *next; made; made = next) {
			next = made->next;
			size_t at = slot_of(s, made->number);
			made->next = s->slots[at];
			s->slots[at] = made;
		}
	}
	free(old);
}

static struct made **find(const struct sites *s, uint64_t number)
{
	static struct made *none;
	if (!s->slots_n)
		return &none;
	struct made **at = &s->slots[slot_of(s, number)];
	while (*at && (*at)->number != number)
		at = &(*at)->next;
	return at;
}

const struct made *sites_made(const struct sites *s, uint64_t number)
{
	return *find(s, number);
}

/* ---- and by space ---- */

static struct made_list *find_space(const struct sites *s, uint64_t space)
{
	size_t at = site_mix(8, space) & (s->spaces_n - 1);
	while (s->spaces[at].space && s->spaces[at].space != space)
		at = (at + 1) & (s->spaces_n - 1);
	return &s->spaces[at];
}

/* Those that have nothing any more are left behind as it's made anew. */
static void grow_spaces(struct sites *s)
{
	if (s->spaces_used * 2 < s->spaces_n)
		return;
	size_t before = s->spaces_n, used = 0;
	struct made_list *old = s->spaces;
	for (size_t i = 0; i < before; i++)
		used += old[i].newest != NULL;
	s->spaces_n = 64;
	while (s->spaces_n < used * 4)
		s->spaces_n *= 2;
	s->spaces = mem_alloc(s->spaces_n * sizeof(*s->spaces));
	s->spaces_used = used;
	for (size_t i = 0; i < before; i++) {
		if (old[i].newest)
			*find_space(s, old[i].space) = old[i];
	}
	free(old);
}

static struct made *add(struct sites *s, const struct event *ev, uint64_t number, uint64_t space)
{
	grow(s);
	grow_spaces(s);
	struct made *made = mem_alloc(sizeof(*made));
	size_t at = slot_of(s, number);
	struct made_list *list = find_space(s, space);
	s->spaces_used += !list->space;
	*made = (struct made){.next = s->slots[at],
	    .older = list->newest,
	    .number = number,
	    .seq = event_has(ev, F_seq) ? ev->seq : 0,
	    .elapsed = event_has(ev, F_elapsed) ? ev->elapsed : 0,
	    .space = space,
	    .tid = event_has(ev, F_tid) ? ev->tid : 0,
	    .call_id = (int16_t)ev->call_id,
	    .type = (uint8_t)ev->type};
	if (list->newest)
		list->newest->newer = made;
	*list = (struct made_list){space, made};
	s->slots[at] = made;
	s->n++;
	return made;
}

static void drop(struct sites *s, struct made **at)
{
	struct made *made = *at;
	if (!made)
		return;
	*at = made->next;
	if (made->older)
		made->older->newer = made->newer;
	if (made->newer)
		made->newer->older = made->older;
	else
		find_space(s, made->space)->newest = made->older;
	s->n--;
	free(made);
}

/* ---- sites ---- */

static struct group *new_group(struct sites *s, uint64_t key, const struct event *ev, uint32_t stack)
{
	if (s->groups.n >= SITES_MAX)
		key = OTHERS;
	uint32_t at = groups_of(&s->groups, key); /* which may move them */
	struct group *group = &s->groups.v[at];
	if (!group->calls) {
		group->stack = key == OTHERS ? 0 : stack;
		group->name = key == OTHERS ? 0 : intern_add(&s->texts, ev->comm);
		group->path = key == OTHERS || !event_has(ev, F_path) ? 0 : intern_add(&s->texts, ev->path);
	}
	return group;
}

static uint32_t site_of(struct sites *s, const struct event *ev)
{
	uint32_t stack = 0;
	if (event_has(ev, F_stack) && s->stacks.n < STACKS_MAX)
		stack = stacks_add(&s->stacks, ev->stack);
	uint64_t path = event_has(ev, F_path) ? intern_hash(ev->path.s, ev->path.len) : 0;
	uint64_t key = site_mix(site_key(ev, stack, path), intern_hash(ev->comm.s, ev->comm.len));
	struct group *group = groups_find(&s->groups, key);
	if (!group)
		group = new_group(s, key, ev, stack);
	site_count(group, ev);
	return (uint32_t)(group - s->groups.v) + 1;
}

static void change_site(struct sites *s, const struct made *made, int64_t bytes, uint64_t now)
{
	if (made->site)
		groups_change(&s->groups.v[made->site - 1], bytes, now - made->elapsed, now);
}

void sites_call(struct sites *s, const struct event *ev, const struct change *change, uint64_t number,
    uint64_t space)
{
	uint32_t site = site_of(s, ev);
	for (size_t i = 0; i < change->pieces_n; i++) {
		const struct piece *piece = &change->pieces[i];
		struct made **at = find(s, piece->born), *made = *at;
		if (!made && piece->born == number && piece->bytes > 0) {
			made = add(s, ev, number, space);
			made->site = site;
			at = find(s, number);
		}
		if (!made || made->space != space || made->type != EVENT_CALL)
			continue;
		change_site(s, made, piece->bytes, ev->elapsed);
		made->live += (uint64_t)piece->bytes;
		if (!made->live)
			drop(s, at);
	}
}

void sites_image(struct sites *s, const struct event *ev, uint64_t number, uint64_t space)
{
	add(s, ev, number, space);
}

void sites_forget(struct sites *s, uint64_t space, uint64_t elapsed)
{
	if (!s->spaces_n)
		return;
	struct made_list *list = find_space(s, space);
	while (list->newest) {
		change_site(s, list->newest, -(int64_t)list->newest->live, elapsed);
		drop(s, find(s, list->newest->number));
	}
}

void sites_put(const struct sites *s, const struct group *group, struct buf *out)
{
	if (group->key == OTHERS)
		buf_str(out, STR("others"));
	else
		site_put(group, intern_text(&s->texts, group->path), stacks_get(&s->stacks, group->stack), out);
}

void sites_free(struct sites *s)
{
	for (size_t i = 0; i < s->slots_n; i++) {
		for (struct made *made = s->slots[i], *next; made; made = next) {
			next = made->next;
			free(made);
		}
	}
	free(s->slots);
	free(s->spaces);
	groups_free(&s->groups);
	stacks_free(&s->stacks);
	intern_free(&s->texts);
}
