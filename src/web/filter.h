/* Which events a request asks for: call=, pid=, type=, text=, min_size=, failed=. */
#pragma once

#include "web/request.h"
#include "web/tail.h"

/* filter_parse - its text goes to `text` in lower case, of `size` bytes, cut to fit. Returns 0, or -EINVAL with err set. */
int filter_parse(const struct request *r, struct tail_filter *ret, char *text, size_t size, struct err *err);
