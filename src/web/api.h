/*
 * /api/v1/: what scripts can ask for. memtrace(1), LIVE PAGE, lists them.
 */
#pragma once

#include "web/request.h"
#include "web/runs.h"

#define API_PREFIX "/api/v1/"

/* api_answer - to a request whose path begins with API_PREFIX, but that of the stream. */
void api_answer(struct runs *runs, const struct request *r, struct answer *a);

/* api_refuse - a sentence instead of a document. */
void api_refuse(struct answer *a, unsigned status, const struct err *err);
