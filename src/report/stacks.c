#include "report/stacks.h"

#include <stdlib.h>

#include "util/cleanup.h"
#include "util/mem.h"

/* What makes a stack the same wherever its modules were mapped, as bytes. */
static void put_key(struct stacks *s, struct frame_list frames, struct buf *key)
{
	for (size_t i = 0; i < frames.n; i++) {
		const struct frame *frame = &frames.v[i];
		uint64_t of = intern_add(&s->texts, frame->module);
		uint64_t place = frame->module.len ? frame->offset : frame->ip;
		buf_add(key, &of, sizeof(of));
		buf_add(key, &place, sizeof(place));
	}
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
	s->key.len = 0;
	put_key(s, frames, &s->key);
	uint32_t number = intern_add(&s->keys, buf_view(&s->key));
	if (number < s->n)
		return number;
	if (!s->n)
		*MEM_PUSH(s->v, s->n, s->size) = (struct frame_list){0};
	struct frame *v = mem_alloc(frames.n * sizeof(*v));
	for (size_t i = 0; i < frames.n; i++)
		v[i] = keep(s, frames.v[i]);
	*MEM_PUSH(s->v, s->n, s->size) = (struct frame_list){v, frames.n};
	return number;
}

struct frame_list stacks_get(const struct stacks *s, uint32_t number)
{
	return number < s->n ? s->v[number] : (struct frame_list){0};
}

static bool is_plumbing(struct str module)
{
	static const struct str begins[] = {STR_INIT("libc.so"), STR_INIT("libc-"), STR_INIT("ld-"),
	    STR_INIT("ld.so"), STR_INIT("libpthread"), STR_INIT("libjemalloc"), STR_INIT("libmimalloc"),
	    STR_INIT("libtcmalloc"), STR_INIT("libstdc++"), STR_INIT("[vdso]")};
	struct str base = str_base(module);
	for (size_t i = 0; i < countof(begins); i++) {
		if (str_begins(base, begins[i]))
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
	if (!frames.n)
		return NULL;
	const struct frame *first = frames.v, *end = first + frames.n;
	for (const struct frame *frame = first; frame < end; frame++) {
		if (frame->module.len && !is_plumbing(frame->module) && !is_libc_function(frame->symbol))
			return frame;
	}
	for (const struct frame *frame = first; frame < end; frame++) {
		if (frame->module.len && !is_libc_function(frame->symbol))
			return frame;
	}
	return first;
}

void stacks_put_frame(struct buf *out, const struct frame *frame)
{
	struct str module = str_base(frame->module);
	struct str file = str_base(frame->file);
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
	buf_free(&s->key);
	intern_free(&s->keys);
	intern_free(&s->texts);
	*s = (struct stacks){0};
}
