#include "report/history.h"

#include <stdlib.h>

#include "decode/syscalls.h"
#include "util/mem.h"

/* Code that is made at run time makes stacks without end. */
#define STACKS_MAX 16384

static void forget_stacks(struct history *h)
{
	for (size_t i = 0; i < h->n; i++)
		h->v[i].stack = 0;
	stacks_free(&h->stacks);
}

static struct deed *add(struct history *h)
{
	if (h->most && h->stacks.n > STACKS_MAX)
		forget_stacks(h);
	if (!h->most)
		return MEM_PUSH(h->v, h->n, h->size);
	if (h->n < h->most)
		return MEM_PUSH(h->v, h->n, h->size);
	struct deed *deed = &h->v[h->next];
	h->next = (h->next + 1) % h->most;
	return deed;
}

static void note(struct history *h, const struct model *model, const struct event *ev,
    enum deed_kind kind, struct span at)
{
	if (at.start >= at.end || (h->only_address && (h->address < at.start || h->address >= at.end)))
		return;
	struct address_space *space = model_space(model, ev->type == EVENT_FORK ? ev->child : ev->pid);
	if (!space)
		return;
	const struct address_space *parent = ev->type == EVENT_FORK ? model_space(model, ev->pid) : NULL;
	const struct range *r = space_at(space, h->only_address ? h->address : at.start);
	struct deed *deed = add(h);
	*deed = (struct deed){.kind = kind,
	    .call_id = (int16_t)ev->call_id,
	    .space = space->id,
	    .from = parent ? parent->id : 0,
	    .start = at.start,
	    .end = at.end,
	    .seq = event_has(ev, F_seq) ? ev->seq : 0,
	    .elapsed = ev->elapsed,
	    .pid = (int32_t)(ev->type == EVENT_FORK ? ev->child : ev->pid),
	    .tid = (int32_t)(ev->type == EVENT_FORK ? ev->pid : ev->tid),
	    .is = r ? r->is : 0,
	    .comm = intern_add(&h->texts, ev->comm),
	    .stack = event_has(ev, F_stack) ? stacks_add(&h->stacks, ev->stack) : 0};
}

static void note_mremap(
    struct history *h, const struct model *model, const struct event *ev, const struct change *change)
{
	const struct span *to = &change->touched[0], *from = &change->touched[1];
	if (from->start < from->end) {
		note(h, model, ev, DEED_MOVED_AWAY, *from);
		note(h, model, ev, DEED_MOVED_HERE, (struct span){to->start, to->start + ev->new_length});
		return;
	}
	uint64_t old = ev->addr + ev->length, new = ev->addr + ev->new_length;
	note(h, model, ev, new > old ? DEED_MAPPED : DEED_UNMAPPED,
	    new > old ? (struct span){old, new} : (struct span){new, old});
}

static void note_call(
    struct history *h, const struct model *model, const struct event *ev, const struct change *change)
{
	struct span at = change->touched[0];
	switch (ev->call_id) {
	case SYS_ID_mmap:
	case SYS_ID_shmat:
	case SYS_ID_io_setup:
	case SYS_ID_remap_file_pages:
	case SYS_ID_map_shadow_stack: note(h, model, ev, DEED_MAPPED, at); break;
	case SYS_ID_munmap:
	case SYS_ID_shmdt:
	case SYS_ID_io_destroy: note(h, model, ev, DEED_UNMAPPED, at); break;
	case SYS_ID_mprotect:
	case SYS_ID_pkey_mprotect: note(h, model, ev, DEED_PROTECTED, at); break;
	case SYS_ID_brk:
		note(h, model, ev, ev->ret.value > at.start ? DEED_MAPPED : DEED_UNMAPPED, at);
		break;
	case SYS_ID_mremap: note_mremap(h, model, ev, change); break;
	default: break;
	}
}

/* Whether anything is known to have been there, in that process. */
static bool was_there(const struct history *h, int64_t pid)
{
	for (size_t i = h->n; i-- > 0;) {
		if (h->v[i].pid == pid)
			return h->v[i].kind != DEED_UNMAPPED && h->v[i].kind != DEED_REPLACED &&
			       h->v[i].kind != DEED_MOVED_AWAY;
	}
	return false;
}

