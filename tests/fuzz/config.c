/* Any rules file, budget and glob: taken, or refused with a sentence. */
#include <stdlib.h>
#include <string.h>

#include "audit/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_say(int r, const struct err *err)
{
	if (r < 0 && !err->text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = {0};
	struct err err = {0};
	char *text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	must_say(config_parse(&config, "rules.json", (struct str){text, size}, &err), &err);
	err.text[0] = '\0';
	must_say(config_max(&config, text, &err), &err);
	err.text[0] = '\0';
	must_say(config_deny(&config, text, &err), &err);
	config_glob((struct str){text, size / 2}, (struct str){text + size / 2, size - size / 2});
	config_free(&config);
	free(text);
	return 0;
}
