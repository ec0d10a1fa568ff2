/* What stands in for conn_mysql.c where there is no client library. */
#include <errno.h>
#include <stddef.h>

#include "db/conn.h"

bool conn_exists(void)
{
	return false;
}

int conn_new(const struct dsn *dsn, struct conn **ret, struct err *err)
{
	(void)dsn, (void)ret;
	return err_set(err, -EINVAL,
	    "this memtrace was built without MySQL; install default-libmysqlclient-dev and build "
	    "it "
	    "again");
}

enum conn_result conn_open(struct conn *c)
{
	(void)c;
	return CONN_AWAY;
}

bool conn_is_open(const struct conn *c)
{
	(void)c;
	return false;
}

void conn_close(struct conn *c)
{
	(void)c;
}

void conn_free(struct conn *c)
{
	(void)c;
}

void conn_interrupt(struct conn *c)
{
	(void)c;
}

enum conn_result conn_exec(struct conn *c, struct str sql)
{
	(void)c, (void)sql;
	return CONN_AWAY;
}

uint64_t conn_changed(const struct conn *c)
{
	(void)c;
	return 0;
}

enum conn_result conn_query(struct conn *c, struct str sql)
{
	(void)c, (void)sql;
	return CONN_AWAY;
}

enum conn_result conn_row(struct conn *c, struct str *cells, unsigned n, bool *ret_more)
{
	(void)c, (void)cells, (void)n, (void)ret_more;
	return CONN_AWAY;
}

uint64_t conn_cell(struct str cell)
{
	(void)cell;
	return 0;
}

void conn_done(struct conn *c)
{
	(void)c;
}

enum conn_result conn_number(struct conn *c, struct str sql, uint64_t *ret)
{
	(void)c, (void)sql, (void)ret;
	return CONN_AWAY;
}

enum conn_result conn_load(struct conn *c, struct str sql,
    int (*fill)(void *arg, char *to, unsigned size), void *arg, struct conn_loaded *ret)
{
	(void)c, (void)sql, (void)fill, (void)arg, (void)ret;
	return CONN_AWAY;
}

uint64_t conn_packet(const struct conn *c)
{
	(void)c;
	return 0;
}

const char *conn_why(const struct conn *c)
{
	(void)c;
	return "";
}
