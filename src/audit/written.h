/* Which parts of what is shared were ever mapped writable, and which executable: by whatever mapping. Pure. */
#pragma once

#include "model/space.h"

struct written;

/* written_new - freed with written_free. */
struct written *written_new(void);

/*
 * written_note - a range is mapped. Returns whether a part of what it shows can now be written by one mapping and
 * executed by another, and that wasn't so before it.
 */
bool written_note(struct written *w, const struct range *r);

void written_free(struct written *w);
