/* What a process still has at its end. */
#pragma once

#include "report/ledger.h"

/*
 * holdings_take - look at the space of process number `process` as it ends: its biggest mappings, and those of known
 * purpose. `resident` says what of it is in memory, if that is `known`.
 */
void holdings_take(struct ledger *l, uint32_t process, struct map_list resident, bool known);
