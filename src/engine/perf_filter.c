#include "engine/perf_filter.h"

#include <stdlib.h>

#include "decode/syscalls.h"
#include "engine/arch.h"
#include "util/mem.h"

struct numbers {
	uint32_t *v;
	size_t n, size;
};

static void add(struct numbers *numbers, int nr)
{
	if (nr >= 0)
		*MEM_PUSH(numbers->v, numbers->n, numbers->size) = (uint32_t)nr;
}

static void add_convention(struct numbers *numbers, const struct arch_abi *abi, uint64_t calls)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (syscalls_names(calls, id))
			add(numbers, syscalls[id].nr[abi->abi]);
	}
	for (unsigned i = 0; i < abi->aliases_n; i++) {
		if (syscalls_names(calls, abi->aliases[i].id))
			add(numbers, abi->aliases[i].nr);
	}
	add(numbers, abi->nr_execve);
	add(numbers, abi->nr_execveat);
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	return left < right ? -1 : left > right;
}

/* Neighbours are one comparison less each: the kernel makes them at every call of who is traced. */
static void put(const struct numbers *numbers, struct buf *ret)
{
	for (size_t i = 0, last; i < numbers->n; i = last + 1) {
		last = i;
		while (last + 1 < numbers->n && numbers->v[last + 1] <= numbers->v[last] + 1)
			last++;
		if (i)
			buf_str(ret, STR("||"));
		if (numbers->v[i] == numbers->v[last])
			buf_fmt(ret, "id==%u", numbers->v[i]);
		else
			buf_fmt(ret, "(id>=%u&&id<=%u)", numbers->v[i], numbers->v[last]);
	}
}

void perf_filter_build(uint64_t calls, bool narrow, struct buf *ret)
{
	struct numbers numbers = {0};
	for (unsigned i = 0; i < arch.abis_n; i++) {
		const struct arch_abi *abi = &arch.abis[i];
		if (!abi->nr_bit && (narrow || abi->abi == arch.native))
			add_convention(&numbers, abi, calls);
	}
	if (numbers.n)
		qsort(numbers.v, numbers.n, sizeof(*numbers.v), compare);
	put(&numbers, ret);
	for (unsigned i = 0; i < arch.abis_n; i++) {
		if (arch.abis[i].nr_bit)
			buf_fmt(ret, "||id>=%u", arch.abis[i].nr_bit);
	}
	buf_char(ret, '\0');
	free(numbers.v);
}
