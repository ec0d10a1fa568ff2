/* What those that read from the database have in common: how it goes wrong, in words. */
#pragma once

#include "db/conn.h"
#include "util/err.h"

/* reading_open - connect, unless it is, and see that the tables are as they should be. Returns 0 or -EIO with err set. */
int reading_open(struct conn *conn, struct err *err);

/* reading_trouble - the last request failed. Returns -EIO with err set. */
int reading_trouble(const struct conn *conn, struct err *err);
