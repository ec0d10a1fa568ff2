/*
 * The functions of libmicrohttpd, which is loaded when a page is served: linked to, its TLS library would cost every
 * start of memtrace 5.6 ms. For server.c alone, which calls them by their own names.
 */
#pragma once

#include <microhttpd.h>

#include "util/err.h"

/* clang-format off */
#define HTTP_FUNCTIONS(row) \
	row(MHD_add_response_header) \
	row(MHD_create_response_from_buffer) \
	row(MHD_create_response_from_callback) \
	row(MHD_destroy_response) \
	row(MHD_get_connection_info) \
	row(MHD_lookup_connection_value) \
	row(MHD_queue_response) \
	row(MHD_resume_connection) \
	row(MHD_start_daemon) \
	row(MHD_stop_daemon) \
	row(MHD_suspend_connection)
/* clang-format on */

struct http {
#define MEMBER(name) __typeof__(&name) name##_;
	HTTP_FUNCTIONS(MEMBER)
#undef MEMBER
};

extern struct http http;

/* http_load - once, before there are threads. Returns 0 or -ENOENT with err set; may be called again. */
int http_load(struct err *err);

#ifndef HTTP_LOADS
#define MHD_add_response_header           http.MHD_add_response_header_
#define MHD_create_response_from_buffer   http.MHD_create_response_from_buffer_
#define MHD_create_response_from_callback http.MHD_create_response_from_callback_
#define MHD_destroy_response              http.MHD_destroy_response_
#define MHD_get_connection_info           http.MHD_get_connection_info_
#define MHD_lookup_connection_value       http.MHD_lookup_connection_value_
#define MHD_queue_response                http.MHD_queue_response_
#define MHD_resume_connection             http.MHD_resume_connection_
#define MHD_start_daemon                  http.MHD_start_daemon_
#define MHD_stop_daemon                   http.MHD_stop_daemon_
#define MHD_suspend_connection            http.MHD_suspend_connection_
#endif
