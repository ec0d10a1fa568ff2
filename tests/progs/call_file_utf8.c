/*
 * Mappings of files whose names aren't UTF-8 (RFC 3629): each byte that is part of no character
 * is shown as U+FFFD, and the event has the exact bytes too.
 */
#include "expect.h"

/* U+FFFD */
#define BAD "\xef\xbf\xbd"

static void map(const char *name, const char *shown_name, bool deleted)
{
	static char path[8192], shown[8192];
	const struct expect_file file = {
	    .path = expect_path(path, sizeof(path), name),
	    .shown = expect_path(shown, sizeof(shown), shown_name),
	    .deleted = deleted,
	};
	int fd = expect_make(name, 4096);
	unsigned long addr;

	if (deleted)
		unlink(name);
	addr = expect_mmap_file(&file, 0, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	expect_munmap(addr, 4096);
	expect_mmap_file(&file, 0, 0, PROT_READ, MAP_PRIVATE, fd, 0);
	unlink(name);
	close(fd);
}

int main(void)
{
	expect_begin();
	map("latin1-\xe9", "latin1-" BAD, false);
	map("\xff\xfe", BAD BAD, false);
	map("gone-\xff", "gone-" BAD, true);
	map("lone-\x80-continuation", "lone-" BAD "-continuation", false);
	map("cut-\xe2\x82-short", "cut-" BAD BAD "-short", false);
	map("cut-at-end-\xf0\x9f\x98", "cut-at-end-" BAD BAD BAD, false);
	map("overlong-\xc0\xaf", "overlong-" BAD BAD, false);
	map("overlong-\xe0\x80\xaf", "overlong-" BAD BAD BAD, false);
	map("surrogate-\xed\xa0\x80", "surrogate-" BAD BAD BAD, false);
	map("too-high-\xf4\x90\x80\x80", "too-high-" BAD BAD BAD BAD, false);
	map("good-\xc3\xa9-bad-\xe9\n", "good-\xc3\xa9-bad-" BAD "\n", false);
	map("bad-\xe9-and-real-" BAD, "bad-" BAD "-and-real-" BAD, false);
	expect_end();
	return 0;
}
