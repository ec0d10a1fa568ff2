/* What a call that has ended does to its address space. Pure. */
#pragma once

#include "event.h"
#include "model/space.h"

/*
 * apply_call - the effects of `ev`, the event number `by`; `page` is the size of a page. What the event doesn't
 * tell the space keeps: a call that failed half-way needs the kernel's own word (model/truth.h).
 */
void apply_call(struct address_space *s, const struct event *ev, uint64_t page, uint64_t by);
