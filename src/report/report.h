/* A ledger for people (report_text.c), programs (report_json.c) and flame graphs (report_folded.c). */
#pragma once

#include "report/ledger.h"
#include "report/words.h"
#include "util/buf.h"

struct report_setup {
	struct words words;
	unsigned top; /* rows of each table */
};

/* report_text - append it as text of 80 columns. */
void report_text(const struct ledger *l, const struct report_setup *setup, struct buf *out);

/* report_json - append it as a JSON object and a newline. */
void report_json(const struct ledger *l, const struct report_setup *setup, struct buf *out);

/* What a folded stack's number is. */
enum folded { FOLDED_MAPPED, FOLDED_LIVE, FOLDED_CHURN };

/* report_folded - append "process;outermost;…;innermost BYTES" lines; the ledger must be BY_SITE_OF_PROCESS. */
void report_folded(const struct ledger *l, enum folded value, struct buf *out);

/* report_cause - what an error of a call means there, for people; "" if there is nothing to add. */
const char *report_cause(int call_id, struct str error);
