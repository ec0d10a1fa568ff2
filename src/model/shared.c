#include "model/shared.h"

#include <stdlib.h>

#include "util/mem.h"

/* How much a space has of an object. */
struct part {
	uint64_t space, bytes;
	struct part *next;
};

/* What is shared: a file, a memfd, anonymous memory. */
struct object {
	RB_ENTRY(object) link;
	uint64_t dev, inode;
	bool file;
	uint64_t sum, most; /* of all spaces, and of the one that has most */
	struct part *parts;
};

RB_HEAD(object_tree, object);

struct shared_memory {
	struct object_tree objects;
	uint64_t excess[METRICS];
};

static int compare(const struct object *a, const struct object *b)
{
	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	return a->inode < b->inode ? -1 : a->inode > b->inode;
}

RB_GENERATE_INTERNAL(object_tree, object, link, compare, static __attribute__((unused)))

struct shared_memory *shared_new(void)
{
	struct shared_memory *m = mem_alloc(sizeof(*m));
	RB_INIT(&m->objects);
	return m;
}

static struct object *find(struct shared_memory *m, const struct range *r)
{
	struct object key = {.dev = r->dev, .inode = r->inode};
	struct object *object = RB_FIND(object_tree, &m->objects, &key);
	if (object)
		return object;
	object = mem_alloc(sizeof(*object));
	object->dev = r->dev;
	object->inode = r->inode;
	object->file = r->is & RANGE_FILE;
	RB_INSERT(object_tree, &m->objects, object);
	return object;
}

static struct part **find_part(struct object *object, uint64_t space)
{
	struct part **at = &object->parts;
	while (*at && (*at)->space != space)
		at = &(*at)->next;
	return at;
}

static void count(struct shared_memory *m, const struct object *object, uint64_t sign)
{
	uint64_t bytes = sign * (object->sum - object->most);
	m->excess[METRIC_MAPPED] += bytes;
	m->excess[METRIC_SHARED] += bytes;
	m->excess[object->file ? METRIC_FILE : METRIC_COMMITTED] += bytes;
}

static void find_most(struct object *object)
{
	object->most = 0;
	for (const struct part *part = object->parts; part; part = part->next) {
		if (part->bytes > object->most)
			object->most = part->bytes;
	}
}

/* A part of nothing goes, and an object without parts. */
static void change(struct shared_memory *m, struct object *object, struct part **at, uint64_t bytes)
{
	struct part *part = *at;
	bool had_most = part->bytes == object->most;
	count(m, object, UINT64_MAX);
	object->sum += bytes;
	part->bytes += bytes;
	if (part->bytes > object->most)
		object->most = part->bytes;
	else if (had_most)
		find_most(object);
	count(m, object, 1);
	if (!part->bytes) {
		*at = part->next;
		free(part);
	}
	if (!object->parts) {
		RB_REMOVE(object_tree, &m->objects, object);
		free(object);
	}
}

void shared_count(struct shared_memory *m, uint64_t space, const struct range *r, uint64_t bytes)
{
	if (!r->dev && !r->inode)
		return;
	struct object *object = find(m, r);
	struct part **at = find_part(object, space);
	if (!*at) {
		*at = mem_alloc(sizeof(**at));
		(*at)->space = space;
	}
	change(m, object, at, bytes);
}

void shared_forget(struct shared_memory *m, uint64_t space)
{
	struct object *object, *next;
	RB_FOREACH_SAFE(object, object_tree, &m->objects, next) {
		struct part **at = find_part(object, space);
		if (*at)
			change(m, object, at, -(*at)->bytes);
	}
}

const uint64_t *shared_excess(const struct shared_memory *m)
{
	return m->excess;
}

void shared_free(struct shared_memory *m)
{
	if (!m)
		return;
	struct object *object, *next;
	RB_FOREACH_SAFE(object, object_tree, &m->objects, next) {
		for (struct part *part = object->parts, *after; part; part = after) {
			after = part->next;
			free(part);
		}
		RB_REMOVE(object_tree, &m->objects, object);
		free(object);
	}
	free(m);
}
