#include "report/document.h"

#include <stdio.h>

#include "trace/json.h"

static void add_raw(cJSON *object, const char *key, struct buf *text)
{
	buf_char(text, '\0');
	cJSON_AddRawToObject(object, key, text->data);
	buf_free(text);
}

void document_text(cJSON *object, const char *key, struct str text)
{
	struct buf quoted = {0};
	json_put_text(&quoted, text);
	add_raw(object, key, &quoted);
}

void document_number(cJSON *object, const char *key, uint64_t value)
{
	struct buf text = {0};
	buf_fmt(&text, "%llu", (unsigned long long)value);
	add_raw(object, key, &text);
}

void document_seconds(cJSON *object, const char *key, uint64_t nsec)
{
	struct buf text = {0};
	buf_fmt(&text, "%llu.%09llu", (unsigned long long)(nsec / 1000000000),
	    (unsigned long long)(nsec % 1000000000));
	add_raw(object, key, &text);
}

void document_hex(cJSON *object, const char *key, uint64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	cJSON_AddStringToObject(object, key, text);
}

cJSON *document_item(cJSON *list)
{
	cJSON *item = cJSON_CreateObject();
	cJSON_AddItemToArray(list, item);
	return item;
}

void document_put(cJSON *document, struct buf *out)
{
	char *text = cJSON_PrintUnformatted(document);
	if (text)
		buf_str(out, str_of(text));
	buf_char(out, '\n');
	cJSON_free(text);
	cJSON_Delete(document);
}
