#include "db/greeting.h"

#include <errno.h>
#include <netdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "util/cleanup.h"

/* Capability flag of the greeting: "Protocol::HandshakeV10" of MySQL's documentation. */
#define CLIENT_SSL 0x0800

static int connect_one(const struct addrinfo *address, unsigned timeout_seconds)
{
	struct timeval timeout = {.tv_sec = timeout_seconds};
	int fd =
	    socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC, address->ai_protocol);
	if (fd < 0)
		return -errno;
	/* The time for sending is that for connecting too: socket(7), SO_SNDTIMEO. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return fd;
	int error = errno;
	close(fd);
	return -error;
}

static int connect_to(const char *host, unsigned port, unsigned timeout_seconds)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
	char service[8];
	int fd = -EHOSTUNREACH;
	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(host, service, &hints, &list) != 0)
		return fd;
	for (const struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
		fd = connect_one(a, timeout_seconds);
	freeaddrinfo(list);
	return fd;
}

/* Length (3), number (1), version 10, the server's version with its NUL, thread (4), salt (8), 0, flags. */
static int flags_of(const uint8_t *packet, size_t len)
{
	const uint8_t *nul = len > 5 && packet[4] == 10 ? memchr(packet + 5, 0, len - 5) : NULL;
	if (!nul || (size_t)(nul - packet) + 16 > len)
		return -EPROTO;
	const uint8_t *flags = nul + 14;
	return flags[0] | flags[1] << 8;
}

int greeting_has_tls(const char *host, unsigned port, unsigned timeout_seconds)
{
	uint8_t packet[512];
	size_t len = 0;
	int flags = -EPROTO;
	_cleanup_(cleanup_close) int fd = connect_to(host, port, timeout_seconds);
	if (fd < 0)
		return fd;
	while (flags < 0 && len < sizeof(packet)) {
		ssize_t n = recv(fd, packet + len, sizeof(packet) - len, 0);
		if (n <= 0)
			return n < 0 ? -errno : -EPROTO;
		len += (size_t)n;
		flags = flags_of(packet, len);
	}
	return flags < 0 ? flags : (flags & CLIENT_SSL) != 0;
}
