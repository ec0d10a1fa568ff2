/*
 * What an open page gets, four times a second at most: what is new since it was last told, as one message of an event
 * stream. Who reads slowly gets the newest state, less often. All streams are of one thread.
 */
#pragma once

#include "web/documents.h"
#include "web/request.h"
#include "web/runs.h"

/* Parts of messages that many streams have alike, made once a turn. The caller owns it; {0} is empty. */
#define SHELF_MAX 64
struct shelf {
	struct shelf_part {
		unsigned kind;
		uint64_t key[4];
		uint64_t after[4]; /* where its readers are then, or what it says */
		struct buf text;
	} parts[SHELF_MAX];
	unsigned n;
	uint64_t turn;
};

struct stream {
	struct runs *runs;
	struct live *live; /* NULL: there's no run yet */
	char wanted[40];   /* the run asked for; "": the newest */
	uint32_t instance; /* of the server: what an id of another one says isn't known here */
	uint32_t process;  /* followed; 0: all */
	struct tail_filter filter;
	char text[128]; /* filter.text */
	/* What it was told up to. */
	uint64_t turn, event, finding;
	uint64_t mapped;    /* the process's change that its mappings are of */
	uint64_t turns;     /* so many messages */
	uint64_t news, words; /* the run's news then; turns without since */
	struct document_place place, rates;
	bool begun, troubled; /* troubled: it was told that no news come */
};

/* stream_open - as the request asks. Freed with stream_close. Returns 0, or -EINVAL with err set. */
int stream_open(struct runs *runs, const struct request *r, uint32_t instance, struct stream **ret, struct err *err);

/* stream_message - append what is new in turn `turn` of the server. */
void stream_message(struct stream *s, struct shelf *shelf, uint64_t turn, struct buf *out);

void stream_close(struct stream *s);

void shelf_free(struct shelf *shelf);
