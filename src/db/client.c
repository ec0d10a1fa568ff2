#define CLIENT_LOADS
#include "db/client.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

/* What the linker would have taken: the Makefile says. */
#ifndef MYSQL_SONAME
#define MYSQL_SONAME "libmariadb.so.3"
#endif

struct client client;

static int find(void *library, const char *name, void *ret, struct err *err)
{
	void *function = dlsym(library, name);
	if (!function)
		return err_set(err, -ENOENT, "the MySQL client library %s has no %s; build memtrace anew", MYSQL_SONAME, name);
	memcpy(ret, &function, sizeof(function));
	return 0;
}

int client_load(struct err *err)
{
	static void *library;
	if (library)
		return 0;
	void *loaded = dlopen(MYSQL_SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!loaded)
		return err_set(err, -ENOENT, "can't load the MySQL client library (%s); install it again", dlerror());
#define FIND(name)                                                                                 \
	if (find(loaded, #name, &client.name##_, err) < 0)                                         \
		return -ENOENT;
	CLIENT_FUNCTIONS(FIND)
#undef FIND
	library = loaded;
	return 0;
}
