#include "sink/sinks.h"

#include <stdlib.h>
#include <string.h>

#include "util/cleanup.h"
#include "util/mem.h"

/* One row a sink: row(NAME) is sink_NAME of sink_NAME.c. */
/* clang-format off */
#define SINKS(row) \
	row(audit) \
	row(jsonl) \
	row(mysql) \
	row(summary) \
	row(text) \
	row(web)

#define DECLARE(name) extern const struct sink sink_##name;
#define ENTER(name)   &sink_##name,
/* clang-format on */

SINKS(DECLARE)
static const struct sink *const table[] = {SINKS(ENTER)};
_Static_assert(countof(table) <= SINKS_MAX, "sinks_lost tells one reason each");

struct sinks {
	struct {
		const struct sink *sink;
		void *state;
	} open[countof(table)];
	unsigned n;
};

/* Whether events are printed: they are where nobody asked for something else, or where -o says where to. */
static bool events_wanted(const struct opts *opts)
{
	enum sink_wish most = SINK_UNWANTED;
	for (size_t i = 0; i < countof(table); i++) {
		enum sink_wish wish = table[i]->wanted ? table[i]->wanted(opts) : SINK_UNWANTED;
		most = wish > most ? wish : most;
	}
	return most < SINK_INSTEAD || (most == SINK_INSTEAD && opts->output);
}

static bool is_wanted(const struct sink *sink, const struct opts *opts)
{
	if (sink->wanted)
		return sink->wanted(opts) != SINK_UNWANTED;
	return strcmp(sink->name, opts->format) == 0 && events_wanted(opts);
}

int sinks_open(const struct sink_setup *setup, struct sinks **ret, struct err *err)
{
	struct sinks *s = mem_alloc(sizeof(*s));
	for (size_t i = 0; i < countof(table); i++) {
		if (!is_wanted(table[i], setup->opts))
			continue;
		int r = table[i]->open(setup, &s->open[s->n].state, err);
		if (r < 0) {
			sinks_close(s);
			return r;
		}
		s->open[s->n++].sink = table[i];
	}
	*ret = s;
	return 0;
}

void sinks_begin(struct sinks *s, struct model *model, const struct history *history)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->begin)
			s->open[i].sink->begin(s->open[i].state, model, history);
	}
}

void sinks_hold(struct sinks *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->hold)
			s->open[i].sink->hold(s->open[i].state);
	}
}

void sinks_release(struct sinks *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->release)
			s->open[i].sink->release(s->open[i].state);
	}
}

void sinks_change(struct sinks *s, const struct event *ev, const struct change *change)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->change)
			s->open[i].sink->change(s->open[i].state, ev, change);
	}
}

void sinks_event(struct sinks *s, const struct event *ev)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->event)
			s->open[i].sink->event(s->open[i].state, ev);
	}
}

void sinks_flush(struct sinks *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->flush)
			s->open[i].sink->flush(s->open[i].state);
	}
}

unsigned sinks_lost(const struct sinks *s, const char **ret)
{
	unsigned n = 0;
	for (unsigned i = 0; i < s->n; i++) {
		const char *(*lost)(const void *) = s->open[i].sink->lost;
		const char *reason = lost ? lost(s->open[i].state) : NULL;
		bool known = !reason;
		for (unsigned k = 0; k < n; k++)
			known |= !known && strcmp(ret[k], reason) == 0;
		if (!known)
			ret[n++] = reason;
	}
	return n;
}

bool sinks_over(const struct sinks *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (!s->open[i].sink->over || !s->open[i].sink->over(s->open[i].state))
			return false;
	}
	return true;
}

void sinks_end(struct sinks *s)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->open[i].sink->end)
			s->open[i].sink->end(s->open[i].state);
	}
}

bool sinks_close(struct sinks *s)
{
	bool all = true;
	for (unsigned i = 0; s && i < s->n; i++) {
		if (s->open[i].sink->close)
			all &= s->open[i].sink->close(s->open[i].state);
	}
	free(s);
	return all;
}

bool sinks_use_stdout(const struct opts *opts)
{
	if (opts->output)
		return strcmp(opts->output, "-") == 0;
	return events_wanted(opts);
}
