/* Any baseline file: taken, or refused with a sentence. */
#include <stdlib.h>
#include <string.h>

#include "audit/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile profile = {0};
	struct err err = {0};
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	if (profile_parse(&profile, "memory.json", (struct str){text, size}, &err) < 0 && !err.text[0])
		abort();
	profile_free(&profile);
	free(text);
	return 0;
}
