#include "web/guard.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* How many requests at once, and how long for one more, ns. */
#define REQUESTS_BURST 400
#define REQUESTS_EVERY 5000000
#define WRONG_BURST    20
#define WRONG_EVERY    1000000000

bool guard_token(struct str text)
{
	if (text.len < GUARD_TOKEN_MIN || text.len > GUARD_TOKEN_MAX)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.s[i];
		if (!isalnum(c) && !memchr("-._~", c, 4))
			return false;
	}
	return true;
}

static bool is_full(const struct guard_bucket *b, uint64_t now, uint64_t burst, uint64_t every)
{
	return b->empty_until > now && b->empty_until - now > (burst - 1) * every;
}

static void fill(struct guard_bucket *b, uint64_t now, uint64_t every)
{
	b->empty_until = (b->empty_until > now ? b->empty_until : now) + every;
}

/* ---- names ---- */

static bool same_name(struct str a, struct str b)
{
	return a.len == b.len && strncasecmp(a.s, b.s, a.len) == 0;
}

/* "name:port" without its port; that may be any, as a forwarded one is. */
static struct str without_port(struct str host)
{
	const char *colon = host.len ? memrchr(host.s, ':', host.len) : NULL;
	if (!colon || memchr(colon, ']', (size_t)(host.s + host.len - colon)))
		return host;
	for (const char *p = colon + 1; p < host.s + host.len; p++) {
		if (!isdigit((unsigned char)*p))
			return host;
	}
	return (struct str){host.s, (size_t)(colon - host.s)};
}

/* No page of another site can be known by an address and have it stand for ours. */
static bool is_address(struct str name)
{
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;
	bool bracketed = name.len > 2 && name.s[0] == '[' && name.s[name.len - 1] == ']';
	snprintf(text, sizeof(text), "%.*s", (int)(name.len < sizeof(text) ? name.len - 2 * bracketed : 0), name.s + bracketed);
	return inet_pton(bracketed ? AF_INET6 : AF_INET, text, &address) == 1;
}

static bool knows_name(const struct guard *g, struct str host)
{
	static const char *const ours[] = {"localhost", "127.0.0.1", "[::1]"};
	struct str name = without_port(host);
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (same_name(name, str_of(ours[i])))
			return true;
	}
	for (size_t i = 0; i < g->hosts_n; i++) {
		if (same_name(name, str_of(g->hosts[i])))
			return true;
	}
	return (g->host && same_name(name, str_of(g->host))) || (g->open && is_address(name));
}

/* ---- where from ---- */

static bool is_own_origin(const struct request *r)
{
	struct str rest = r->origin;
	if (str_begins(rest, STR("http://")))
		rest = (struct str){rest.s + 7, rest.len - 7};
	else if (str_begins(rest, STR("https://")))
		rest = (struct str){rest.s + 8, rest.len - 8};
	else
		return false;
	return same_name(rest, r->host);
}

/* Other sites' pages may lead here, no more: what they have us fetch is refused. */
static bool comes_from_elsewhere(const struct request *r)
{
	if (r->origin.len && !is_own_origin(r))
		return true;
	return !str_is(r->path, "/") && r->fetch_site.len && !str_is(r->fetch_site, "same-origin") &&
	       !str_is(r->fetch_site, "none");
}

/* ---- the token ---- */

/* How long it takes tells nothing about which byte was wrong. */
static bool is_token(const struct guard *g, struct str given)
{
	size_t len = strlen(g->token);
	unsigned char differs = given.len != len;
	for (size_t i = 0; i < len; i++)
		differs |= (unsigned char)(g->token[i] ^ (given.len ? given.s[i % given.len] : 0));
	return !differs;
}

/* The value of a cookie of ours, of "a=b; c=d"; s is NULL: there is none. */
static struct str find_cookie(struct str all, const char *name)
{
	size_t len = strlen(name);
	if (!all.len)
		return (struct str){0};
	const char *end = all.s + all.len;
	for (const char *p = all.s; p < end;) {
		while (p < end && (*p == ' ' || *p == ';'))
			p++;
		const char *next = memchr(p, ';', (size_t)(end - p));
		next = next ? next : end;
		if ((size_t)(next - p) > len && strncmp(p, name, len) == 0 && p[len] == '=')
			return (struct str){p + len + 1, (size_t)(next - p) - len - 1};
		p = next;
	}
	return (struct str){0};
}

/* What it has for a token; s is NULL: nothing. *ret_greets: it's in the address. */
static struct str find_token(const struct guard *g, const struct request *r, bool *ret_greets)
{
	*ret_greets = false;
	if (str_begins(r->authorization, STR("Bearer ")))
		return (struct str){r->authorization.s + 7, r->authorization.len - 7};
	*ret_greets = str_is(r->path, "/") && r->argument(r, "token").s;
	return *ret_greets ? r->argument(r, "token") : find_cookie(r->cookie, g->cookie);
}

static unsigned refuse_token(struct guard *g, struct str given, uint64_t now, struct err *err)
{
	if (is_full(&g->wrong, now, WRONG_BURST, WRONG_EVERY) && given.s) {
		err_set(err, -1, "too many wrong tokens; wait a second");
		return 429;
	}
	if (given.s)
		fill(&g->wrong, now, WRONG_EVERY);
	err_set(err, -1, "%s; open the address that memtrace printed, or send its token as Authorization: Bearer TOKEN",
	    given.s ? "that isn't the token" : "a token is needed");
	return 401;
}

/* Those who may ask have a share of their own: however many others there are, they don't use it up. */
static unsigned check_token(struct guard *g, const struct request *r, uint64_t now, bool *ret_greets, struct err *err)
{
	bool greets;
	struct str given = find_token(g, r, &greets);
	bool may = given.s && is_token(g, given);
	struct guard_bucket *share = may ? &g->requests : &g->strangers;
	if (is_full(share, now, REQUESTS_BURST, REQUESTS_EVERY)) {
		err_set(err, -1, "too many requests; wait a second");
		return 429;
	}
	fill(share, now, REQUESTS_EVERY);
	*ret_greets = may && greets;
	return may ? 0 : refuse_token(g, given, now, err);
}

unsigned guard_check(struct guard *g, const struct request *r, uint64_t now, bool *ret_greets, struct err *err)
{
	*ret_greets = false;
	if (!str_is(r->method, "GET")) {
		err_set(err, -1, "only GET is answered");
		return 405;
	}
	if (!knows_name(g, r->host)) {
		err_set(err, -1, "this server isn't known by that name; if it should be: --serve-host=NAME");
		return 403;
	}
	if (comes_from_elsewhere(r)) {
		err_set(err, -1, "another site's page asked for this");
		return 403;
	}
	/* Not before: what other sites have browsers ask is not to keep out who may. */
	return check_token(g, r, now, ret_greets, err);
}

void guard_cookie(const struct guard *g, struct buf *out)
{
	buf_fmt(out, "%s=%s; HttpOnly; SameSite=Strict; Path=/", g->cookie, g->token);
}
