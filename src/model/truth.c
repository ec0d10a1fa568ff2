#include "model/truth.h"

#include <stdio.h>
#include <sys/mman.h>

/*
 * Memory that is a file to the kernel but on no disk has names of its own kinds (proc_pid_maps(5)). Some isn't
 * given to children: VM_DONTCOPY in fs/aio.c, kernel/events/core.c.
 */
unsigned truth_kind(struct str path)
{
	static const struct {
		struct str begin;
		unsigned is;
	} kinds[] = {
	    {STR_INIT("/memfd:"), RANGE_OBJECT},
	    {STR_INIT("/SYSV"), RANGE_OBJECT},
	    {STR_INIT("/dev/zero"), RANGE_OBJECT},
	    {STR_INIT("/dev/shm/"), RANGE_OBJECT},
	    {STR_INIT("/anon_hugepage"), RANGE_OBJECT},
	    {STR_INIT("/[aio]"), RANGE_OBJECT | RANGE_UNFORKED},
	    {STR_INIT("anon_inode:[perf_event]"), RANGE_OBJECT | RANGE_UNFORKED},
	    {STR_INIT("anon_inode:"), RANGE_OBJECT},
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct str begin = kinds[i].begin;
		if (str_begins(path, begin))
			return kinds[i].is;
	}
	return RANGE_FILE;
}

void truth_settle(struct range *r, struct str path)
{
	if (!(r->is & RANGE_SHARED) && str_is(path, "/dev/zero"))
		r->inode = 0;
}

static struct range range_of(const struct map *map, uint64_t by)
{
	struct range r = {.start = map->start,
	    .end = map->end,
	    .offset = map->offset,
	    .dev = map->dev,
	    .inode = map->inode,
	    .born = by,
	    .changed = by};
	r.is = (map->perms[0] == 'r' ? RANGE_READ : 0) |
	       (map->perms[1] == 'w' ? RANGE_WRITE | RANGE_WRITTEN : 0) |
	       (map->perms[2] == 'x' ? RANGE_EXEC : 0) | (map->perms[3] == 's' ? RANGE_SHARED : 0);
	if (map->inode || map->dev)
		r.is |= truth_kind(map->path);
	if (str_begins(map->path, STR("/SYSV")))
		r.is |= RANGE_SYSV;
	truth_settle(&r, map->path);
	if (map->deleted && r.is & RANGE_FILE)
		r.is |= RANGE_DELETED;
	if (str_is(map->path, "[stack]"))
		r.is |= RANGE_STACK | RANGE_GROWS;
	if (map->grows_down)
		r.is |= RANGE_GROWS;
	if (str_is(map->path, "[heap]"))
		r.is |= RANGE_HEAP;
	if (str_is(map->path, "[vsyscall]"))
		r.is |= RANGE_HIDDEN;
	return r;
}

void truth_load(struct address_space *s, struct map_list maps, uint64_t by, struct intern *names)
{
	for (size_t i = 0; i < maps.n; i++) {
		struct range r = range_of(&maps.v[i], by);
		r.name = intern_add(names, maps.v[i].path);
		space_put(s, r.start, r.end, &r);
		if (r.is & RANGE_HEAP)
			s->brk = r.end; /* rounded up: what the next brk(2) goes on from */
	}
}

#define SHOWN (RANGE_ACCESS | RANGE_SHARED)

static bool is_alike(const struct range *a, const struct range *b)
{
	if ((a->is ^ b->is) & SHOWN)
		return false;
	if (a->dev == DEV_UNNAMED && b->dev != DEV_UNNAMED)
		return b->is & RANGE_OBJECT;
	return a->dev == b->dev && a->inode == b->inode;
}

/* What is left of a range from `to` on. */
static void advance(struct range *r, uint64_t to)
{
	r->offset += r->inode ? to - r->start : 0;
	r->start = to;
}

/* Let `r` be the space's next range, unless something is left of it. */
static bool next_of_space(struct address_space *s, struct range *r)
{
	if (r->start < r->end)
		return true;
	const struct range *next = space_next(s, r->end);
	if (next)
		*r = *next;
	return next;
}

static bool next_of_maps(struct map_list maps, size_t *at, struct range *r)
{
	if (r->start < r->end)
		return true;
	if (*at == maps.n)
		return false;
	*r = range_of(&maps.v[(*at)++], 0);
	return true;
}

