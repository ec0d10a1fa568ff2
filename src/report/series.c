#include "report/series.h"

#define FIRST_WIDTH 100000 /* ns */

/* Steps twice as wide. */
static void widen(struct series *s)
{
	for (unsigned i = 0; i < SERIES_STEPS / 2; i++)
		s->v[i] = s->v[2 * i + 1 < s->at ? 2 * i + 1 : s->at];
	s->width *= 2;
	s->at /= 2;
}

void series_note(struct series *s, uint64_t time, uint64_t value)
{
	if (!s->width)
		s->width = FIRST_WIDTH;
	while (time / s->width >= SERIES_STEPS)
		widen(s);
	unsigned at = (unsigned)(time / s->width);
	while (s->at < at) {
		s->v[s->at + 1] = s->v[s->at];
		s->at++;
	}
	s->v[at] = value;
}

uint64_t series_at(const struct series *s, uint64_t time)
{
	uint64_t at = s->width ? time / s->width : 0;
	return s->v[at < s->at ? at : s->at];
}
