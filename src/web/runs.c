#include "web/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void runs_init(struct runs *r)
{
	*r = (struct runs){0};
	pthread_mutex_init(&r->lock, NULL);
}

static void take_out(struct runs *r, size_t at)
{
	live_free(r->v[at].live);
	r->n--;
	memmove(&r->v[at], &r->v[at + 1], (r->n - at) * sizeof(r->v[0]));
}

static void make_room(struct runs *r)
{
	for (size_t i = 0; i < r->n && r->n >= RUNS_KEPT;) {
		if (r->v[i].users)
			i++;
		else
			take_out(r, i);
	}
}

void runs_add(struct runs *r, struct live *live)
{
	pthread_mutex_lock(&r->lock);
	make_room(r);
	*MEM_PUSH(r->v, r->n, r->size) = (struct run_entry){live, 1};
	pthread_mutex_unlock(&r->lock);
}

struct live *runs_get(struct runs *r, struct str run)
{
	struct live *found = NULL;
	pthread_mutex_lock(&r->lock);
	for (size_t i = r->n; i-- > 0 && !found;) {
		if (run.len && !str_is(run, r->v[i].live->run))
			continue;
		found = r->v[i].live;
		r->v[i].users++;
	}
	pthread_mutex_unlock(&r->lock);
	return found;
}

void runs_drop(struct runs *r, struct live *live)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->n; i++)
		r->v[i].users -= r->v[i].live == live;
	pthread_mutex_unlock(&r->lock);
}

void runs_each(struct runs *r, void (*each)(struct live *live, void *arg), void *arg)
{
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->n; i++)
		each(r->v[i].live, arg);
	pthread_mutex_unlock(&r->lock);
}

bool runs_trouble(struct runs *r, const char *why)
{
	pthread_mutex_lock(&r->lock);
	bool differs = strncmp(r->trouble, why, sizeof(r->trouble) - 1) != 0;
	snprintf(r->trouble, sizeof(r->trouble), "%s", why);
	pthread_mutex_unlock(&r->lock);
	return differs;
}

void runs_put_trouble(struct runs *r, struct buf *out)
{
	pthread_mutex_lock(&r->lock);
	buf_str(out, str_of(r->trouble));
	pthread_mutex_unlock(&r->lock);
}

void runs_free(struct runs *r)
{
	while (r->n)
		take_out(r, r->n - 1);
	free(r->v);
	pthread_mutex_destroy(&r->lock);
}