static void describe(char *ret, size_t size, const char *who, const struct range *r)
{
	if (!r) {
		snprintf(ret, size, "%s nothing more", who);
		return;
	}
	snprintf(ret, size, "%s %llx-%llx %c%c%c%c %llx %llx:%llx", who, (unsigned long long)r->start,
	    (unsigned long long)r->end, r->is & RANGE_READ ? 'r' : '-', r->is & RANGE_WRITE ? 'w' : '-',
	    r->is & RANGE_EXEC ? 'x' : '-', r->is & RANGE_SHARED ? 's' : 'p',
	    (unsigned long long)r->offset, (unsigned long long)r->dev, (unsigned long long)r->inode);
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Whether both go on with the same; then leave out as much of them as both have. */
static bool take_same(struct range *model, struct range *kernel)
{
	bool grows = model->is & RANGE_GROWS;
	if (grows && model->start < kernel->start && kernel->start < model->end)
		advance(model, kernel->start); /* its low edge may differ */
	if (grows && kernel->start < model->start && model->start < kernel->end)
		advance(kernel, model->start);
	if (model->start != kernel->start || !is_alike(model, kernel) ||
	    (model->inode && model->offset != kernel->offset))
		return false;
	uint64_t end = lesser(model->end, kernel->end);
	advance(model, end);
	advance(kernel, end);
	return true;
}

bool truth_equals(struct address_space *s, struct map_list maps, char *ret, size_t size)
{
	struct range model = {0}, kernel = {0};
	size_t i = 0;
	for (;;) {
		bool has_model = next_of_space(s, &model);
		bool has_kernel = next_of_maps(maps, &i, &kernel);
		if (!has_model && !has_kernel)
			return true;
		if (has_model && has_kernel && take_same(&model, &kernel))
			continue;
		char ours[100], its[100];
		describe(ours, sizeof(ours), "the model has", has_model ? &model : NULL);
		describe(its, sizeof(its), "the kernel", has_kernel ? &kernel : NULL);
		snprintf(ret, size, "%s, %s", ours, its);
		return false;
	}
}

/* Whether that range, from `at` on, is the same mapping as the kernel's, whatever may be done there. */
static bool is_mapping(const struct range *model, const struct range *kernel, uint64_t at)
{
	struct range other = *kernel;
	other.is = (kernel->is & ~(unsigned)SHOWN) | (model->is & RANGE_ACCESS) | (kernel->is & RANGE_SHARED);
	return is_alike(model, &other) && (!kernel->inode || model->offset + (at - model->start) ==
	                                                         kernel->offset + (at - kernel->start));
}

/* Let the space have that range. What only its protection was changed of stays what it is. */
static void correct(struct address_space *s, const struct range *kernel, uint64_t by)
{
	for (uint64_t at = kernel->start, end; at < kernel->end; at = end) {
		const struct range *r = space_next(s, at);
		bool is_there = r && r->start <= at;
		end = r ? lesser(kernel->end, is_there ? r->end : r->start) : kernel->end;
		if (is_there && is_mapping(r, kernel, at)) {
			space_protect(s, at, end, kernel->is & RANGE_ACCESS, by);
			continue;
		}
		struct range missing = *kernel;
		missing.offset += kernel->inode ? at - kernel->start : 0;
		space_put(s, at, end, &missing);
	}
}

/* One that grew by itself still is who made it. */
static bool grow(struct address_space *s, const struct range *kernel)
{
	const struct range *r = space_at(s, kernel->end - 1);
	if (!r || !(r->is & RANGE_GROWS) || r->start <= kernel->start || r->end != kernel->end)
		return false;
	if (!is_alike(r, kernel))
		return false; /* it's another one, where that was */
	struct range same = *r;
	space_put(s, kernel->start, kernel->end, &same);
	return true;
}

void truth_grow(struct address_space *s, uint64_t start, uint64_t end)
{
	const struct range *r = space_at(s, end - 1);
	if (!r || !(r->is & RANGE_GROWS) || r->start <= start)
		return;
	struct range same = *r;
	space_put(s, start, end, &same);
}

void truth_correct(struct address_space *s, struct map_list maps, uint64_t by, struct intern *names)
{
	uint64_t end = 0;
	for (size_t i = 0; i < maps.n; i++) {
		struct range r = range_of(&maps.v[i], by);
		space_cut(s, end, r.start);
		r.name = intern_add(names, maps.v[i].path);
		if (!grow(s, &r))
			correct(s, &r, by);
		end = r.end;
	}
	space_cut(s, end, UINT64_MAX);
}
