#include "db/reading.h"

#include <errno.h>

#include "db/schema.h"

int reading_open(struct conn *conn, struct err *err)
{
	char why[512];
	if (conn_is_open(conn))
		return 0;
	if (conn_open(conn) != CONN_GOOD)
		return err_set(err, -EIO, "can't connect to the database: %s", conn_why(conn));
	if (schema_check(conn, why, sizeof(why)) != CONN_GOOD)
		return err_set(err, -EIO, "can't read from the database: %s", why);
	return 0;
}

int reading_trouble(const struct conn *conn, struct err *err)
{
	return err_set(err, -EIO, "can't read from the database: %s", conn_why(conn));
}
