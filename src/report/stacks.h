/* Stacks, each kept once and known by a number. The caller owns the struct ({0} is empty); freed with stacks_free. */
#pragma once

#include "event.h"
#include "util/buf.h"
#include "util/intern.h"

struct stacks {
	struct intern texts, keys; /* keys: of stacks, numbered alike */
	struct frame_list *v; /* by number; 0 is none */
	size_t n, size;
	struct buf key;
};

/* stacks_add - the number of a stack, the same for the same modules and offsets; 0 for an empty one. */
uint32_t stacks_add(struct stacks *s, struct frame_list frames);

/* stacks_get - the stack of a number; it holds until stacks_free. */
struct frame_list stacks_get(const struct stacks *s, uint32_t number);

/*
 * stacks_site - the frame of a stack that is the program's own: the innermost outside of the C library, the
 * loader and allocators; NULL for an empty stack.
 */
const struct frame *stacks_site(struct frame_list frames);

/* stacks_put_frame - append a frame in a few words: "leak_some leak.c:12". */
void stacks_put_frame(struct buf *out, const struct frame *frame);

/* stacks_put - append a stack, a frame a line, each after `indent`. */
void stacks_put(struct buf *out, struct frame_list frames, const char *indent);

void stacks_free(struct stacks *s);
