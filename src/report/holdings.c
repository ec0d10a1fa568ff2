#include "report/holdings.h"

/* What of a range is in memory up to `end`, if it is alike all over. */
static uint64_t resident_to(const struct map *map, uint64_t end)
{
	if (end <= map->start)
		return 0;
	uint64_t length = map->end - map->start;
	uint64_t part = end < map->end ? end - map->start : length;
	return (uint64_t)((__uint128_t)map->rss * part / length);
}

/* What of [start, end) is; parts add up to the whole. */
static uint64_t resident_in(struct map_list resident, size_t *at, uint64_t start, uint64_t end)
{
	uint64_t sum = 0;
	while (*at < resident.n && resident.v[*at].end <= start)
		(*at)++;
	for (size_t i = *at; i < resident.n && resident.v[i].start < end; i++) {
		const struct map *map = &resident.v[i];
		sum += map->end > map->start ? resident_to(map, end) - resident_to(map, start) : 0;
	}
	return sum;
}

static void enter(struct ledger *l, const struct holding *holding)
{
	size_t at = l->holdings_n;
	uint64_t size = holding->end - holding->start;
	while (at && size > l->holdings[at - 1].end - l->holdings[at - 1].start) {
		if (at < HOLDINGS_MAX)
			l->holdings[at] = l->holdings[at - 1];
		at--;
	}
	if (at < HOLDINGS_MAX)
		l->holdings[at] = *holding;
	l->holdings_n += l->holdings_n < HOLDINGS_MAX;
}

static void count(struct kept *kept, const struct holding *holding)
{
	kept->n++;
	kept->bytes += holding->end - holding->start;
	kept->rss += holding->rss;
}

static void settle(struct ledger *l, struct ledger_process *process, const struct holding *holding)
{
	if (holding->start == holding->end)
		return;
	process->rss += holding->rss;
	if (holding->is & RANGE_THREAD_STACK)
		count(&process->thread_stacks, holding);
	if (holding->is & RANGE_ARENA)
		count(&process->arenas, holding);
	enter(l, holding);
}

void holdings_take(struct ledger *l, uint32_t number, struct map_list resident, bool known)
{
	struct ledger_process *process = &l->processes[number];
	struct address_space *space = model_space(l->model, process->pid);
	struct holding holding = {.process = number};
	size_t at = 0;
	uint32_t name = 0;
	process->has_rss = known;
	for (struct range *r = space ? space_next(space, 0) : NULL; r; r = space_next(space, r->end)) {
		if (r->is & RANGE_HIDDEN)
			continue;
		/* One mapping may have been cut in many. */
		if (r->born != holding.born || r->start != holding.end || r->name != name) {
			settle(l, process, &holding);
			name = r->name;
			holding = (struct holding){.process = number,
			    .start = r->start,
			    .has_rss = known,
			    .name = intern_add(&l->texts, model_name(l->model, r)),
			    .born = r->born};
		}
		holding.end = r->end;
		holding.is |= r->is;
		holding.rss += resident_in(resident, &at, r->start, r->end);
	}
	settle(l, process, &holding);
}
