/* Error numbers and signals by name. Pure. */
#pragma once

#include "util/str.h"

/*
 * errno_name - "ENOMEM" for 12; "E41" and the like for numbers to 539 that errno(3) has no name
 * for, "EUNKNOWN" for what no kernel returns.
 */
struct str errno_name(int number);

/* errno_meaning - "Cannot allocate memory" for "ENOMEM", as strerror(3) says it in English; NULL: no known name. */
const char *errno_meaning(struct str name);

/* signal_name - "SIGTERM" for 15; realtime signals are "SIGRTMIN+n" as kill -l counts them. */
struct str signal_name(int number);
