/* Where a server listens: an address in words to a socket. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/err.h"

struct place {
	char host[256]; /* as in a URL: brackets around IPv6 */
	uint16_t port;
	bool loopback; /* nobody but this machine can come */
	int fd;
};

/*
 * listen_at - "HOST:PORT", "[ADDRESS]:PORT", "HOST", ":PORT", "PORT" or "": what is missing is 127.0.0.1 and port 0, which takes
 * a free one. The caller closes ret->fd. Returns 0, or a negative errno with err set.
 */
int listen_at(const char *address, struct place *ret, struct err *err);
