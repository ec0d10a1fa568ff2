/* What a client asks for, and what it gets; no HTTP library knows of it, so it can be tested without one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/buf.h"
#include "util/err.h"

/* A text is empty where the client didn't send it. */
struct request {
	struct str method, path;
	struct str host, origin, fetch_site, authorization, cookie, last_id; /* headers */
	/* The value of an argument of the query; s is NULL: it isn't there. */
	struct str (*argument)(const struct request *r, const char *name);
	void *of; /* whatever that needs */
};

struct asset;

struct answer {
	unsigned status;
	const char *type;           /* of `body` */
	struct buf body;
	const struct asset *asset;  /* instead of `body`; NULL: none */
	bool streams;               /* instead of both */
	bool greets;                /* the cookie goes with it */
	bool saves;                 /* to a file, rather than to be shown */
};

/*
 * request_number - an argument as a number: `ret` is untouched where it isn't there. Returns 0, or -EINVAL with err
 * set.
 */
int request_number(const struct request *r, const char *name, uint64_t *ret, struct err *err);

/* request_size - the same as bytes: 4096, 64K. */
int request_size(const struct request *r, const char *name, uint64_t *ret, struct err *err);

/* request_has - whether an argument is there, and isn't 0. */
bool request_has(const struct request *r, const char *name);
