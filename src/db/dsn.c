#include "db/dsn.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/num.h"
#include "util/str.h"

static const char scheme[] = "mysql://";

static const char *const key_names[DSN_KEYS] = {
    [DSN_SOCKET] = "socket",
    [DSN_SSL_MODE] = "ssl-mode",
    [DSN_SSL_CA] = "ssl-ca",
    [DSN_SSL_CAPATH] = "ssl-capath",
    [DSN_SSL_CERT] = "ssl-cert",
    [DSN_SSL_KEY] = "ssl-key",
    [DSN_SSL_CIPHER] = "ssl-cipher",
    [DSN_DEFAULTS_FILE] = "defaults-file",
};

bool dsn_looks(const char *word)
{
	return strncmp(word, scheme, sizeof(scheme) - 1) == 0;
}

/* Where a DSN's parts begin and end. */
struct parts {
	struct str user, password, hosts, database, query;
	bool has_user, has_password;
};

static struct str until(const char **p, const char *stops)
{
	size_t n = strcspn(*p, stops);
	struct str ret = {*p, n};
	*p += n;
	return ret;
}

static struct parts take_apart(const char *text)
{
	struct parts ret = {.has_user = false};
	const char *p = text + (dsn_looks(text) ? sizeof(scheme) - 1 : 0);
	struct str authority = until(&p, "/?");
	/* A password may hold a bare @: the last one ends it. */
	const char *at = authority.len ? memrchr(authority.s, '@', authority.len) : NULL;
	ret.hosts = authority;
	if (at) {
		struct str login = {authority.s, (size_t)(at - authority.s)};
		const char *colon = login.len ? memchr(login.s, ':', login.len) : NULL;
		ret.has_user = true;
		ret.user = colon ? (struct str){login.s, (size_t)(colon - login.s)} : login;
		ret.has_password = colon != NULL;
		if (colon)
			ret.password = (struct str){colon + 1, (size_t)(at - colon - 1)};
		ret.hosts = (struct str){at + 1, authority.len - login.len - 1};
	}
	if (*p == '/') {
		p++;
		ret.database = until(&p, "?");
	}
	if (*p == '?')
		ret.query = str_of(p + 1);
	return ret;
}

/*
 * From the first colon that can begin a password to the last @ that can end it: rather too much than
 * too little, since what isn't written as it should be holds a password all the same.
 */
void dsn_hide(char *text)
{
	char *slashes = strstr(text, "://");
	char *colon = strchr(slashes ? slashes + 3 : text, ':');
	char *at = strrchr(text, '@');
	if (colon && at && at > colon)
		memset(colon + 1, 'x', (size_t)(at - colon - 1));
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10;
}

/* A part without its percent signs, on the heap; NULL if they are wrong or hide a NUL. */
static char *decode_percent(struct str part)
{
	char *ret = mem_alloc(part.len + 1), *out = ret;
	for (size_t i = 0; i < part.len; i++) {
		if (part.s[i] != '%') {
			*out++ = part.s[i];
			continue;
		}
		if (i + 2 >= part.len || !isxdigit((unsigned char)part.s[i + 1]) ||
		    !isxdigit((unsigned char)part.s[i + 2]))
			goto wrong;
		*out = (char)(hex_digit(part.s[i + 1]) << 4 | hex_digit(part.s[i + 2]));
		if (!*out++)
			goto wrong;
		i += 2;
	}
	return ret;
wrong:
	free(ret);
	return NULL;
}

/* `what` is NULL for what must not be shown. */
static int put_part(struct str part, const char *what, char **ret, struct err *err)
{
	free(*ret);
	*ret = decode_percent(part);
	if (*ret)
		return 0;
	return err_set(err, -EINVAL,
	    "--mysql: a %% in the %s isn't followed by two hexadecimal digits; write %%25 for it",
	    what);
}

/* HOST, HOST:PORT, [IPv6]:PORT */
static int put_host(struct dsn *dsn, struct str text, struct err *err)
{
	struct dsn_host *host = MEM_PUSH(dsn->hosts, dsn->hosts_n, dsn->hosts_size);
	*host = (struct dsn_host){0};
	struct str name = text, port = {0};
	const char *end = text.len && text.s[0] == '[' ? memchr(text.s, ']', text.len) : NULL;
	const char *from = end ? end : text.s;
	const char *colon = text.len ? memchr(from, ':', text.len - (size_t)(from - text.s)) : NULL;
	if (colon) {
		name.len = (size_t)(colon - text.s);
		port = (struct str){colon + 1, text.len - name.len - 1};
	}
	if (end) {
		if ((colon ? colon : text.s + text.len) != end + 1)
			return err_set(err, -EINVAL, "--mysql: something follows the ] of a host");
		name = (struct str){text.s + 1, (size_t)(end - text.s) - 1};
	}
	if (colon) {
		char digits[8] = "";
		uint64_t value = 0;
		if (port.len < sizeof(digits))
			memcpy(digits, port.s, port.len);
		if (num_parse(digits, &value) < 0 || value == 0 || value > 65535)
			return err_set(err, -EINVAL,
			    "--mysql: a host's port isn't a number from 1 to 65535 (in a password, "
			    "write %%2F for /, %%3F for ? and %%40 for @)");
		host->port = (unsigned)value;
	}
	return name.len ? put_part(name, "host", &host->name, err) : 0;
}

