#include "util/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int library_load(const char *what, const char *soname, const struct library_function *functions, void **loaded,
    struct err *err)
{
	if (*loaded)
		return 0;
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return err_set(err, -ENOENT, "can't load %s (%s); install it again", what, dlerror());
	for (const struct library_function *f = functions; f->name; f++) {
		void *function = dlsym(library, f->name);
		if (!function)
			return err_set(err, -ENOENT, "%s %s has no %s; build memtrace anew", what, soname, f->name);
		memcpy(f->ret, &function, sizeof(function));
	}
	*loaded = library;
	return 0;
}
