/* Any file, compressed or not, as a trace: it's read to its end or refused, and never told of twice. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "trace/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("trace", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	struct reader *r = reader_open_fd(fd, "trace");
	struct event *ev;
	struct err err = {.status = 0};
	unsigned events = 0;
	int n;
	while ((n = reader_next(r, &ev, &err)) > 0 && events < 100000)
		events++;
	if (n < 0 && !err.text[0])
		abort();
	reader_close(r);
	return 0;
}
