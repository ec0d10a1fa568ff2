#define CLIENT_LOADS
#include "db/client.h"

#include <stddef.h>

#include "util/library.h"

/* What the linker would have taken: the Makefile says. */
#ifndef MYSQL_SONAME
#define MYSQL_SONAME "libmariadb.so.3"
#endif

struct client client;

int client_load(struct err *err)
{
	static void *loaded;
	static const struct library_function functions[] = {
#define FIND(name) {#name, &client.name##_},
	    CLIENT_FUNCTIONS(FIND)
#undef FIND
	        {NULL, NULL}};
	return library_load("the MySQL client library", MYSQL_SONAME, functions, &loaded, err);
}
