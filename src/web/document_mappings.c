#include <stdlib.h>

#include "decode/syscalls.h"
#include "util/mem.h"
#include "web/documents.h"
#include "web/put.h"

/* The most bands of a drawing: more can't be told apart. */
#define BANDS_MAX 1000

const char *document_class(const struct range *r)
{
	if (r->is & RANGE_EXEC)
		return "exec";
	if (r->is & (RANGE_STACK | RANGE_THREAD_STACK))
		return "stack";
	if (r->is & RANGE_HEAP)
		return "heap";
	if (r->is & RANGE_SHARED)
		return "shared";
	if (r->is & RANGE_FILE)
		return "file";
	if (!(r->is & RANGE_WRITTEN) || r->is & RANGE_NORESERVE)
		return "reserved";
	return "committed";
}

/* ---- the largest ---- */

struct largest {
	struct range *v; /* a heap of copies: the smallest of them first */
	size_t n, most;
};

static uint64_t bytes_of(const struct range *r)
{
	return r->end - r->start;
}

static void sink(struct largest *l, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < l->n; at = child) {
		if (child + 1 < l->n && bytes_of(&l->v[child + 1]) < bytes_of(&l->v[child]))
			child++;
		if (bytes_of(&l->v[at]) <= bytes_of(&l->v[child]))
			return;
		struct range r = l->v[at];
		l->v[at] = l->v[child];
		l->v[child] = r;
	}
}

static void offer(struct largest *l, const struct range *r)
{
	if (l->n < l->most) {
		size_t at = l->n++;
		for (; at && bytes_of(&l->v[(at - 1) / 2]) > bytes_of(r); at = (at - 1) / 2)
			l->v[at] = l->v[(at - 1) / 2];
		l->v[at] = *r;
	} else if (l->most && bytes_of(r) > bytes_of(&l->v[0])) {
		l->v[0] = *r;
		sink(l, 0);
	}
}

static int largest_first(const void *a, const void *b)
{
	const struct range *x = a, *y = b;
	if (bytes_of(x) != bytes_of(y))
		return bytes_of(x) > bytes_of(y) ? -1 : 1;
	return x->start < y->start ? -1 : x->start > y->start;
}

static void put_maker(const struct live *l, const char *key, uint64_t number, struct buf *out)
{
	const struct made *made = sites_made(&l->sites, number);
	if (!made)
		return;
	put_key(out, key);
	put_open(out, '{');
	put_number(out, "seq", made->seq);
	put_seconds(out, "elapsed", made->elapsed);
	put_integer(out, "tid", made->tid);
	if (made->call_id >= 0)
		put_text(out, "call", str_of(syscalls[made->call_id].name));
	else
		put_text(out, "call", made->type == EVENT_EXEC ? STR("execve") : STR("before"));
	if (made->site) {
		struct buf words = {0};
		sites_put(&l->sites, &l->sites.groups.v[made->site - 1], &words);
		put_text(out, "site", buf_view(&words));
		buf_free(&words);
	}
	put_close(out, '}');
}

static void put_range(const struct live *l, const struct range *r, struct buf *out)
{
	char perms[] = {r->is & RANGE_READ ? 'r' : '-', r->is & RANGE_WRITE ? 'w' : '-',
	    r->is & RANGE_EXEC ? 'x' : '-', r->is & RANGE_SHARED ? 's' : 'p', '\0'};
	struct str name = model_name(l->model, r);
	put_open(out, '{');
	put_hex(out, "start", r->start);
	put_hex(out, "end", r->end);
	put_number(out, "length", bytes_of(r));
	put_text(out, "perms", str_of(perms));
	put_text(out, "class", str_of(document_class(r)));
	if (name.len)
		put_text(out, "name", name);
	else if (r->is & (RANGE_THREAD_STACK | RANGE_ARENA))
		put_text(out, "name", r->is & RANGE_ARENA ? STR("[malloc arena]") : STR("[thread stack]"));
	put_maker(l, "made", r->born, out);
	if (r->changed != r->born)
		put_maker(l, "changed", r->changed, out);
	put_close(out, '}');
}

/* ---- bands ---- */

struct band {
	uint64_t start, end;
	const char *class;
	uint64_t ranges;
};

struct bands {
	struct band *v;
	size_t n, size;
};

static void add_band(struct bands *b, const struct range *r)
{
	const char *class = document_class(r);
	struct band *last = b->n ? &b->v[b->n - 1] : NULL;
	if (last && last->class == class && r->start == last->end) {
		last->end = r->end;
		last->ranges++;
		return;
	}
	*MEM_PUSH(b->v, b->n, b->size) = (struct band){r->start, r->end, class, 1};
}

static void put_bands(const struct bands *b, struct buf *out)
{
	put_key(out, "bands");
	put_open(out, '[');
	for (size_t i = 0; i < b->n; i++) {
		put_open(out, '{');
		put_hex(out, "start", b->v[i].start);
		put_hex(out, "end", b->v[i].end);
		put_text(out, "class", str_of(b->v[i].class));
		put_number(out, "ranges", b->v[i].ranges);
		put_close(out, '}');
	}
	put_close(out, ']');
}

static void join(struct bands *b, uint64_t gap)
{
	size_t n = 0;
	for (size_t i = 1; i < b->n; i++) {
		struct band *last = &b->v[n], *next = &b->v[i];
		if (next->start - last->end > gap) {
			b->v[++n] = *next;
			continue;
		}
		if (next->end - next->start > last->end - last->start)
			last->class = next->class;
		last->end = next->end;
		last->ranges += next->ranges;
	}
	b->n = n + 1;
}

void document_mappings(struct live *l, struct member *m, unsigned limit, struct buf *out)
{
	struct address_space *space = l->model && !m->ended ? model_space(l->model, m->pid) : NULL;
	struct largest largest = {.most = limit};
	struct bands bands = {0};
	uint64_t all = 0;
	largest.v = mem_alloc((limit + 1) * sizeof(*largest.v));
	for (struct range *r = space ? space_next(space, 0) : NULL; r; r = space_next(space, r->end)) {
		if (r->is & RANGE_HIDDEN)
			continue;
		all++;
		offer(&largest, r);
		add_band(&bands, r);
	}
	for (uint64_t gap = 65536; bands.n > BANDS_MAX; gap *= 4)
		join(&bands, gap);
	qsort(largest.v, largest.n, sizeof(*largest.v), largest_first);
	put_key(out, "mappings");
	put_open(out, '{');
	put_number(out, "process", m->number);
	put_number(out, "ranges_all", all);
	put_key(out, "ranges");
	put_open(out, '[');
	for (size_t i = 0; i < largest.n; i++)
		put_range(l, &largest.v[i], out);
	put_close(out, ']');
	put_bands(&bands, out);
	put_close(out, '}');
	free(largest.v);
	free(bands.v);
}
