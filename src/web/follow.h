/* Events of recorded runs, to be shown: at each start a new run begins. */
#pragma once

#include "web/runs.h"

struct follower {
	struct runs *runs;
	struct live *live; /* NULL: none has begun */
};

/* follow_event - the next event. */
void follow_event(struct follower *f, const struct event *ev);

/* follow_end - no more come; what was shown stays. */
void follow_end(struct follower *f);
