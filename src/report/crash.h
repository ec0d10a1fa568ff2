/* Why an access to memory failed, said in one sentence from the model and what was done to the address. */
#pragma once

#include "report/history.h"

/*
 * crash_explain - append why the process that ends by `ev`, whose `fault` is set, died. Its space must still be in
 * the model.
 */
void crash_explain(
    const struct model *model, const struct history *history, const struct event *ev, struct buf *out);
