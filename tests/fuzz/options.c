/* Any command line: parsed or refused with a sentence. Words are separated by NULs. */
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *argv[34] = {"memtrace"};
	int argc = 1;
	char *words = malloc(size + 1);
	memcpy(words, data, size);
	words[size] = '\0';
	for (size_t at = 0; at < size && argc < 32; at += strlen(words + at) + 1)
		argv[argc++] = words + at;
	struct opts opts;
	struct err err = {.status = 0};
	if (options_parse(argc, argv, &opts, &err) < 0 && (!err.text[0] || !err.status))
		abort();
	options_free(&opts);
	free(words);
	return 0;
}
