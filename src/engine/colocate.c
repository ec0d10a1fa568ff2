#include "engine/colocate.h"

#include "util/clock.h"

/* A burst is so many stops, each not longer after the one before than this on average. */
#define WINDOW 8
#define BURST  (60 * NSEC_PER_USEC)

/* Without a stop for so long it's over. */
#define OVER (4 * NSEC_PER_MSEC)

/* How many windows it takes until the other way is tried again: ever more, as long as it isn't better. */
#define PATIENCE_LEAST 64
#define PATIENCE_MOST  4096

/* So many times as long as apart is too long to be waited for. */
#define TOO_LONG 3

/* So many windows long a burst must be for anyone to be held: few loaders' are, and what runs next may look. */
#define LONG 32

/* The stop at `now` is where it begins. */
static void begin_window(struct colocate *c, uint64_t *window, uint64_t now)
{
	c->began = now;
	c->stops = 0;
	c->crowd = c->makers;
	c->makers = 1;
	*window = ++c->number;
}

static void go(struct colocate *c, bool together)
{
	c->settling = c->together != together;
	c->together = together;
}

void colocate_part(struct colocate *c)
{
	c->together = c->near = c->settling = c->trying = false;
	c->run = 0;
	c->last = 0; /* what comes next is another burst */
}

/* What happens beside it can make a window much longer: one such is no reason to think otherwise. */
static void learn(struct colocate *c, uint64_t each)
{
	uint64_t *average = &c->each[c->together], most = *average + *average / 2;
	if (!*average)
		*average = each;
	else
		*average += (each < most ? each : most) / 4 - *average / 4;
}

/* Where there is little between them, together takes less of the machine. */
static bool is_better_together(const struct colocate *c)
{
	return c->each[true] <= c->each[false] + c->each[false] / 8;
}

static void choose(struct colocate *c)
{
	bool known = c->each[true];
	bool better = !known || is_better_together(c);
	if (c->run < LONG)
		return;
	c->windows++;
	if (c->trying) {
		bool paid = better == c->together;
		c->patience = paid ? PATIENCE_LEAST : c->patience * 2;
	}
	if (c->patience < PATIENCE_LEAST)
		c->patience = PATIENCE_LEAST;
	if (c->patience > PATIENCE_MOST)
		c->patience = PATIENCE_MOST;
	c->trying = !known || (!c->trying && c->windows >= c->patience);
	if (c->trying)
		c->windows = 0;
	go(c, known && c->trying ? !better : better);
}

/* A window has ended, or been long enough. */
static void end_window(struct colocate *c, uint64_t each)
{
	/* One alone is held up by nobody: it makes no more stops. Of many, some may wait for others. */
	if (each > BURST && (!c->together || c->makers <= 1)) {
		c->together = c->settling = c->trying = false;
		c->run = 0;
		return;
	}
	c->run++;
	if (c->settling) {
		c->settling = false;
		return;
	}
	learn(c, each);
	choose(c);
}

static bool is_too_long(const struct colocate *c, uint64_t now)
{
	return c->together && c->makers > 1 && c->each[false] &&
	       now - c->began > TOO_LONG * WINDOW * c->each[false];
}

/* Near is for one alone: who is fetched to where another wants to run keeps it waiting. */
static enum colocate_way way(struct colocate *c, bool alone)
{
	c->near = !c->together && alone && c->makers <= 1 && c->crowd <= 1;
	return c->together ? COLOCATE_TOGETHER : c->near ? COLOCATE_NEAR : COLOCATE_APART;
}

enum colocate_way colocate_stop(struct colocate *c, uint64_t *window, bool alone, uint64_t now)
{
	if (now < c->last)
		now = c->last; /* they aren't looked at quite in the order in which they came */
	if (now - c->last > OVER) {
		colocate_part(c);
		begin_window(c, window, now);
		c->last = now;
		return COLOCATE_APART;
	}
	c->last = now;
	if (*window != c->number) {
		*window = c->number;
		c->makers++;
	}
	if (++c->stops >= WINDOW || is_too_long(c, now)) {
		end_window(c, (now - c->began) / c->stops);
		begin_window(c, window, now);
	}
	return way(c, alone);
}

enum colocate_way colocate_exec(struct colocate *c, uint64_t *window, bool alone, uint64_t now)
{
	if (alone || c->makers <= 1) {
		colocate_part(c);
		c->makers = 1; /* whoever was before is gone, or waits for it */
		begin_window(c, window, now);
		c->last = now;
	}
	if (!c->together)
		c->run = 0;
	return way(c, alone);
}

enum colocate_way colocate_tick(struct colocate *c, uint64_t now)
{
	if ((c->together || c->near) && now - c->last > OVER)
		colocate_part(c);
	return way(c, c->near);
}
