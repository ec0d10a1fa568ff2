#include "audit/written.h"

#include <stdlib.h>

#include "util/mem.h"

/* A part of an object, mapped writable, executable or both. */
struct part {
	uint64_t dev, inode, from, to;
	unsigned is; /* RANGE_WRITE, RANGE_EXEC */
	bool file;
};

struct written {
	struct part *v;
	size_t n, size;
};

struct written *written_new(void)
{
	return mem_alloc(sizeof(struct written));
}

/* A private mapping's own pages aren't the object's: only shared ones write to it. */
static unsigned use_of(const struct range *r)
{
	unsigned is = r->is & RANGE_EXEC;
	return is | (r->is & RANGE_SHARED ? r->is & RANGE_WRITE : 0);
}

bool written_note(struct written *w, const struct range *r)
{
	unsigned is = use_of(r);
	struct part part = {r->dev, r->inode, r->offset, r->offset + (r->end - r->start), is, r->is & RANGE_FILE};
	bool alias = false, known = false;
	if (!is || (!r->dev && !r->inode))
		return false;
	for (size_t i = 0; i < w->n; i++) {
		struct part *old = &w->v[i];
		if (old->dev != part.dev || old->inode != part.inode || old->from >= part.to || part.from >= old->to)
			continue;
		unsigned both = RANGE_WRITE | RANGE_EXEC;
		alias |= (old->is | is) == both && old->is != both && is != both && old->is != is;
		known |= old->is == is && old->from <= part.from && old->to >= part.to;
	}
	if (!known)
		*MEM_PUSH(w->v, w->n, w->size) = part;
	return alias && !known;
}

void written_free(struct written *w)
{
	if (!w)
		return;
	free(w->v);
	free(w);
}
