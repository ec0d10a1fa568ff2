/*
 * What the page and scripts read of a run, as JSON: members of an object that is open. All are called between
 * live_look and live_release. Pure, but for the clock in live_now.
 */
#pragma once

#include "web/live.h"

/* document_run - what the run comes to: "run"; with `whole` what it is, too. */
void document_run(struct live *l, bool whole, struct buf *out);

/* document_processes - those that changed behind turn `since`, and what numbers went: "processes", "gone". */
void document_processes(struct live *l, uint64_t since, struct buf *out);

/* Where in a track its reader is; {0}: it has nothing of it. */
struct document_place {
	uint64_t width; /* ns */
	size_t step;    /* of the first one that it hasn't, or may have changed */
};

/* document_series - memory over time from a place on, which moves: "series". Of process `m`; NULL: of all. */
void document_series(struct live *l, struct member *m, struct document_place *place, struct buf *out);

/* document_rates - calls of all over time, likewise: "rates". */
void document_rates(struct live *l, struct document_place *place, struct buf *out);

/* document_mappings - the address space of a process: its `limit` largest ranges, and all in bands: "mappings". */
void document_mappings(struct live *l, struct member *m, unsigned limit, struct buf *out);

enum document_order { BY_LIVE, BY_MAPPED, BY_CALLS, BY_FAILED };

/* document_sites - where calls came from, those with the most first: "sites". */
void document_sites(struct live *l, enum document_order order, unsigned limit, struct buf *out);

/* document_history - what was done to an address of a process, newest first: "history". */
void document_history(struct live *l, struct member *m, uint64_t address, unsigned limit, struct buf *out);

/* document_findings - those behind number `after`, which moves: "findings". */
void document_findings(struct live *l, uint64_t *after, struct buf *out);

/* document_class - what a range counts as, as the page colours it. */
const char *document_class(const struct range *r);
