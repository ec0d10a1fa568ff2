/*
 * The model of address spaces: what a change costs by how many ranges there are, and events a CPU second of all
 * that a live trace does with a raw record once it has it.
 * model [MILLIONS]
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "decode/decode.h"
#include "decode/syscalls.h"
#include "model/model.h"
#include "trace/writer.h"

#define PAGE 4096UL

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t random_below(uint64_t *random, uint64_t bound)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random % bound;
}

/* ---- one space ---- */

/* Range number i is page 2 * i: none has a neighbour that it could be one with. */
static struct address_space *make_space(uint64_t ranges)
{
	struct address_space *s = space_new();
	struct range r = {.is = RANGE_READ, .born = 1, .changed = 1};
	for (uint64_t i = 0; i < ranges; i++)
		space_put(s, 2 * i * PAGE, (2 * i + 1) * PAGE, &r);
	return s;
}

/* Three changes at a random range, which leave as many as there were. */
static void change(struct address_space *s, uint64_t ranges, uint64_t *random, uint64_t by)
{
	struct range r = {.is = RANGE_READ, .born = by, .changed = by};
	uint64_t at = 2 * random_below(random, ranges) * PAGE;
	space_cut(s, at, at + PAGE);
	space_put(s, at, at + PAGE, &r);
	at = 2 * random_below(random, ranges) * PAGE;
	const struct range *other = space_at(s, at);
	space_protect(s, at, at + PAGE, other->is & RANGE_WRITE ? RANGE_READ : RANGE_READ | RANGE_WRITE, by);
}

static void bench_space(uint64_t ranges, uint64_t n)
{
	struct address_space *s = make_space(ranges);
	uint64_t random = 88172645463325252ULL;
	double begin = cpu_seconds();
	for (uint64_t i = 0; i < n; i += 3)
		change(s, ranges, &random, i);
	double seconds = cpu_seconds() - begin;
	printf("%9llu ranges             %6.2f million changes a CPU second (%.0f ns each)\n",
	    (unsigned long long)ranges, (double)n / seconds / 1e6, seconds / (double)n * 1e9);
	space_free(s);
}

/* ---- the whole way ---- */

struct way {
	struct decoder decoder;
	struct model *model;
	struct writer writer;
	struct buf out;
	int fd;
	uint64_t seq;
};

static void take(struct way *way, const struct raw *raw)
{
	struct event ev;
	struct change change;
	decode(&way->decoder, raw, &ev);
	model_apply(way->model, &ev, &change);
	EVENT_SET(&ev, seq, ++way->seq);
	writer_put(&way->writer, &ev, &way->out);
	if (way->out.len < 65536)
		return;
	if (write(way->fd, way->out.data, way->out.len) < 0)
		exit(1);
	way->out.len = 0;
}

static struct raw make_call(int id, uint64_t i)
{
	struct raw raw = {.kind = RAW_CALL, .abi = ABI_X86_64, .pid = 29977, .tid = 29977, .comm = "storm",
	    .call_id = id, .result = RAW_RETURNED};
	raw.entered = 1000000000 + i * 6000;
	raw.left = raw.entered + 4321 + i % 1000;
	return raw;
}

static void map_page(struct way *way, uint64_t addr, uint64_t i)
{
	struct raw raw = make_call(SYS_ID_mmap, i);
	memcpy(raw.args, (uint64_t[]){0, PAGE, 3, 0x22, UINT32_MAX, 0}, sizeof(raw.args));
	raw.ret = (int64_t)addr;
	take(way, &raw);
}

static void unmap_page(struct way *way, uint64_t addr, uint64_t i)
{
	struct raw raw = make_call(SYS_ID_munmap, i);
	memcpy(raw.args, (uint64_t[]){addr, PAGE, 0, 0, 0, 0}, sizeof(raw.args));
	take(way, &raw);
}

static void bench_way(uint64_t ranges, uint64_t n)
{
	struct way way = {.decoder = {.page_size = PAGE, .start_mono = 500000000, .start_real = 1700000000000000000},
	    .model = model_new(),
	    .fd = open("/dev/null", O_WRONLY)};
	struct raw exec = {.kind = RAW_EXEC, .entered = 600000000, .left = 600000000, .pid = 29977, .tid = 29977};
	uint64_t random = 88172645463325252ULL, base = 0x7f0000000000;
	take(&way, &exec);
	for (uint64_t i = 0; i < ranges; i++)
		map_page(&way, base + 2 * i * PAGE, i);
	double begin = cpu_seconds();
	for (uint64_t i = 0; i < n; i += 2) {
		uint64_t at = base + 2 * random_below(&random, ranges) * PAGE;
		unmap_page(&way, at, ranges + i);
		map_page(&way, at, ranges + i + 1);
	}
	double seconds = cpu_seconds() - begin;
	printf("the whole way, %6llu ranges %5.2f million events a CPU second (%.0f ns each)\n",
	    (unsigned long long)ranges, (double)n / seconds / 1e6, seconds / (double)n * 1e9);
	buf_free(&exec.argv);
	buf_free(&way.out);
	writer_free(&way.writer);
	decoder_free(&way.decoder);
	model_free(way.model);
	close(way.fd);
}

int main(int argc, char **argv)
{
	uint64_t n = (argc > 1 ? strtoull(argv[1], NULL, 10) : 2) * 1000000;
	static const uint64_t sizes[] = {10, 1000, 65000, 1000000};
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		bench_space(sizes[i], n);
	for (unsigned i = 0; i < 3; i++)
		bench_way(sizes[i], n);
	return 0;
}
