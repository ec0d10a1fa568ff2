/*
 * Mappings of files whose names are hard to write, and of files that lost theirs. /proc/PID/maps
 * writes a newline as \012, a backslash as itself, and " (deleted)" after what is unlinked, so
 * its text alone can't tell some of these apart (proc_pid_maps(5)).
 */
#include "expect.h"

static char path[8192];

static int open_named(const char *name)
{
	expect_path(path, sizeof(path), name);
	return expect_make(name, 4096);
}

static void map(const struct expect_file *file, int fd)
{
	unsigned long addr = expect_mmap_file(file, 0, 4096, PROT_READ, MAP_SHARED, fd, 0);

	expect_munmap(addr, 4096);
	/* A failed call has only the descriptor to tell the name by. */
	expect_mmap_file(file, 0, 0, PROT_READ, MAP_SHARED, fd, 0);
}

static void map_named(const char *name)
{
	int fd = open_named(name);

	map(&(struct expect_file){.path = path}, fd);
	unlink(name);
	map(&(struct expect_file){.path = path, .deleted = true}, fd);
	close(fd);
}

/* The kernel says deleted of the name that was opened, though the file still has another. */
static void map_linked(void)
{
	int fd = open_named("first");

	if (link("first", "second") < 0)
		expect_die("link");
	unlink("first");
	map(&(struct expect_file){.path = path, .deleted = true}, fd);
	unlink("second");
	close(fd);
}

/* The name is there again, but another file has it. */
static void map_replaced(void)
{
	int fd = open_named("replaced");

	unlink("replaced");
	close(expect_make("replaced", 8192));
	map(&(struct expect_file){.path = path, .deleted = true}, fd);
	unlink("replaced");
	close(fd);
}

static void map_renamed(void)
{
	int fd = open_named("old name");

	if (rename("old name", "new name") < 0)
		expect_die("rename");
	expect_path(path, sizeof(path), "new name");
	map(&(struct expect_file){.path = path}, fd);
	unlink("new name");
	close(fd);
}

int main(void)
{
	static const char *const names[] = {
	    "plain",
	    "two words",
	    " leading",
	    "trailing ",
	    "gone (deleted)",
	    " (deleted)",
	    "gone (deleted) (deleted)",
	    "(deleted)",
	    "line\nbreak",
	    "\n",
	    "quote\"quote",
	    "'",
	    "back\\slash",
	    "text\\012text",
	    "both\\012\n\\n",
	    "tab\ttab",
	    "\r",
	    "\x01\x1f\x7f",
	    "[heap]",
	    "percent%s%n",
	    "\u00e9\u20ac\U0001f600",
	    "line\u2028separator",
	    "<b>&amp;",
	};
	char longest[256];

	expect_begin();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		map_named(names[i]);
	memset(longest, 'x', 255); /* NAME_MAX */
	longest[255] = '\0';
	map_named(longest);
	map_linked();
	map_replaced();
	map_renamed();
	expect_end();
	return 0;
}
