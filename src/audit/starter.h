/* A rules file to begin with, from what a run did. Pure. */
#pragma once

#include "audit/audit.h"

/* starter_put - append it: budgets a little over what the run had, rules that it kept, and as comments those it didn't. */
void starter_put(const struct audit *a, struct buf *out);
