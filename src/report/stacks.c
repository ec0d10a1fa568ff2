#include "report/stacks.h"

#include <stdlib.h>

#include "util/cleanup.h"
#include "util/mem.h"

/* What makes a frame the same wherever its module was mapped. */
static uint64_t hash_frame(const struct frame *frame)
{
	uint64_t place = frame->module.len ? frame->offset : frame->ip;
	return (intern_hash(frame->module.s, frame->module.len) ^ place) * 0x9e3779b97f4a7c15ULL;
}

static bool is_same_frame(const struct frame *a, const struct frame *b)
{
	return str_eq(a->module, b->module) && (a->module.len ? a->offset == b->offset : a->ip == b->ip);
}

static uint64_t hash_stack(struct frame_list frames)
{
	uint64_t hash = frames.n;
	for (size_t i = 0; i < frames.n; i++)
		hash = (hash << 7 | hash >> 57) ^ hash_frame(&frames.v[i]);
	return hash ^ hash >> 31;
}

static bool is_same(struct frame_list a, struct frame_list b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (!is_same_frame(&a.v[i], &b.v[i]))
			return false;
	}
	return true;
}

static size_t find_slot(const struct stacks *s, struct frame_list frames)
{
	size_t at = hash_stack(frames) & (s->slots_n - 1);
	while (s->slots[at] && !is_same(s->v[s->slots[at]], frames))
		at = (at + 1) & (s->slots_n - 1);
	return at;
}

static void grow(struct stacks *s)
{
	if (!s->n)
		*MEM_PUSH(s->v, s->n, s->size) = (struct frame_list){0};
	if (s->n * 2 < s->slots_n)
		return;
	free(s->slots);
	s->slots_n = s->slots_n ? s->slots_n * 2 : 64;
	s->slots = mem_alloc(s->slots_n * sizeof(*s->slots));
	for (size_t i = 1; i < s->n; i++)
		s->slots[find_slot(s, s->v[i])] = (uint32_t)i;
}

static struct frame keep(struct stacks *s, struct frame frame)
{
	struct str *texts[] = {&frame.module, &frame.build_id, &frame.symbol, &frame.file};
	for (size_t i = 0; i < countof(texts); i++)
		*texts[i] = intern_text(&s->texts, intern_add(&s->texts, *texts[i]));
	return frame;
}

uint32_t stacks_add(struct stacks *s, struct frame_list frames)
{
	if (!frames.n)
		return 0;
	grow(s);
	size_t at = find_slot(s, frames);
	if (!s->slots[at]) {
		struct frame *v = mem_alloc(frames.n * sizeof(*v));
		for (size_t i = 0; i < frames.n; i++)
			v[i] = keep(s, frames.v[i]);
		s->slots[at] = (uint32_t)s->n;
		*MEM_PUSH(s->v, s->n, s->size) = (struct frame_list){v, frames.n};
	}
	return s->slots[at];
}

struct frame_list stacks_get(const struct stacks *s, uint32_t number)
{
	return number < s->n ? s->v[number] : (struct frame_list){0};
}

static struct str base_of(struct str path)
{
	const char *slash = path.len ? memrchr(path.s, '/', path.len) : NULL;
	size_t skip = slash ? (size_t)(slash + 1 - path.s) : 0;
	return (struct str){path.s + skip, path.len - skip};
}

static bool is_plumbing(struct str module)
{
	static const struct str begins[] = {STR_INIT("libc.so"), STR_INIT("libc-"), STR_INIT("ld-"),
	    STR_INIT("ld.so"), STR_INIT("libpthread"), STR_INIT("libjemalloc"), STR_INIT("libmimalloc"),
	    STR_INIT("libtcmalloc"), STR_INIT("libstdc++"), STR_INIT("[vdso]")};
	struct str base = base_of(module);
	for (size_t i = 0; i < countof(begins); i++) {
		if (base.len >= begins[i].len && memcmp(base.s, begins[i].s, begins[i].len) == 0)
			return true;
	}
	return false;
}

/* In a static program the C library is part of it: those of its functions that map. */
static bool is_libc_function(struct str symbol)
{
	static const char *const names[] = {"mmap", "mmap64", "__mmap", "__mmap64", "munmap", "__munmap",
	    "mprotect", "__mprotect", "mremap", "__mremap", "brk", "__brk", "sbrk", "__sbrk", "malloc", "free",
	    "calloc", "realloc", "sysmalloc", "_int_malloc", "_int_free", "syscall"};
	for (size_t i = 0; i < countof(names); i++) {
		if (str_is(symbol, names[i]))
			return true;
	}
	return false;
}

const struct frame *stacks_site(struct frame_list frames)
{
	const struct frame *first = frames.v, *end = first + frames.n;
	for (const struct frame *frame = first; frame < end; frame++) {
		if (frame->module.len && !is_plumbing(frame->module) && !is_libc_function(frame->symbol))
			return frame;
	}
	for (const struct frame *frame = first; frame < end; frame++) {
		if (frame->module.len && !is_libc_function(frame->symbol))
			return frame;
	}
	return frames.n ? first : NULL;
}

void stacks_put_frame(struct buf *out, const struct frame *frame)
{
	struct str module = base_of(frame->module);
	struct str file = base_of(frame->file);
	buf_plain(out, frame->symbol.len ? frame->symbol : module);
	if (!frame->symbol.len && module.len)
		buf_fmt(out, "+0x%llx", (unsigned long long)frame->offset);
	else if (!frame->symbol.len)
		buf_fmt(out, "0x%llx", (unsigned long long)frame->ip);
	if (file.len || (frame->symbol.len && module.len)) {
		buf_char(out, ' ');
		buf_plain(out, file.len ? file : module);
	}
	if (file.len)
		buf_fmt(out, ":%llu", (unsigned long long)frame->line);
}

void stacks_put(struct buf *out, struct frame_list frames, const char *indent)
{
	for (size_t i = 0; i < frames.n; i++) {
		buf_str(out, str_of(indent));
		stacks_put_frame(out, &frames.v[i]);
		buf_char(out, '\n');
	}
}

void stacks_free(struct stacks *s)
{
	for (size_t i = 1; i < s->n; i++)
		free((void *)(uintptr_t)s->v[i].v);
	free(s->v);
	free(s->slots);
	intern_free(&s->texts);
	*s = (struct stacks){0};
}
