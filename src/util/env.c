#include "util/env.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

static size_t name_length(const char *variable)
{
	return strcspn(variable, "=");
}

static bool same_name(const char *a, const char *b)
{
	size_t n = name_length(a);
	return n == name_length(b) && memcmp(a, b, n) == 0;
}

/* Returns how many of the `n` variables are left. */
static size_t take_out(char **env, size_t n, const char *name)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		if (same_name(env[i], name))
			free(env[i]);
		else
			env[kept++] = env[i];
	}
	return kept;
}

char **env_changed(char *const *env, const char *const *changes, size_t n)
{
	size_t used = 0, room = n + 1;
	for (char *const *e = env; *e; e++)
		room++;
	char **changed = mem_alloc(room * sizeof(*changed));
	for (char *const *e = env; *e; e++)
		changed[used++] = mem_strdup(*e);
	for (size_t i = 0; i < n; i++) {
		used = take_out(changed, used, changes[i]);
		if (changes[i][name_length(changes[i])])
			changed[used++] = mem_strdup(changes[i]);
	}
	changed[used] = NULL;
	return changed;
}

void env_free(char **env)
{
	for (char **e = env; e && *e; e++)
		free(*e);
	free(env);
}
