/* The runs that are shown: a live one, those of a trace one after another, those of a database side by side. */
#pragma once

#include "web/live.h"

/* Where there are more, the oldest that nobody uses goes. */
#define RUNS_KEPT 16

/* How fast recorded runs are shown: thousandths of the speed that they had. 0: they stand still. */
#define RUNS_AS_IT_WAS 1000
#define RUNS_FASTEST   (UINT64_MAX / 2)

struct runs {
	pthread_mutex_t lock;
	struct run_entry {
		struct live *live;
		unsigned users;
	} *v; /* oldest first */
	size_t n, size;
	bool paced; /* they are recorded ones, shown at a speed */
	atomic_uint_fast64_t speed; /* then */
	char trouble[256]; /* why there's no news now, in words; empty: there is */
};

void runs_init(struct runs *r);

/* runs_add - a run more, theirs from now on, which whoever adds it uses until runs_drop. */
void runs_add(struct runs *r, struct live *live);

/*
 * runs_get - the run of that id, or the newest where `run` is empty; NULL: there is none. It stays until runs_drop.
 */
struct live *runs_get(struct runs *r, struct str run);
void runs_drop(struct runs *r, struct live *live);

/* runs_each - call `each` for all. */
void runs_each(struct runs *r, void (*each)(struct live *live, void *arg), void *arg);

/* runs_trouble - say why no news come; "": they do. Returns whether that is another thing than before. */
bool runs_trouble(struct runs *r, const char *why);

/* runs_put_trouble - append it. */
void runs_put_trouble(struct runs *r, struct buf *out);

void runs_free(struct runs *r);
