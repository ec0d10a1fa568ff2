/* Connections through libmysqlclient (MariaDB Connector/C). */
#include "db/client.h"

#include <errmsg.h>
#include <errno.h>
#include <mysqld_error.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "db/conn.h"
#include "db/greeting.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/mem.h"

#define CONNECT_SECONDS 5
#define ANSWER_SECONDS  30

/* Where nobody listens. */
#define NOWHERE_PORT   1
#define NOWHERE_SOCKET "/"

/* Errors that the headers at hand may not name yet. */
#define ER_LOCAL_DISABLED_MYSQL   3948
#define ER_LOCAL_DISABLED_MARIADB 4166
#define CR_LOCAL_REJECTED         2068

enum tls { TLS_OPTION_FILES, TLS_OFF, TLS_PREFERRED, TLS_REQUIRED, TLS_CA, TLS_IDENTITY };

struct conn {
	const struct dsn *dsn;
	enum tls tls;
	unsigned host; /* to try first */
	MYSQL *mysql;  /* NULL: not connected */
	MYSQL_RES *rows;
	uint64_t packet;
	atomic_int fd; /* of the connection, or -1: for conn_interrupt */
	char why[768];
	/* The statement that may be fed, while it runs. */
	int (*fill)(void *arg, char *to, unsigned size);
	void *fill_arg;
};

bool conn_exists(void)
{
	return true;
}

static int choose_tls(struct conn *c, struct err *err)
{
	static const struct {
		const char *name;
		enum tls tls;
	} modes[] = {
	    {"DISABLED", TLS_OFF},
	    {"PREFERRED", TLS_PREFERRED},
	    {"REQUIRED", TLS_REQUIRED},
	    {"VERIFY_CA", TLS_CA},
	    {"VERIFY_IDENTITY", TLS_IDENTITY},
	};
	const char *mode = c->dsn->values[DSN_SSL_MODE];
	if (!mode)
		return 0;
	for (size_t i = 0; i < countof(modes); i++) {
		if (strcasecmp(mode, modes[i].name) == 0)
			c->tls = modes[i].tls;
	}
	if (c->tls == TLS_OPTION_FILES)
		return err_set(err, -EINVAL,
		    "--mysql: ssl-mode=%s is none of DISABLED, PREFERRED, REQUIRED, VERIFY_CA, "
		    "VERIFY_IDENTITY",
		    mode);
	if (c->tls == TLS_CA && !c->dsn->values[DSN_SSL_CA] && !c->dsn->values[DSN_SSL_CAPATH])
		return err_set(err, -EINVAL,
		    "--mysql: ssl-mode=VERIFY_CA needs to know whom to trust; add ssl-ca=FILE");
	return 0;
}

int conn_new(const struct dsn *dsn, struct conn **ret, struct err *err)
{
	struct conn *c = mem_alloc(sizeof(*c));
	c->dsn = dsn;
	c->fd = -1;
	int r = choose_tls(c, err);
	if (r < 0) {
		free(c);
		return r;
	}
	r = client_load(err);
	if (r < 0) {
		free(c);
		return r;
	}
	mysql_library_init(0, NULL, NULL); /* before there are threads */
	*ret = c;
	return 0;
}

/* ---- what went wrong ---- */

static const struct {
	unsigned code;
	enum conn_result result;
} meanings[] = {
    {ER_LOCAL_DISABLED_MYSQL, CONN_NO_LOAD},
    {ER_LOCAL_DISABLED_MARIADB, CONN_NO_LOAD},
    {CR_LOCAL_REJECTED, CONN_NO_LOAD},
    {ER_NOT_ALLOWED_COMMAND, CONN_NO_LOAD},
    {ER_NO_SUCH_TABLE, CONN_UNFIT},
    {ER_BAD_FIELD_ERROR, CONN_UNFIT},
    {ER_BAD_DB_ERROR, CONN_UNFIT},
    {ER_NO_DB_ERROR, CONN_UNFIT},
    {ER_ACCESS_DENIED_ERROR, CONN_DENIED},
    {ER_DBACCESS_DENIED_ERROR, CONN_DENIED},
    {ER_TABLEACCESS_DENIED_ERROR, CONN_DENIED},
    {ER_COLUMNACCESS_DENIED_ERROR, CONN_DENIED},
    {ER_SPECIFIC_ACCESS_DENIED_ERROR, CONN_DENIED},
    {ER_HOST_NOT_PRIVILEGED, CONN_DENIED},
    {CR_NET_PACKET_TOO_LARGE, CONN_REFUSED},
    {ER_NET_PACKET_TOO_LARGE, CONN_REFUSED},
    {ER_TOO_BIG_ROWSIZE, CONN_REFUSED},
    {ER_TRUNCATED_WRONG_VALUE_FOR_FIELD, CONN_REFUSED},
    {WARN_DATA_TRUNCATED, CONN_REFUSED},
};

