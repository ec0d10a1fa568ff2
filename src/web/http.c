#define HTTP_LOADS
#include "web/http.h"

#include <stddef.h>

#include "util/library.h"

/* What the linker would have taken: the Makefile says. */
#ifndef HTTP_SONAME
#define HTTP_SONAME "libmicrohttpd.so.12"
#endif

struct http http;

int http_load(struct err *err)
{
	static void *loaded;
	static const struct library_function functions[] = {
#define FIND(name) {#name, &http.name##_},
	    HTTP_FUNCTIONS(FIND)
#undef FIND
	        {NULL, NULL}};
	return library_load("the HTTP library", HTTP_SONAME, functions, &loaded, err);
}
