#include "web/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/num.h"

#define BACKLOG 128

struct words {
	char host[200], port[8];
};

static int split(const char *address, struct words *ret, struct err *err)
{
	const char *colon = strrchr(address, ':'), *bracket = strchr(address, ']');
	uint64_t port = 0;
	if (colon && bracket && colon < bracket)
		colon = NULL;
	if (colon && !bracket && strchr(address, ':') != colon)
		return err_set(err, -EINVAL, "--serve=%s: write an IPv6 address in brackets: [::1]:8080", address);
	bool alone = address[0] && !address[strspn(address, "0123456789")]; /* a port */
	const char *number = alone ? address : colon ? colon + 1 : "";
	size_t len = alone ? 0 : colon ? (size_t)(colon - address) : strlen(address);
	bool bracketed = len > 1 && address[0] == '[' && address[len - 1] == ']';
	if (len - 2 * bracketed >= sizeof(ret->host))
		return err_set(err, -EINVAL, "--serve=%.60s…: that's no host's name", address);
	snprintf(ret->host, sizeof(ret->host), "%.*s", (int)(len - 2 * bracketed), address + bracketed);
	if (!ret->host[0])
		snprintf(ret->host, sizeof(ret->host), "127.0.0.1");
	if (number[0] && (num_parse(number, &port) < 0 || port > 65535))
		return err_set(err, -EINVAL, "--serve=%s: '%s' isn't a port from 0 to 65535", address, number);
	snprintf(ret->port, sizeof(ret->port), "%u", (unsigned)port);
	return 0;
}

static bool is_loopback(const struct sockaddr *a)
{
	if (a->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr) >> 24 == 127;
	return a->sa_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

/* What it got, where it asked for any. */
static int read_back(struct place *ret)
{
	struct sockaddr_storage own = {0};
	uint64_t number;
	socklen_t len = sizeof(own);
	char host[64], port[8];
	if (getsockname(ret->fd, (struct sockaddr *)&own, &len) < 0 ||
	    getnameinfo((struct sockaddr *)&own, len, host, sizeof(host), port, sizeof(port),
	        NI_NUMERICHOST | NI_NUMERICSERV) != 0 ||
	    num_parse(port, &number) < 0)
		return -EIO;
	ret->port = (uint16_t)number;
	ret->loopback = is_loopback((struct sockaddr *)&own);
	snprintf(ret->host, sizeof(ret->host), own.ss_family == AF_INET6 ? "[%s]" : "%s", host);
	return 0;
}

static int try_one(const struct addrinfo *a)
{
	int on = 1, fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	int error = errno;
	close(fd);
	return -error;
}

int listen_at(const char *address, struct place *ret, struct err *err)
{
	struct words words;
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
	int r = split(address, &words, err);
	if (r < 0)
		return r;
	int why = getaddrinfo(words.host, words.port, &hints, &found);
	if (why)
		return err_set(err, -EINVAL, "--serve=%s: can't find %s (%s); write HOST:PORT, such as 127.0.0.1:8080",
		    address, words.host, gai_strerror(why));
	ret->fd = -EINVAL;
	for (const struct addrinfo *a = found; a && ret->fd < 0; a = a->ai_next)
		ret->fd = try_one(a);
	freeaddrinfo(found);
	if (ret->fd == -EADDRINUSE)
		return err_set(err, ret->fd, "--serve=%s: port %s is taken; --serve=:0 takes a free one", address, words.port);
	if (ret->fd < 0)
		return err_sys(err, ret->fd, "--serve=%s: can't listen there", address);
	r = read_back(ret);
	if (r < 0) {
		close(ret->fd);
		return err_sys(err, r, "--serve=%s: can't listen there", address);
	}
	return 0;
}
