/* Reads what the kernel allows a task and what it has of that, when a call failed for want of it. */
#pragma once

#include "raw.h"

/* shortage_read - all that can be read about stopped task `tid`. */
void shortage_read(pid_t tid, struct raw_limits *ret);
