/* Any text as /proc/PID/maps: ranges are well-formed, and paths lie in the text that holds them. */
#include <stdlib.h>

#include "decode/maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct maps maps = {0};
	maps_parse((struct str){(const char *)data, size}, &maps);
	for (size_t i = 0; i < maps.n; i++) {
		const struct map *m = &maps.v[i];
		if (m->start >= m->end || m->path.s < maps.text.data ||
		    m->path.s + m->path.len > maps.text.data + maps.text.len)
			abort();
	}
	maps_free(&maps);
	return 0;
}
