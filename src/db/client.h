/*
 * The functions of libmysqlclient, for conn_mysql.c alone, which calls them by their own names: the library is
 * loaded when the first connection is made. Linked to, its TLS library would cost every start of memtrace
 * more than all the rest.
 */
#pragma once

#include <mysql.h>

#include "util/err.h"

/* clang-format off */
#define CLIENT_FUNCTIONS(row) \
	row(mysql_affected_rows) \
	row(mysql_close) \
	row(mysql_errno) \
	row(mysql_error) \
	row(mysql_fetch_lengths) \
	row(mysql_fetch_row) \
	row(mysql_free_result) \
	row(mysql_get_optionv) \
	row(mysql_get_socket) \
	row(mysql_get_ssl_cipher) \
	row(mysql_info) \
	row(mysql_init) \
	row(mysql_num_fields) \
	row(mysql_options) \
	row(mysql_real_connect) \
	row(mysql_real_query) \
	row(mysql_server_end) \
	row(mysql_server_init) \
	row(mysql_set_local_infile_handler) \
	row(mysql_sqlstate) \
	row(mysql_ssl_set) \
	row(mysql_store_result)
/* clang-format on */

struct client {
#define MEMBER(name) __typeof__(&name) name##_;
	CLIENT_FUNCTIONS(MEMBER)
#undef MEMBER
};

extern struct client client;

/* client_load - once, before there are threads. Returns 0 or -ENOENT with err set; may be called again. */
int client_load(struct err *err);

#ifndef CLIENT_LOADS
#define mysql_affected_rows client.mysql_affected_rows_
#define mysql_close client.mysql_close_
#define mysql_errno client.mysql_errno_
#define mysql_error client.mysql_error_
#define mysql_fetch_lengths client.mysql_fetch_lengths_
#define mysql_fetch_row client.mysql_fetch_row_
#define mysql_free_result client.mysql_free_result_
#define mysql_get_optionv client.mysql_get_optionv_
#define mysql_get_socket client.mysql_get_socket_
#define mysql_get_ssl_cipher client.mysql_get_ssl_cipher_
#define mysql_info client.mysql_info_
#define mysql_init client.mysql_init_
#define mysql_num_fields client.mysql_num_fields_
#define mysql_options client.mysql_options_
#define mysql_real_connect client.mysql_real_connect_
#define mysql_real_query client.mysql_real_query_
#define mysql_server_end client.mysql_server_end_
#define mysql_server_init client.mysql_server_init_
#define mysql_set_local_infile_handler client.mysql_set_local_infile_handler_
#define mysql_sqlstate client.mysql_sqlstate_
#define mysql_ssl_set client.mysql_ssl_set_
#define mysql_store_result client.mysql_store_result_
#endif
