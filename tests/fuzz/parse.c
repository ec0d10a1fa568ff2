/* Any line: it's read or refused; what is read, written and read again is the same. */
#include <stdlib.h>

#include "trace/parse.h"
#include "trace/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parse_keys keys;
	static bool ready;
	struct arena arena = {0}, again_arena = {0};
	struct writer writer = {0};
	struct buf first = {0}, second = {0};
	struct event ev, again;
	if (!ready)
		parse_keys_init(&keys);
	ready = true;
	if (memchr(data, '\n', size))
		return 0;
	if (!parse_line(&keys, (struct str){(const char *)data, size}, &arena, &ev)) {
		writer_put(&writer, &ev, &first);
		struct str line = {first.data, first.len - 1};
		if (parse_line(&keys, line, &again_arena, &again))
			abort();
		writer_put(&writer, &again, &second);
		if (!str_eq(buf_view(&first), buf_view(&second)))
			abort();
	}
	writer_free(&writer);
	buf_free(&first);
	buf_free(&second);
	arena_free(&arena);
	arena_free(&again_arena);
	return 0;
}
