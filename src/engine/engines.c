/* The table of engines. */
#include "engine/engine.h"

#include <string.h>

#include "util/cleanup.h"

/*
 * One row an engine: row(NAME) is engine_NAME of engine_NAME.c; for a launched command `auto` takes
 * the first that can launch.
 */
/* clang-format off */
#define ENGINES(row) \
	row(ptrace) \
	row(notify) \
	row(perf)

#define DECLARE(name) extern const struct engine engine_##name;
#define ENTER(name)   &engine_##name,
/* clang-format on */

ENGINES(DECLARE)
const struct engine *const engines[] = {ENGINES(ENTER)};

const unsigned engines_count = countof(engines);

const struct engine *engine_find(const char *name)
{
	for (unsigned i = 0; i < engines_count; i++) {
		if (strcmp(engines[i]->name, name) == 0)
			return engines[i];
	}
	return NULL;
}
