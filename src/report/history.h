/*
 * What was done to which addresses, by whom: the deeds of calls, in the order of events. The caller owns the struct;
 * freed with history_free.
 */
#pragma once

#include "model/model.h"
#include "report/stacks.h"

enum deed_kind {
	DEED_MAPPED,
	DEED_UNMAPPED,
	DEED_PROTECTED,
	DEED_MOVED_HERE,
	DEED_MOVED_AWAY,
	DEED_FORKED,   /* a child got it from its parent */
	DEED_EXECUTED, /* a new image had it, */
	DEED_REPLACED, /* or hadn't */
	DEED_FOUND,    /* it was there when the trace began */
};

struct deed {
	uint64_t start, end;   /* addresses; of the whole deed */
	uint64_t seq, elapsed; /* of its event */
	uint64_t space;        /* address_space.id */
	uint64_t from;         /* DEED_FORKED: that of the parent */
	int32_t pid, tid;     /* DEED_FORKED: the child, and its parent's process */
	uint32_t comm, stack; /* numbers: history_text, history_stack */
	uint32_t is;          /* RANGE_*, afterwards, at `start` */
	uint16_t kind;        /* enum deed_kind */
	int16_t call_id;      /* -1: no call */
};

struct history {
	struct deed *v; /* a ring of `most`, or all where that is 0 */
	size_t n, size, most, next;
	struct intern texts;
	struct stacks stacks;
	bool only_address; /* keep deeds that hold this address */
	uint64_t address;
};

/* history_note - what the event `ev` did to the model, as `change` says. */
void history_note(
    struct history *h, const struct model *model, const struct event *ev, const struct change *change);

/* history_last - the newest deed that held `address` in that space, or before the fork that made it; or NULL. */
const struct deed *history_last(const struct history *h, uint64_t space, uint64_t address);

/* history_back - the deed that `i` others came after. */
const struct deed *history_back(const struct history *h, size_t i);

/* history_put - append a deed in words: "unmapped by munmap of tid 7 (worker) at foo.c:12". */
void history_put(const struct history *h, const struct deed *deed, struct buf *out);

struct str history_text(const struct history *h, uint32_t number);
struct frame_list history_stack(const struct history *h, uint32_t number);

void history_free(struct history *h);
