/*
 * From registers and a piece of stack to the calls that led there: one for all engines, that works when the task
 * has long gone on. Where there is no call frame information, frame pointers are followed.
 */
#pragma once

#include "event.h"
#include "model/model.h"

struct unwinder;

/* unwinder_new - for stacks of up to `most` frames; freed with unwinder_free. */
struct unwinder *unwinder_new(uint64_t most);

/*
 * unwind - the stack of the task that `ev` is about, innermost call first, by the space that its process has in
 * the model. It holds until the next call. What can't be known is left out of a frame, and the list ends where
 * the next one can't be known.
 */
struct frame_list unwind(struct unwinder *u, const struct model *model, const struct event *ev);

void unwinder_free(struct unwinder *u);
