#include "audit/written.h"

#include <stdlib.h>

#include "util/mem.h"

/* A part of an object, mapped writable, executable or both. */
struct part {
	uint64_t from, to;
	unsigned is; /* RANGE_WRITE, RANGE_EXEC */
	struct part *next;
};

/* A file, a memfd, shared memory. */
struct object {
	RB_ENTRY(object) link;
	uint64_t dev, inode;
	struct part *parts;
};

RB_HEAD(written, object);

static int compare(const struct object *a, const struct object *b)
{
	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

RB_GENERATE_INTERNAL(written, object, link, compare, static __attribute__((unused)))

struct written *written_new(void)
{
	struct written *w = mem_alloc(sizeof(*w));
	RB_INIT(w);
	return w;
}

/* A private mapping's own pages aren't the object's: only shared ones write to it. */
static unsigned use_of(const struct range *r)
{
	unsigned is = r->is & RANGE_EXEC;
	return is | (r->is & RANGE_SHARED ? r->is & RANGE_WRITE : 0);
}

static struct object *object_of(struct written *w, const struct range *r)
{
	struct object key = {.dev = r->dev, .inode = r->inode}, *object = RB_FIND(written, w, &key);
	if (object)
		return object;
	object = mem_alloc(sizeof(*object));
	object->dev = r->dev;
	object->inode = r->inode;
	RB_INSERT(written, w, object);
	return object;
}

bool written_note(struct written *w, const struct range *r)
{
	const unsigned both = RANGE_WRITE | RANGE_EXEC;
	struct part part = {r->offset, r->offset + (r->end - r->start), use_of(r), NULL};
	bool alias = false, known = false;
	if (!part.is || (!r->dev && !r->inode))
		return false;
	struct object *object = object_of(w, r);
	for (const struct part *old = object->parts; old; old = old->next) {
		if (old->from >= part.to || part.from >= old->to)
			continue;
		alias |= (old->is | part.is) == both && old->is != both && part.is != both;
		known |= old->is == part.is && old->from <= part.from && old->to >= part.to;
	}
	if (known)
		return false;
	struct part *new = mem_alloc(sizeof(*new));
	*new = part;
	new->next = object->parts;
	object->parts = new;
	return alias;
}

void written_free(struct written *w)
{
	if (!w)
		return;
	struct object *object, *next;
	RB_FOREACH_SAFE(object, written, w, next) {
		for (struct part *part = object->parts, *after; part; part = after) {
			after = part->next;
			free(part);
		}
		RB_REMOVE(written, w, object);
		free(object);
	}
	free(w);
}
