/* The HTTP server of the live page: a thread that answers, and one that tells the time. */
#pragma once

#include "util/err.h"
#include "web/runs.h"

struct server;

struct server_setup {
	const char *address;    /* as listen_at takes it: "HOST:PORT"; "": this machine alone, at any port that's free */
	const char *token_file; /* NULL: a token is made up */
	const char *const *hosts; /* further names that it's asked by */
	unsigned hosts_n;
};

/*
 * server_new - listen; those who come wait until it's started. `runs` outlives it. Freed with server_stop. Returns 0,
 * or a negative errno with err set and nothing left open.
 */
int server_new(const struct server_setup *setup, struct runs *runs, struct server **ret, struct err *err);

/*
 * server_start - answer, about `runs`. A process with threads can't fork as freely: not before a command is launched.
 * Returns 0, or a negative errno with err set.
 */
int server_start(struct server *s, struct err *err);

/* server_url - the address to open, token included. */
const char *server_url(const struct server *s);

/* server_stop - tell all open pages the last there is to tell, for a second at most, and end. */
void server_stop(struct server *s);
