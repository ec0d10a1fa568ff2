/* The sinks of a run. */
#pragma once

#include "sink/sink.h"

struct sinks;

/*
 * sinks_open - those that the user asked for. Freed by sinks_close. Returns 0, or a negative errno
 * with err set and nothing left open.
 */
int sinks_open(const struct sink_setup *setup, struct sinks **ret, struct err *err);

/* As in struct sink. */
void sinks_begin(struct sinks *s, struct model *model, const struct history *history);
void sinks_hold(struct sinks *s);
void sinks_release(struct sinks *s);
void sinks_change(struct sinks *s, const struct event *ev, const struct change *change);

void sinks_event(struct sinks *s, const struct event *ev);

void sinks_flush(struct sinks *s);

/* SINKS_MAX - no run has more sinks. */
#define SINKS_MAX 16

/*
 * sinks_lost - why some output can't arrive any more: fills `ret` with up to SINKS_MAX different
 * reasons. Returns how many.
 */
unsigned sinks_lost(const struct sinks *s, const char **ret);

/* sinks_over - whether nothing more can go anywhere. */
bool sinks_over(const struct sinks *s);

/* sinks_end - the last event came: readers see the end. */
void sinks_end(struct sinks *s);

/* sinks_close - end all of them, wait for those that read, free all. Returns whether all output arrived. NULL has nothing to lose. */
bool sinks_close(struct sinks *s);

/* sinks_use_stdout - whether events go to standard output, so that the command's must not. */
bool sinks_use_stdout(const struct opts *opts);
