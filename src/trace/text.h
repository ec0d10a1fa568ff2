/*
 * Events as lines for people: calls spelled as strace(1) spells them, behind "[pid TID] SECONDS ". Pure.
 *
 * What an event doesn't hold of an argument is shown as "...".
 */
#pragma once

#include "event.h"
#include "util/buf.h"

/* {0} is a fresh one; it owns nothing. */
struct text {
	bool colour;        /* names of calls by what they do, and failures */
	uint64_t page_size; /* of the run, bytes; taken from its start event */
};

/* text_put - append the lines of `ev`: none for the start of a run, and for its end if nothing was missed. */
void text_put(struct text *t, const struct event *ev, struct buf *out);

/* text_arguments - append the arguments of a call, with commas between. */
void text_arguments(const struct text *t, const struct event *ev, struct buf *out);

/* text_flags - append a set of flags with bars between; "0" or what the table calls it where there are none. */
void text_flags(const struct names *names, struct buf *out);

/* TEXT_STRING_MAX - how much strace shows of a string: strace(1), -s. It shows file names whole. */
#define TEXT_STRING_MAX 32

/* text_string - append the first `most` bytes in quotes, those that aren't printable escaped as in C. */
void text_string(struct str bytes, size_t most, struct buf *out);