/*
 * Classes 22 and 23 of SQLSTATE are about data. All else may pass: a server that stops, is full or
 * read-only, a lock, a limit of time, a network.
 */
static enum conn_result meaning_of(unsigned code, const char *state)
{
	for (size_t i = 0; i < countof(meanings); i++) {
		if (meanings[i].code == code)
			return meanings[i].result;
	}
	bool data = state[0] == '2' && (state[1] == '2' || state[1] == '3');
	return data ? CONN_REFUSED : CONN_AWAY;
}

static enum conn_result failed(struct conn *c)
{
	unsigned code = mysql_errno(c->mysql);
	snprintf(c->why, sizeof(c->why), "%s (%u)", mysql_error(c->mysql), code);
	enum conn_result result = meaning_of(code, mysql_sqlstate(c->mysql));
	if (result == CONN_AWAY) {
		conn_close(c);
		c->host = (c->host + 1) % c->dsn->hosts_n;
	}
	return result;
}

/* ---- files that a server asks for ---- */

static int infile_init(void **ret, const char *name, void *arg)
{
	struct conn *c = arg;
	(void)name; /* the server's choice: nothing depends on it */
	*ret = c;
	return c->fill ? 0 : 1;
}

static int infile_read(void *arg, char *to, unsigned size)
{
	struct conn *c = arg;
	return c->fill(c->fill_arg, to, size);
}

static void infile_end(void *arg)
{
	(void)arg;
}

static int infile_error(void *arg, char *text, unsigned size)
{
	(void)arg;
	snprintf(text, size, "the server asked for a file, and none was offered");
	return CR_UNKNOWN_ERROR;
}

/* ---- connecting ---- */

