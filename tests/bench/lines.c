/*
 * Events a CPU second: raw records decoded, events written as lines, lines read as events.
 * lines [MILLIONS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "decode/decode.h"
#include "decode/syscalls.h"
#include "trace/parse.h"
#include "trace/writer.h"

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A mmap and the munmap of what it gave, as a storm makes them; each pair a little later. */
static void make_pair(struct raw pair[2], uint64_t i)
{
	uint64_t now = 1000000000 + i * 13457, addr = 0x7f5e5a1f2000 + i % 977 * 8192;
	for (unsigned k = 0; k < 2; k++) {
		pair[k].kind = RAW_CALL;
		pair[k].abi = ABI_X86_64;
		pair[k].entered = now + k * 6000;
		pair[k].left = pair[k].entered + 4321 + i % 1000;
		pair[k].pid = pair[k].tid = 29977;
		strcpy(pair[k].comm, "storm");
		pair[k].result = RAW_RETURNED;
	}
	pair[0].call_id = SYS_ID_mmap;
	memcpy(pair[0].args, (uint64_t[]){0, 8192, 3, 0x22, UINT32_MAX, 0}, sizeof(pair[0].args));
	pair[0].ret = (int64_t)addr;
	pair[1].call_id = SYS_ID_munmap;
	memcpy(pair[1].args, (uint64_t[]){addr, 8192, 0, 0, 0, 0}, sizeof(pair[1].args));
	pair[1].ret = 0;
}

static void report(const char *what, uint64_t n, double seconds)
{
	printf("%-28s %6.2f million events a CPU second (%.0f ns each)\n", what,
	    (double)n / seconds / 1e6, seconds / (double)n * 1e9);
}

/* Both writes: with decoding, and with events that are there already. */
static struct buf bench_writer(uint64_t n)
{
	struct raw pair[2] = {0};
	struct event ev[2];
	struct writer writer = {0};
	struct buf out = {0};
	struct decoder decoder = {
	    .page_size = 4096, .start_mono = 500000000, .start_real = 1700000000000000000};
	double begin = cpu_seconds();
	for (uint64_t i = 0; i < n; i += 2) {
		if (out.len > 60000)
			out.len = 0;
		make_pair(pair, i);
		for (unsigned k = 0; k < 2; k++) {
			decode(&decoder, &pair[k], &ev[0]);
			EVENT_SET(&ev[0], seq, i + k);
			writer_put(&writer, &ev[0], &out);
		}
	}
	report("decode and write", n, cpu_seconds() - begin);
	for (unsigned k = 0; k < 2; k++)
		decode(&decoder, &pair[k], &ev[k]);
	begin = cpu_seconds();
	for (uint64_t i = 0; i < n; i++) {
		if (out.len > 60000)
			out.len = 0;
		struct event *e = &ev[i & 1];
		e->elapsed += 7919;
		e->time += 7919;
		EVENT_SET(e, seq, i);
		writer_put(&writer, e, &out);
	}
	report("write", n, cpu_seconds() - begin);
	writer_free(&writer);
	decoder_free(&decoder);
	return out;
}

static void bench_reader(struct str lines, uint64_t n)
{
	struct parse_keys keys;
	struct arena arena = {0};
	struct event ev;
	parse_keys_init(&keys);
	double begin = cpu_seconds();
	for (uint64_t i = 0; i < n;) {
		for (const char *p = lines.s, *end; p < lines.s + lines.len; p = end + 1, i++) {
			end = memchr(p, '\n', (size_t)(lines.s + lines.len - p));
			arena_reset(&arena);
			const char *why =
			    parse_line(&keys, (struct str){p, (size_t)(end - p)}, &arena, &ev);
			if (why) {
				fprintf(stderr, "lines: %s\n", why);
				exit(1);
			}
		}
	}
	report("read", n, cpu_seconds() - begin);
	arena_free(&arena);
}

int main(int argc, char **argv)
{
	uint64_t n = (argc > 1 ? strtoull(argv[1], NULL, 10) : 2) * 1000000;
	struct buf out = bench_writer(n);
	bench_reader(buf_view(&out), n);
	buf_free(&out);
	return 0;
}
