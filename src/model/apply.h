/* What a call that has ended does to its address space. Pure. */
#pragma once

#include "decode/effect.h"
#include "event.h"
#include "model/space.h"
#include "util/intern.h"

struct apply {
	struct address_space *space;
	const struct event *ev;
	uint64_t page;        /* the size of one, bytes */
	uint64_t by;          /* the event's number */
	struct intern *names; /* of ranges */
	/* Out: which addresses it was about; empty ones where there are less than two spans. */
	struct span touched[2];
	bool unsure; /* and whether these may hold what nobody told of */
};

/*
 * apply_call - the effects of a->ev on a->space. What the event doesn't tell the space keeps: a call that failed
 * half-way needs the kernel's own word (model/truth.h).
 */
void apply_call(struct apply *a);
