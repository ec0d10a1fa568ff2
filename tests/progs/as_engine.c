/*
 * memtrace with --engine=NAME, for cases that don't name an engine: it stands as build/NAME/memtrace, and runs the one
 * in the folder above. Subcommands, which know no engine, stay what they are.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int traces(int argc, char **argv)
{
	static const char *const others[] = {"replay", "report", "check", "maps", "blame", "diff", "import",
	    "export", "--help", "--version"};

	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		for (unsigned k = 0; k < sizeof(others) / sizeof(others[0]); k++) {
			if (strcmp(argv[i], others[k]) == 0)
				return 0;
		}
	}
	return 1;
}

int main(int argc, char **argv)
{
	char path[4096], engine[64];
	char **words = calloc((size_t)argc + 2, sizeof(*words));
	int n = 0;

	snprintf(path, sizeof(path), "%s", getenv("MEMTRACE"));
	snprintf(engine, sizeof(engine), "--engine=%s", basename(dirname(strdup(path))));
	snprintf(path, sizeof(path), "%s/../memtrace", dirname(strdup(path)));
	words[n++] = argv[0];
	if (traces(argc, argv))
		words[n++] = engine;
	for (int i = 1; i < argc; i++)
		words[n++] = argv[i];
	execv(path, words);
	perror(path);
	return errno == ENOENT ? 127 : 126;
}
