#include "engine/spin.h"

#define CREDIT_MOST 16
#define CREDIT_TRY  4

#define PAUSE_FIRST 16
#define PAUSE_MOST  4096

/* A look at the load costs a system call of its own. */
#define WAITS_A_LOAD 16

bool spin_asks(struct spin *s)
{
	return s->waits++ % WAITS_A_LOAD == 0;
}

void spin_load(struct spin *s, unsigned tasks)
{
	if (tasks > 1000)
		tasks = 1000;
	s->load = s->load - s->load / 8 + tasks * 16 / 8;
}

bool spin_wanted(struct spin *s, unsigned processors)
{
	/* A quarter more: some of those are about to sleep. */
	if (s->load > processors * 16 + 4)
		return false;
	if (s->pause) {
		s->pause--;
		return false;
	}
	if (!s->credit)
		s->credit = CREDIT_TRY;
	return true;
}

void spin_ended(struct spin *s, bool came)
{
	if (came && s->credit < CREDIT_MOST) {
		s->credit++;
	} else if (came) {
		s->last = 0; /* it pays: the next failures are forgiven soon */
	} else if (--s->credit == 0) {
		s->last = s->last ? s->last * 2 : PAUSE_FIRST;
		if (s->last > PAUSE_MOST)
			s->last = PAUSE_MOST;
		s->pause = s->last;
	}
}
