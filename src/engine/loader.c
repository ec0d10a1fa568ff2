#include "engine/loader.h"

#include <sys/mman.h>

#include "decode/maps.h"
#include "util/cleanup.h"

static bool is_in(uint64_t addr, uint64_t start, uint64_t end)
{
	return start <= addr && addr < end;
}

static bool is_same_file(const struct map *a, const struct map *b)
{
	return a->dev == b->dev && a->inode == b->inode;
}

/* A new image has its program's file, and at most one other. */
struct span loader_find(struct str text, uint64_t ip)
{
	_cleanup_(maps_free) struct maps maps = {0};
	const struct map *first = NULL;
	bool program = false;
	maps_parse(text, &maps);
	for (size_t i = 0; i < maps.n && !first; i++) {
		if (is_in(ip, maps.v[i].start, maps.v[i].end))
			first = &maps.v[i];
	}
	for (size_t i = 0; i < maps.n && first; i++)
		program |= maps.v[i].inode && !is_same_file(&maps.v[i], first);
	return program ? (struct span){first->start, first->end} : (struct span){0, 0};
}

bool loader_goes_on(struct span loader, uint64_t ip, const struct raw *call)
{
	if (!is_in(ip, loader.start, loader.end) || syscalls[call->call_id].effect != EFFECT_MAP)
		return false;
	/* Else it's memory for its tables, or for whoever the C library is one with. */
	return !(call->args[3] & MAP_ANONYMOUS) || call->args[3] & MAP_FIXED;
}
