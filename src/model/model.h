/*
 * The address spaces of all that is traced, as the events of a trace make them: keyed by space, not by process
 * (threads, vfork(2) and CLONE_VM share one, fork(2) copies, execve(2) replaces). Pure: no I/O, no clock.
 *
 * Events must be all that change address spaces (%map), with results, in the kernel's order.
 */
#pragma once

#include "event.h"
#include "model/space.h"

struct model;

/* What an event did. Texts and lists hold until the next event. */
struct change {
	bool has_usage;
	struct level_list usage; /* exit, detach: of the process; end: of all that was traced */
	bool mismatch;           /* the event carried the kernel's own ranges, and they differed */
	char difference[256];    /* then: the first one that does, for people */
};

/* model_new - freed with model_free. */
struct model *model_new(void);

/* model_apply - what happens by `ev`. */
void model_apply(struct model *m, const struct event *ev, struct change *ret);

/* model_space - the space that process `pid` uses, NULL if it isn't known. It's the model's. */
const struct address_space *model_space(const struct model *m, int64_t pid);

void model_free(struct model *m);
