/* Environments: lists of "NAME=value" that end with NULL. */
#pragma once

#include <stddef.h>

/*
 * env_changed - a copy of `env` with `n` changes made in turn: "NAME=value" sets, "NAME" takes out.
 * Freed with env_free.
 */
char **env_changed(char *const *env, const char *const *changes, size_t n);

/* env_free - NULL is fine. */
void env_free(char **env);
