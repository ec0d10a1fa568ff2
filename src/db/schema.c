#include "db/schema.h"

#include <errno.h>
#include <stdio.h>

#include "util/buf.h"
#include "util/cleanup.h"

#define NEWEST (migrations[migrations_n - 1].version)

static enum conn_result find_version(struct conn *c, uint64_t *ret)
{
	uint64_t there;
	*ret = 0;
	enum conn_result r = conn_number(c,
	    STR("SELECT COUNT(*) FROM information_schema.tables WHERE "
	        "table_schema=DATABASE() AND table_name='memtrace_schema'"),
	    &there);
	if (r != CONN_GOOD || !there)
		return r;
	return conn_number(c, STR("SELECT MAX(version) FROM memtrace_schema"), ret);
}

enum conn_result schema_check(struct conn *c, char *why, size_t why_size)
{
	uint64_t version;
	enum conn_result r = find_version(c, &version);
	if (r != CONN_GOOD) {
		snprintf(why, why_size, "%s", conn_why(c));
		return r;
	}
	if (version >= NEWEST)
		return CONN_GOOD;
	if (version == 0)
		snprintf(why, why_size, "the database has no tables of memtrace yet");
	else
		snprintf(why, why_size,
		    "the database's tables are of an older memtrace (%llu, not %u)",
		    (unsigned long long)version, NEWEST);
	return CONN_UNFIT;
}

struct str schema_next(const char **sql)
{
	const char *p = *sql;
	for (;;) {
		p += strspn(p, " \t\n");
		if (p[0] != '-' || p[1] != '-')
			break;
		p += strcspn(p, "\n");
	}
	const char *end = strstr(p, ";\n");
	struct str ret = {p, end ? (size_t)(end - p) : strlen(p)};
	*sql = end ? end + 2 : p + ret.len;
	if (str_ends(ret, STR(";")))
		ret.len--;
	return ret;
}

static int explain(struct conn *c, const char *what, struct err *err)
{
	return err_set(err, -EIO, "can't %s: %s", what, conn_why(c));
}

/* Without a database: for the one that is to be created. */
static int create_database(const struct dsn *dsn, struct err *err)
{
	struct dsn server = *dsn;
	struct conn *c;
	_cleanup_(buf_free) struct buf sql = {0};
	server.database = NULL;
	int r = conn_new(&server, &c, err);
	if (r < 0)
		return r;
	buf_str(&sql, STR("CREATE DATABASE IF NOT EXISTS `"));
	for (const char *p = dsn->database; *p; p++) {
		if (*p == '`')
			buf_char(&sql, '`');
		buf_char(&sql, *p);
	}
	buf_str(&sql, STR("` CHARACTER SET utf8mb4"));
	if (conn_open(c) != CONN_GOOD || conn_exec(c, buf_view(&sql)) != CONN_GOOD)
		r = explain(c, "create the database", err);
	conn_free(c);
	return r;
}

static int apply(struct conn *c, const struct migration *m, struct err *err)
{
	const char *sql = m->sql;
	for (;;) {
		struct str statement = schema_next(&sql);
		if (!statement.len)
			return 0;
		if (conn_exec(c, statement) != CONN_GOOD)
			return err_set(err, -EIO, "can't apply %s: %s", m->name, conn_why(c));
	}
}

static int apply_all(struct conn *c, void (*told)(const char *name), struct err *err)
{
	uint64_t version, alone;
	/* Two that come at once: the second waits, and finds everything done. */
	if (conn_number(c, STR("SELECT GET_LOCK('memtrace_schema', 60)"), &alone) != CONN_GOOD ||
	    find_version(c, &version) != CONN_GOOD)
		return explain(c, "look at the tables", err);
	if (!alone)
		return err_set(
		    err, -EBUSY, "somebody else has been changing the tables for a minute");
	for (unsigned i = 0; i < migrations_n; i++) {
		if (migrations[i].version <= version)
			continue;
		told(migrations[i].name);
		int r = apply(c, &migrations[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}

int schema_init(const struct dsn *dsn, void (*told)(const char *name), struct err *err)
{
	struct conn *c;
	int r = conn_new(dsn, &c, err);
	if (r < 0)
		return r;
	if (dsn->database && conn_open(c) == CONN_UNFIT)
		r = create_database(dsn, err);
	if (r == 0 && !conn_is_open(c) && conn_open(c) != CONN_GOOD)
		r = explain(c, "connect to the database", err);
	if (r == 0)
		r = apply_all(c, told, err);
	conn_free(c);
	return r;
}
