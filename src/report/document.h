/* JSON documents by cJSON, with whole numbers exact, which its doubles aren't, and texts of any bytes. */
#pragma once

#include <cjson/cJSON.h>
#include <stdint.h>

#include "util/buf.h"

/* document_text - texts as in traces: bytes that aren't UTF-8 become U+FFFD. */
void document_text(cJSON *object, const char *key, struct str text);

void document_number(cJSON *object, const char *key, uint64_t value);

/* document_seconds - of nanoseconds. */
void document_seconds(cJSON *object, const char *key, uint64_t nsec);

/* document_hex - as "0x1f". */
void document_hex(cJSON *object, const char *key, uint64_t value);

/* document_item - a new object at the end of a list. */
cJSON *document_item(cJSON *list);

/* document_put - append it in one line, and free it. */
void document_put(cJSON *document, struct buf *out);
