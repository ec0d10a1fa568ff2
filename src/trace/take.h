/*
 * Values of events, taken off a line: what trace/json.h takes, with the meaning that fields.def
 * gives it. Each returns whether it was there; if not, j->why says what was expected and *ret is
 * undefined.
 */
#pragma once

#include "event.h"
#include "trace/json.h"

/* TAKE_LIST - memory of the arena for the elements of the list whose '[' was just taken. */
#define TAKE_LIST(j, type) ((type *)arena_alloc((j)->arena, json_count(j) * sizeof(type)))

/* take_unsigned - a number times 10^scale; see json_decimal for `round`. */
bool take_unsigned(struct json *j, int scale, bool round, uint64_t *ret);

bool take_int(struct json *j, int64_t *ret);
bool take_hex(struct json *j, uint64_t *ret);
bool take_bool(struct json *j, bool *ret);

/* take_time - nanoseconds since the epoch. */
bool take_time(struct json *j, uint64_t *ret);

bool take_base64(struct json *j, struct str *ret);
bool take_texts(struct json *j, struct str_list *ret);

/* take_texts_base64 - the exact bytes of list `of`: null stands where its text already has them. */
bool take_texts_base64(struct json *j, const struct str_list *of, struct str_list *ret);

bool take_pids(struct json *j, struct pid_list *ret);

/*
 * take_names - an array of names, kept as text: which table they are of depends on the call, which
 * may come later on the line.
 */
bool take_names(struct json *j, struct names *ret);

/* take_dev - major << 32 | minor. */
bool take_dev(struct json *j, uint64_t *ret);

bool take_ret(struct json *j, struct ret *ret);
