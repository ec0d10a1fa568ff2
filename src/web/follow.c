#include "web/follow.h"

void follow_event(struct follower *f, const struct event *ev)
{
	if (ev->type != EVENT_START) {
		if (f->live)
			live_take(f->live, ev);
		return;
	}
	follow_end(f);
	f->live = live_new(ev, NULL, NULL, false);
	live_take(f->live, ev);
	runs_add(f->runs, f->live);
}

void follow_end(struct follower *f)
{
	if (f->live)
		runs_drop(f->runs, f->live);
	f->live = NULL;
}
