/*
 * Where a database is: mysql://[USER[:PASSWORD]@][HOST[:PORT],…][/DATABASE][?KEY=VALUE&…]
 *
 * Parts are percent-decoded; what is left out comes from the option files. Pure.
 */
#pragma once

#include <stdbool.h>

#include "util/buf.h"
#include "util/err.h"

enum dsn_key {
	DSN_SOCKET,
	DSN_SSL_MODE,
	DSN_SSL_CA,
	DSN_SSL_CAPATH,
	DSN_SSL_CERT,
	DSN_SSL_KEY,
	DSN_SSL_CIPHER,
	DSN_DEFAULTS_FILE,
	DSN_KEYS
};

struct dsn_host {
	char *name;    /* NULL: the option files' */
	unsigned port; /* 0: the option files', or the usual one */
};

struct dsn {
	char *user, *password, *database; /* each NULL: the option files' */
	struct dsn_host *hosts;           /* at least one */
	unsigned hosts_n, hosts_size;
	char *values[DSN_KEYS]; /* NULL: not given */
};

/*
 * dsn_parse - `text` as a value that the caller frees with dsn_free; "" stands for the option files
 * alone. Returns 0, or -EINVAL with err set (without the password) and *ret empty.
 */
int dsn_parse(const char *text, struct dsn *ret, struct err *err);

/* dsn_looks - whether `word` was meant as one. */
bool dsn_looks(const char *word);

/*
 * dsn_hide - overwrite the password in `text`, which may be no DSN at all, so that ps(1) doesn't
 * show it. The length stays.
 */
void dsn_hide(char *text);

/* dsn_show - append the option that names this database again: --mysql=…, without the password. */
void dsn_show(const struct dsn *dsn, struct buf *out);

void dsn_free(struct dsn *dsn);
