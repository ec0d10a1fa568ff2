#include "web/put.h"

void put_next(struct buf *b)
{
	char last = b->len ? b->data[b->len - 1] : '[';
	if (last != '{' && last != '[' && last != ':')
		buf_char(b, ',');
}

void put_open(struct buf *b, char c)
{
	put_next(b);
	buf_char(b, c);
}

void put_close(struct buf *b, char c)
{
	buf_char(b, c);
}

void put_key(struct buf *b, const char *key)
{
	put_next(b);
	buf_char(b, '"');
	buf_str(b, str_of(key));
	buf_str(b, STR("\":"));
}

void put_number(struct buf *b, const char *key, uint64_t value)
{
	put_key(b, key);
	num_put_dec(b, value);
}

void put_integer(struct buf *b, const char *key, int64_t value)
{
	put_key(b, key);
	num_put_int(b, value);
}

void put_hex(struct buf *b, const char *key, uint64_t value)
{
	put_key(b, key);
	buf_char(b, '"');
	num_put_hex(b, value);
	buf_char(b, '"');
}

void put_seconds(struct buf *b, const char *key, uint64_t nsec)
{
	put_key(b, key);
	num_put_nsec(b, nsec);
}

void put_text(struct buf *b, const char *key, struct str text)
{
	put_key(b, key);
	json_put_text(b, text);
}

void put_truth(struct buf *b, const char *key, bool value)
{
	put_key(b, key);
	buf_str(b, value ? STR("true") : STR("false"));
}

void put_line(struct buf *b, const char *key, struct str line)
{
	put_key(b, key);
	buf_str(b, line.len ? line : STR("null"));
}
