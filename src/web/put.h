/* JSON documents as bytes, put down as they come: for those that are too many for a tree of them. */
#pragma once

#include "trace/json.h"
#include "util/num.h"

/* put_open, put_close - an object or a list begins ('{', '[') or ends. Commas come by themselves. */
void put_open(struct buf *b, char c);
void put_close(struct buf *b, char c);

/* put_key - the key of what comes next. It is written as it is. */
void put_key(struct buf *b, const char *key);

/* put_next - what comes next is an element of a list. */
void put_next(struct buf *b);

/* Members of an object. put_line's value is JSON already; empty: null. */
void put_number(struct buf *b, const char *key, uint64_t value);
void put_integer(struct buf *b, const char *key, int64_t value);
void put_hex(struct buf *b, const char *key, uint64_t value);
void put_seconds(struct buf *b, const char *key, uint64_t nsec);
void put_text(struct buf *b, const char *key, struct str text);
void put_truth(struct buf *b, const char *key, bool value);
void put_line(struct buf *b, const char *key, struct str line);