/* All of a space at once: told of the one address that is looked at, if any is. */
static void note_image(struct history *h, const struct model *model, const struct event *ev)
{
	const struct address_space *found = model_space(model, ev->type == EVENT_FORK ? ev->child : ev->pid);
	struct address_space *space = (struct address_space *)(uintptr_t)found;
	if (!space || (ev->type == EVENT_FORK && ev->thread))
		return;
	if (!h->only_address && ev->type == EVENT_FORK) /* what was done before was done to its parent's */
		note(h, model, ev, DEED_FORKED, (struct span){0, UINT64_MAX});
	if (!h->only_address)
		return;
	const struct range *r = space_at(space, h->address);
	struct span at = r ? (struct span){r->start, r->end} : (struct span){h->address, h->address + 1};
	enum deed_kind kind = ev->type == EVENT_ATTACH ? DEED_FOUND : DEED_EXECUTED;
	if (ev->type == EVENT_FORK)
		kind = DEED_FORKED;
	if (r || (ev->type == EVENT_EXEC && was_there(h, ev->pid)))
		note(h, model, ev, r ? kind : DEED_REPLACED, at);
}

void history_note(
    struct history *h, const struct model *model, const struct event *ev, const struct change *change)
{
	switch (ev->type) {
	case EVENT_CALL: note_call(h, model, ev, change); break;
	case EVENT_EXEC:
	case EVENT_ATTACH:
	case EVENT_FORK: note_image(h, model, ev); break;
	default: break;
	}
}

const struct deed *history_back(const struct history *h, size_t i)
{
	return &h->v[(h->next + h->n - 1 - i) % h->n];
}

const struct deed *history_last(const struct history *h, uint64_t space, uint64_t address)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct deed *deed = history_back(h, i);
		if (deed->space != space)
			continue;
		if (deed->kind == DEED_FORKED)
			space = deed->from;
		else if (address >= deed->start && address < deed->end)
			return deed;
	}
	return NULL;
}

static const char *verb_of(const struct deed *deed)
{
	switch ((enum deed_kind)deed->kind) {
	case DEED_MAPPED: return "mapped";
	case DEED_UNMAPPED: return "unmapped";
	case DEED_PROTECTED: return "protected";
	case DEED_MOVED_HERE: return "moved here";
	case DEED_MOVED_AWAY: return "moved away";
	case DEED_FORKED: return "inherited";
	case DEED_EXECUTED: return "there since execve";
	case DEED_REPLACED: return "gone by execve";
	case DEED_FOUND: return "there at the attach";
	}
	return "";
}

void history_put(const struct history *h, const struct deed *deed, struct buf *out)
{
	struct str comm = history_text(h, deed->comm);
	buf_str(out, str_of(verb_of(deed)));
	if (deed->kind == DEED_PROTECTED)
		buf_fmt(out, " %c%c%c", deed->is & RANGE_READ ? 'r' : '-', deed->is & RANGE_WRITE ? 'w' : '-',
		    deed->is & RANGE_EXEC ? 'x' : '-');
	if (deed->call_id >= 0)
		buf_fmt(out, " by %s", syscalls[deed->call_id].name);
	if (deed->kind == DEED_FORKED) {
		buf_fmt(out, " from process %d", deed->tid);
		return;
	}
	buf_fmt(out, " of tid %d (", deed->tid);
	buf_plain(out, comm);
	buf_char(out, ')');
	const struct frame *site = stacks_site(history_stack(h, deed->stack));
	if (!site)
		return;
	buf_str(out, STR(" at "));
	stacks_put_frame(out, site);
}

struct str history_text(const struct history *h, uint32_t number)
{
	return intern_text(&h->texts, number);
}

struct frame_list history_stack(const struct history *h, uint32_t number)
{
	return stacks_get(&h->stacks, number);
}

void history_free(struct history *h)
{
	free(h->v);
	intern_free(&h->texts);
	stacks_free(&h->stacks);
}
