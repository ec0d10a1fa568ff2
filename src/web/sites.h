/*
 * Who made what is mapped now: each event that made something that is still there, and the sites that such calls come
 * from. As many as there are pieces of memory; a bounded number of sites. Pure.
 */
#pragma once

#include "model/model.h"
#include "report/groups.h"
#include "report/stacks.h"

struct made {
	struct made *next; /* of the same slot */
	struct made *older, *newer; /* of the same space */
	uint64_t number; /* of the event, in the model */
	uint64_t seq, elapsed, space;
	uint64_t live; /* bytes of it that are there */
	int64_t tid;
	uint32_t site;   /* index + 1 of groups; 0: none */
	int16_t call_id; /* -1: no call */
	uint8_t type;    /* enum event_type */
};

/* All that one space has. */
struct made_list {
	uint64_t space;
	struct made *newest;
};

struct sites {
	struct groups groups; /* their name is a comm, path a path: numbers of texts */
	struct stacks stacks;
	struct intern texts;
	struct made **slots; /* by number */
	size_t slots_n, n;
	struct made_list *spaces; /* slots by space, 0: free */
	size_t spaces_n, spaces_used;
};

/* sites_call - a call that is event `number` of the model, in the space of that id. */
void sites_call(struct sites *s, const struct event *ev, const struct change *change, uint64_t number,
    uint64_t space);

/* sites_image - an exec or attach, which made all that's there. */
void sites_image(struct sites *s, const struct event *ev, uint64_t number, uint64_t space);

/* sites_forget - the space of that id is gone. */
void sites_forget(struct sites *s, uint64_t space, uint64_t elapsed);

/* sites_made - the event of that number, if what it made is still there; else NULL. */
const struct made *sites_made(const struct sites *s, uint64_t number);

/* sites_put - append what a site is, in a few words. */
void sites_put(const struct sites *s, const struct group *group, struct buf *out);

void sites_free(struct sites *s);
