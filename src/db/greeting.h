/* What a server offers before anybody logs in. */
#pragma once

/*
 * greeting_has_tls - connect to `host` (TCP) and read the greeting of the MySQL protocol, no more.
 * Returns 1 if the server can encrypt, 0 if not, or a negative errno (-EPROTO: no such greeting).
 */
int greeting_has_tls(const char *host, unsigned port, unsigned timeout_seconds);