static void set_tls(struct conn *c)
{
	static const bool yes = true, no = false;
	static const struct {
		enum dsn_key key;
		enum mysql_option option;
	} files[] = {
	    {DSN_SSL_CA, MYSQL_OPT_SSL_CA},
	    {DSN_SSL_CAPATH, MYSQL_OPT_SSL_CAPATH},
	    {DSN_SSL_CERT, MYSQL_OPT_SSL_CERT},
	    {DSN_SSL_KEY, MYSQL_OPT_SSL_KEY},
	    {DSN_SSL_CIPHER, MYSQL_OPT_SSL_CIPHER},
	};
	if (c->tls == TLS_OFF) {
		mysql_ssl_set(
		    c->mysql, NULL, NULL, NULL, NULL, NULL); /* and all of it means: try */
		mysql_options(c->mysql, MYSQL_OPT_SSL_ENFORCE, &no);
		return;
	}
	for (size_t i = 0; i < countof(files); i++) {
		if (c->dsn->values[files[i].key])
			mysql_options(c->mysql, files[i].option, c->dsn->values[files[i].key]);
	}
	/* It only says that encryption is wanted: see look_for_tls. */
	if (c->tls >= TLS_PREFERRED)
		mysql_options(c->mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
	if (c->tls != TLS_OPTION_FILES)
		mysql_options(c->mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT,
		    c->tls == TLS_IDENTITY ? &yes : &no);
}

/* What was asked for is what came of it, or the connection isn't used. */
static bool keeps_tls(struct conn *c)
{
	bool verify = false;
	if (c->tls < TLS_REQUIRED)
		return true;
	mysql_get_optionv(c->mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
	return mysql_get_ssl_cipher(c->mysql) && (verify || c->tls != TLS_IDENTITY);
}

/*
 * The library reads option files only when it connects, over what was set before. So let it fail to
 * connect once, nowhere, and remember what it read: what is set from then on stays.
 */
static void read_option_files(struct conn *c)
{
	const char *file = c->dsn->values[DSN_DEFAULTS_FILE];
	if (file)
		mysql_options(c->mysql, MYSQL_READ_DEFAULT_FILE, file);
	mysql_options(c->mysql, MYSQL_READ_DEFAULT_GROUP, "memtrace"); /* and [client] */
	mysql_real_connect(c->mysql, "localhost", "", "", NULL, NOWHERE_PORT, NOWHERE_SOCKET,
	    CLIENT_REMEMBER_OPTIONS);
}

static void set_options(struct conn *c)
{
	static const unsigned connect = CONNECT_SECONDS, answer = ANSWER_SECONDS, one = 1;
	mysql_options(c->mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	mysql_options(c->mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
	mysql_options(c->mysql, MYSQL_OPT_READ_TIMEOUT, &answer);
	mysql_options(c->mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer);
	mysql_options(c->mysql, MYSQL_OPT_LOCAL_INFILE, &one);
	mysql_set_local_infile_handler(
	    c->mysql, infile_init, infile_read, infile_end, infile_error, c);
	set_tls(c);
}

static enum conn_result set_session(struct conn *c)
{
	/* Strict, so that no value is bent; backslashes and quotes as our statements use them. */
	enum conn_result r =
	    conn_exec(c, STR("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', "
	                     "time_zone = '+00:00', innodb_lock_wait_timeout = 20, "
	                     /* A client that is stopped holds locks no longer than this. */
	                     "net_read_timeout = 10, wait_timeout = 60"));
	if (r == CONN_GOOD)
		r = conn_number(c, STR("SELECT @@max_allowed_packet"), &c->packet);
	return r;
}

/* Where to connect to: what the DSN says, else the option files. */
struct target {
	const char *name, *socket;
	unsigned port;
	bool local; /* by a socket of this machine */
};

static struct target find_target(const struct conn *c, const struct dsn_host *host)
{
	struct target t = {host->name, c->dsn->values[DSN_SOCKET], host->port, false};
	const struct st_mysql_options *files = &c->mysql->options;
	if (!t.name && !t.socket) {
		t.name = files->host;
		t.socket = files->unix_socket;
	}
	if (!t.name)
		t.name = "localhost";
	/* A port in the DSN means TCP, even to localhost, which alone means a socket. */
	t.local = strcmp(t.name, "localhost") == 0 && !host->port;
	t.local |= c->dsn->values[DSN_SOCKET] && !host->name;
	if (!t.port && !t.local)
		t.port = files->port;
	if (!t.port && !t.local)
		t.port = MYSQL_PORT;
	return t;
}

/*
 * The library logs in without encryption at a server that has none, whatever SSL_ENFORCE says, but for
 * VERIFY_IDENTITY. So look before. A local socket goes over no network.
 */
static enum conn_result look_for_tls(struct conn *c, const struct target *t)
{
	if (t->local || (c->tls != TLS_REQUIRED && c->tls != TLS_CA))
		return CONN_GOOD;
	int r = greeting_has_tls(t->name, t->port, CONNECT_SECONDS);
	if (r == 1)
		return CONN_GOOD;
	if (r == 0)
		snprintf(c->why, sizeof(c->why),
		    "the server %s can't encrypt, and ssl-mode=%s wants it", t->name,
		    c->dsn->values[DSN_SSL_MODE]);
	else
		snprintf(c->why, sizeof(c->why), "can't connect to %s: %s", t->name, strerror(-r));
	conn_close(c);
	return r == 0 ? CONN_DENIED : CONN_AWAY;
}

static enum conn_result log_in(struct conn *c, const struct target *t)
{
	static const unsigned tcp = MYSQL_PROTOCOL_TCP;
	const struct dsn *dsn = c->dsn;
	if (!t->local)
		mysql_options(c->mysql, MYSQL_OPT_PROTOCOL, &tcp);
	if (!mysql_real_connect(c->mysql, t->name, dsn->user, dsn->password, dsn->database, t->port,
	        t->local ? t->socket : NULL, CLIENT_LOCAL_FILES))
		return failed(c);
	if (keeps_tls(c))
		return CONN_GOOD;
	snprintf(c->why, sizeof(c->why), "the connection isn't encrypted as ssl-mode=%s wants it",
	    dsn->values[DSN_SSL_MODE]);
	conn_close(c);
	return CONN_DENIED;
}

static enum conn_result open_host(struct conn *c, const struct dsn_host *host)
{
	c->mysql = mysql_init(NULL);
	if (!c->mysql)
		mem_alloc(SIZE_MAX);
	read_option_files(c);
	set_options(c);
	struct target t = find_target(c, host);
	enum conn_result r = look_for_tls(c, &t);
	if (r == CONN_GOOD)
		r = log_in(c, &t);
	if (r != CONN_GOOD)
		return r;
	c->fd = mysql_get_socket(c->mysql);
	return set_session(c);
}

enum conn_result conn_open(struct conn *c)
{
	enum conn_result r = CONN_AWAY;
	unsigned first = c->host;
	for (unsigned i = 0; i < c->dsn->hosts_n; i++) {
		conn_close(c);
		c->host = (first + i) % c->dsn->hosts_n;
		unsigned at = c->host;
		r = open_host(c, &c->dsn->hosts[at]);
		c->host = at;
		if (r == CONN_GOOD)
			return r;
	}
	conn_close(c);
	return r == CONN_REFUSED ? CONN_DENIED : r;
}

bool conn_is_open(const struct conn *c)
{
	return c->mysql != NULL;
}

void conn_close(struct conn *c)
{
	c->fd = -1;
	conn_done(c);
	if (c->mysql)
		mysql_close(c->mysql);
	c->mysql = NULL;
}

void conn_free(struct conn *c)
{
	if (!c)
		return;
	conn_close(c);
	free(c);
	mysql_library_end();
}

void conn_interrupt(struct conn *c)
{
	int fd = c->fd;
	if (fd >= 0)
		shutdown(fd, SHUT_RDWR);
}

/* ---- statements ---- */

static enum conn_result send_statement(struct conn *c, struct str sql)
{
	if (!c->mysql) {
		snprintf(c->why, sizeof(c->why), "not connected");
		return CONN_AWAY;
	}
	return mysql_real_query(c->mysql, sql.s, sql.len) == 0 ? CONN_GOOD : failed(c);
}

enum conn_result conn_exec(struct conn *c, struct str sql)
{
	enum conn_result r = send_statement(c, sql);
	if (r != CONN_GOOD)
		return r;
	MYSQL_RES *rows = mysql_store_result(c->mysql);
	if (!rows && mysql_errno(c->mysql))
		return failed(c);
	mysql_free_result(rows);
	return CONN_GOOD;
}

uint64_t conn_changed(const struct conn *c)
{
	return c->mysql ? mysql_affected_rows(c->mysql) : 0;
}

enum conn_result conn_query(struct conn *c, struct str sql)
{
	enum conn_result r = send_statement(c, sql);
	if (r != CONN_GOOD)
		return r;
	c->rows = mysql_store_result(c->mysql);
	return c->rows || !mysql_errno(c->mysql) ? CONN_GOOD : failed(c);
}

enum conn_result conn_row(struct conn *c, struct str *cells, unsigned n, bool *ret_more)
{
	*ret_more = false;
	if (!c->rows)
		return CONN_GOOD;
	MYSQL_ROW row = mysql_fetch_row(c->rows);
	if (!row)
		return mysql_errno(c->mysql) ? failed(c) : CONN_GOOD;
	const unsigned long *lengths = mysql_fetch_lengths(c->rows);
	for (unsigned i = 0; i < n; i++) {
		bool there = i < mysql_num_fields(c->rows) && row[i];
		cells[i] = there ? (struct str){row[i], lengths[i]} : (struct str){0};
	}
	*ret_more = true;
	return CONN_GOOD;
}

uint64_t conn_cell(struct str cell)
{
	return cell.s ? strtoull(cell.s, NULL, 10) : 0;
}

void conn_done(struct conn *c)
{
	if (c->rows)
		mysql_free_result(c->rows);
	c->rows = NULL;
}

enum conn_result conn_number(struct conn *c, struct str sql, uint64_t *ret)
{
	struct str cell = {0};
	bool more = false;
	*ret = 0;
	enum conn_result r = conn_query(c, sql);
	if (r == CONN_GOOD)
		r = conn_row(c, &cell, 1, &more);
	if (r == CONN_GOOD && more)
		*ret = conn_cell(cell);
	conn_done(c);
	return r;
}

/* A count of mysql_info, such as "Records: 3  Deleted: 0  Skipped: 1  Warnings: 1". */
static bool find_count(const char *info, const char *name, uint64_t *ret)
{
	const char *at = info ? strstr(info, name) : NULL;
	if (at)
		*ret = strtoull(at + strlen(name), NULL, 10);
	return at != NULL;
}

enum conn_result conn_load(struct conn *c, struct str sql,
    int (*fill)(void *arg, char *to, unsigned size), void *arg, struct conn_loaded *ret)
{
	c->fill = fill;
	c->fill_arg = arg;
	enum conn_result r = send_statement(c, sql);
	c->fill = NULL;
	if (r != CONN_GOOD)
		return r;
	const char *info = mysql_info(c->mysql);
	if (!find_count(info, "Records: ", &ret->records) ||
	    !find_count(info, "Skipped: ", &ret->skipped) ||
	    !find_count(info, "Warnings: ", &ret->warnings)) {
		snprintf(c->why, sizeof(c->why), "LOAD DATA doesn't say what it did");
		return CONN_NO_LOAD;
	}
	return CONN_GOOD;
}

uint64_t conn_packet(const struct conn *c)
{
	return c->packet;
}

const char *conn_why(const struct conn *c)
{
	return c->why;
}
