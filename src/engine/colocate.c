#include "engine/colocate.h"

#include "util/clock.h"

/* A burst is so many stops, each not longer after the one before than this on average. */
#define WINDOW 8
#define BURST  (60 * NSEC_PER_USEC)

/* Without a stop for so long it's over. */
#define OVER (4 * NSEC_PER_MSEC)

/* How many windows it takes until another way is tried again: ever more, as long as none is better. */
static const struct patience {
	unsigned least, most;
} of_one = {64, 4096}, of_many = {1024, 16384};

/* So many times as long as apart is too long to be waited for. */
#define TOO_LONG 2

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

/* Many are moved one by one, as they stop, and their stops come in batches: so many windows tell nothing, or enough. */
#define SETTLE_ONE   1
#define SETTLE_MANY  32
#define MEASURE_ONE  1
#define MEASURE_MANY 96

/* Beside is for many: of one alone there is no other stop to look at. So many windows of one's may come in between. */
#define SEVERAL 64

static void begin_measure(struct colocate *c)
{
	c->measured = c->counted = 0;
	c->took = 0;
	c->since = c->last;
}

static void go(struct colocate *c, enum colocate_way way)
{
	if (c->held == way)
		return;
	c->settling = c->several ? SETTLE_MANY : SETTLE_ONE;
	c->held = way;
	begin_measure(c);
}

static void let_go(struct colocate *c)
{
	c->held = COLOCATE_APART;
	c->settling = c->run = 0;
	c->trying = false;
	begin_measure(c);
}

void colocate_part(struct colocate *c)
{
	let_go(c);
	c->near = false;
	c->last = 0; /* what comes next is another burst */
}

/*
 * What happens beside it can make one measure much longer: one such is no reason to think otherwise. That a trial went
 * well is: it's found out soon if that doesn't last.
 */
static void learn(struct colocate *c, uint64_t each)
{
	uint64_t *average = &c->each[c->held], most = c->several ? *average * 2 : *average + *average / 2;
	if (!*average || (c->trying && each < *average))
		*average = each;
	else
		*average += (each < most ? each : most) / 4 - *average / 4;
}

static bool is_possible(const struct colocate *c, enum colocate_way way)
{
	return way != COLOCATE_BESIDE || c->several;
}

/* A way that nothing is known of, or the next in turn. */
static enum colocate_way choose_other(const struct colocate *c)
{
	enum colocate_way other = c->held;
	for (unsigned i = 1; i <= COLOCATE_WAYS; i++) {
		enum colocate_way way = (c->tried + i) % COLOCATE_WAYS;
		if (!is_possible(c, way) || way == c->held)
			continue;
		if (!c->each[way])
			return way;
		if (other == c->held)
			other = way;
	}
	return other;
}

/* Where there is little between them, together takes less of the machine. */
static enum colocate_way choose_best(const struct colocate *c)
{
	enum colocate_way best = COLOCATE_APART;
	uint64_t least = UINT64_MAX;
	for (enum colocate_way way = 0; way < COLOCATE_WAYS; way++) {
		uint64_t cost = c->each[way] * (way == COLOCATE_TOGETHER ? 8 : 9);
		if (!cost || !is_possible(c, way) || cost > least)
			continue;
		least = cost;
		best = way;
	}
	return best;
}

static void set_patience(struct colocate *c, bool paid)
{
	const struct patience *of = c->several ? &of_many : &of_one;
	c->patience = paid ? of->least : c->patience * 2;
	if (c->patience < of->least)
		c->patience = of->least;
	if (c->patience > of->most)
		c->patience = of->most;
}

static void begin_trial(struct colocate *c, enum colocate_way way)
{
	c->tried = way;
	c->trying = true;
	c->windows = 0;
	go(c, way);
}

static void choose(struct colocate *c)
{
	if (c->run < LONG)
		return;
	enum colocate_way best = choose_best(c);
	if (c->trying)
		set_patience(c, best == c->held);
	c->trying = false;
	enum colocate_way other = choose_other(c);
	if (!c->each[other] || c->windows >= c->patience)
		begin_trial(c, other);
	else
		go(c, best);
}

/* What was measured of stops, `each` ns on average, is used. */
static void use(struct colocate *c, uint64_t each)
{
	/* One alone is held up by nobody: it makes no more stops. Of many, some may wait for others. */
	if (each > BURST && (!c->held || !c->several)) {
		let_go(c);
		return;
	}
	learn(c, each);
	begin_measure(c);
	choose(c);
}

/* A window has ended that took so long, too long to go on with more. */
static void end_window(struct colocate *c, uint64_t took, bool too_long)
{
	c->run++;
	c->several = c->makers > 1 ? SEVERAL : c->several ? c->several - 1 : 0;
	if (c->settling && !too_long) {
		c->settling--;
		return;
	}
	c->settling = 0;
	c->took += took;
	c->counted += c->stops;
	c->windows++;
	if (++c->measured >= (c->several ? MEASURE_MANY : MEASURE_ONE) || too_long)
		use(c, c->took / c->counted);
}

/* Those of a crowd come in batches, so that a single window says little. */
static bool is_too_long(const struct colocate *c, uint64_t now)
{
	uint64_t most = TOO_LONG * (SETTLE_MANY + MEASURE_MANY) * WINDOW * c->each[COLOCATE_APART];
	return c->held && c->makers > 1 && most && now - c->since > most;
}

/* Near is for one alone: who is fetched to where another wants to run keeps it waiting. */
static enum colocate_way way(struct colocate *c, bool alone)
{
	c->near = !c->held && alone && c->makers <= 1 && c->crowd <= 1;
	return c->near ? COLOCATE_NEAR : c->held;
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
	bool too_long = is_too_long(c, now);
	if (++c->stops >= WINDOW || too_long) {
		end_window(c, now - c->began, too_long);
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
	if (!c->held)
		c->run = 0;
	return way(c, alone);
}

enum colocate_way colocate_tick(struct colocate *c, uint64_t now)
{
	if ((c->held || c->near) && now - c->last > OVER)
		colocate_part(c);
	return way(c, c->near);
}