static int put_hosts(struct dsn *dsn, struct str text, struct err *err)
{
	for (;;) {
		const char *comma = text.len ? memchr(text.s, ',', text.len) : NULL;
		struct str one = {text.s, comma ? (size_t)(comma - text.s) : text.len};
		int r = put_host(dsn, one, err);
		if (r < 0 || !comma)
			return r;
		text = (struct str){comma + 1, text.len - one.len - 1};
	}
}

static int put_pair(struct dsn *dsn, struct str pair, struct err *err)
{
	const char *is = memchr(pair.s, '=', pair.len);
	struct str key = {pair.s, is ? (size_t)(is - pair.s) : pair.len};
	for (enum dsn_key k = 0; k < DSN_KEYS; k++) {
		if (is && str_is(key, key_names[k])) {
			struct str value = {is + 1, pair.len - key.len - 1};
			return put_part(value, key_names[k], &dsn->values[k], err);
		}
	}
	/* Not echoed: it may be a part of a password. */
	return err_set(err, -EINVAL,
	    "--mysql: a key behind ? is none of socket=, ssl-mode=, ssl-ca=, ssl-capath=, "
	    "ssl-cert=, ssl-key=, ssl-cipher=, defaults-file=");
}

static int put_query(struct dsn *dsn, struct str query, struct err *err)
{
	while (query.len) {
		const char *end = memchr(query.s, '&', query.len);
		struct str pair = {query.s, end ? (size_t)(end - query.s) : query.len};
		int r = pair.len ? put_pair(dsn, pair, err) : 0;
		if (r < 0)
			return r;
		size_t used = pair.len + (end != NULL);
		query = (struct str){query.s + used, query.len - used};
	}
	return 0;
}

int dsn_parse(const char *text, struct dsn *ret, struct err *err)
{
	*ret = (struct dsn){0};
	if (text[0] && !dsn_looks(text))
		return err_set(err, -EINVAL,
		    "--mysql: a DSN is mysql://USER@HOST/DATABASE; an option file may hold the "
		    "rest");
	struct parts parts = take_apart(text);
	if (parts.database.len && memchr(parts.database.s, '@', parts.database.len))
		return err_set(err, -EINVAL,
		    "--mysql: there is an @ behind the /; in a password, write %%2F for /, %%3F "
		    "for ? "
		    "and %%40 for @");
	int r = put_hosts(ret, parts.hosts, err);
	if (r == 0 && parts.has_user && parts.user.len)
		r = put_part(parts.user, "user", &ret->user, err);
	if (r == 0 && parts.has_password)
		r = put_part(parts.password, "password", &ret->password, err);
	if (r == 0 && parts.database.len)
		r = put_part(parts.database, "database", &ret->database, err);
	if (r == 0)
		r = put_query(ret, parts.query, err);
	if (r < 0)
		dsn_free(ret);
	return r;
}

/* A part as it stands in a DSN: what isn't plain there goes by its number. */
static void show_part(const char *part, const char *plain, struct buf *out)
{
	for (; *part; part++) {
		if (isalnum((unsigned char)*part) || strchr(plain, *part))
			buf_char(out, *part);
		else
			buf_fmt(out, "%%%02X", (unsigned char)*part);
	}
}

static void show_host(const struct dsn_host *host, struct buf *out)
{
	bool v6 = host->name && strchr(host->name, ':');
	if (host->name) {
		buf_str(out, v6 ? STR("[") : STR(""));
		show_part(host->name, v6 ? "-._~:" : "-._~", out);
		buf_str(out, v6 ? STR("]") : STR(""));
	}
	if (host->port)
		buf_fmt(out, ":%u", host->port);
}

void dsn_show(const struct dsn *dsn, struct buf *out)
{
	char between = '?';
	size_t begin = out->len;
	buf_str(out, STR("--mysql=mysql://"));
	size_t bare = out->len;
	if (dsn->user) {
		show_part(dsn->user, "-._~", out);
		buf_char(out, '@');
	}
	for (unsigned i = 0; i < dsn->hosts_n; i++) {
		if (i)
			buf_char(out, ',');
		show_host(&dsn->hosts[i], out);
	}
	if (dsn->database) {
		buf_char(out, '/');
		show_part(dsn->database, "-._~", out);
	}
	for (enum dsn_key k = 0; k < DSN_KEYS; k++) {
		if (!dsn->values[k])
			continue;
		buf_fmt(out, "%s%c%s=", between == '?' && !dsn->database ? "/" : "", between,
		    key_names[k]);
		show_part(dsn->values[k], "-._~/:@", out);
		between = '&';
	}
	if (out->len == bare)
		out->len = begin + sizeof("--mysql") - 1;
}

void dsn_free(struct dsn *dsn)
{
	for (unsigned i = 0; i < dsn->hosts_n; i++)
		free(dsn->hosts[i].name);
	for (enum dsn_key k = 0; k < DSN_KEYS; k++)
		free(dsn->values[k]);
	if (dsn->password)
		explicit_bzero(dsn->password, strlen(dsn->password));
	free(dsn->password);
	free(dsn->hosts);
	free(dsn->user);
	free(dsn->database);
	*dsn = (struct dsn){0};
}
