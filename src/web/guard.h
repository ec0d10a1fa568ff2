/*
 * Who may ask: by token, by the name that a request takes us for, by where it comes from, and not too often. Pure: the
 * time is told.
 */
#pragma once

#include "web/request.h"

#define GUARD_TOKEN_MIN 16
#define GUARD_TOKEN_MAX 128

/* So many at once, and one more each `every` ns. {0} is full. */
struct guard_bucket {
	uint64_t empty_until; /* ns */
};

struct guard {
	char token[GUARD_TOKEN_MAX + 1];
	char cookie[32];          /* its name */
	const char *host;         /* the address that is listened at, as a name; brackets around IPv6 */
	const char *const *hosts; /* further names */
	size_t hosts_n;
	bool open; /* others can reach it, by any of our addresses */
	struct guard_bucket requests, strangers, wrong; /* strangers: requests without the token */
};

/* guard_token - whether `text` can be a token: letters, digits, - . _ ~, not too few. */
bool guard_token(struct str text);

/*
 * guard_check - may it be answered, at `now` (ns)? Returns 0, or the status of an answer whose sentence is in `err`.
 * *ret_greets: it came by the printed address: a cookie is to go with the answer.
 */
unsigned guard_check(struct guard *g, const struct request *r, uint64_t now, bool *ret_greets, struct err *err);

/* guard_cookie - append the value of the header Set-Cookie. */
void guard_cookie(const struct guard *g, struct buf *out);
