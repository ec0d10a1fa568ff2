#include "web/token.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

static int make_token(char ret[GUARD_TOKEN_MAX + 1], struct err *err)
{
	unsigned char bytes[16];
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return err_sys(err, errno, "can't make a token");
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int read_token(const char *path, char ret[GUARD_TOKEN_MAX + 1], struct err *err)
{
	char text[GUARD_TOKEN_MAX + 3];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, errno, "--serve-token-file=%s: can't open it", path);
	ssize_t n = read(fd, text, sizeof(text));
	close(fd);
	if (n < 0)
		return err_sys(err, errno, "--serve-token-file=%s: can't read it", path);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		n--;
	if (!guard_token((struct str){text, (size_t)n}))
		return err_set(err, -EINVAL,
		    "--serve-token-file=%s: its line must be %d to %d letters, digits and -._~, such as openssl rand "
		    "-hex 16 prints",
		    path, GUARD_TOKEN_MIN, GUARD_TOKEN_MAX);
	snprintf(ret, GUARD_TOKEN_MAX + 1, "%.*s", (int)n, text);
	return 0;
}

int token_get(const char *path, char ret[GUARD_TOKEN_MAX + 1], struct err *err)
{
	return path ? read_token(path, ret, err) : make_token(ret, err);
}
