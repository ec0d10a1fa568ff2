/* src/engine/perf_ring.c, on memory that no kernel writes to */
#include "engine/perf_ring.h"

#include <linux/perf_event.h>
#include <stdlib.h>

#include "unit.h"

#define EMPTY ((struct perf_ring){.time = UINT64_MAX})

/* A record of `size` bytes (24 or more) whose time, where all but samples have it, is `time`. */
static void put_record(struct buf *b, uint16_t size, uint64_t time)
{
	const struct perf_event_header header = {.type = PERF_RECORD_COMM, .size = size};
	buf_add(b, &header, sizeof(header));
	for (unsigned i = sizeof(header); i + sizeof(time) < size; i++)
		buf_char(b, (char)(time + i));
	buf_add(b, &time, sizeof(time));
}

static void put_header(struct buf *b, uint16_t size)
{
	const struct perf_event_header header = {.type = PERF_RECORD_COMM, .size = size};
	buf_add(b, &header, sizeof(header));
}

static void assert_record(struct str got, uint16_t size, uint64_t time)
{
	_cleanup_(buf_free) struct buf expected = {0};
	put_record(&expected, size, time);
	assert_str(got, buf_view(&expected));
}

static void assert_end(struct perf_ring *ring)
{
	struct str record;
	size_t from = 0;
	ck_assert(!perf_ring_at(ring, &from, &record));
	ck_assert(!perf_ring_first(ring, &record));
	ck_assert_uint_eq(perf_ring_waiting(ring), 0);
	perf_ring_pop(ring);
	ck_assert_uint_eq(ring->time, UINT64_MAX);
	ck_assert_uint_eq(perf_ring_waiting(ring), 0);
}

/* ---- bytes ---- */

START_TEST(copies)
{
	static const struct {
		uint64_t from, to;
		const char *expected;
	} rows[] = {{0, 16, "abcdefghijklmnop"}, {3, 7, "defg"}, {14, 18, "opab"}, {15, 16, "p"},
	    {16, 17, "a"}, {9, 9, ""}, {16, 16, ""}, {5, 21, "fghijklmnopabcde"},
	    {(UINT64_C(1) << 40) + 13, (UINT64_C(1) << 40) + 20, "nopabcd"}};
	for (size_t i = 0; i < countof(rows); i++) {
		_cleanup_(buf_free) struct buf b = {0};
		perf_ring_copy("abcdefghijklmnop", 16, rows[i].from, rows[i].to, &b);
		assert_buf(&b, rows[i].expected);
	}
}
END_TEST

START_TEST(copies_are_appended)
{
	_cleanup_(buf_free) struct buf b = {0};
	perf_ring_copy("abcdefgh", 8, 6, 9, &b);
	perf_ring_copy("abcdefgh", 8, 9, 11, &b);
	assert_buf(&b, "ghabc");
}
END_TEST

START_TEST(copies_of_all_lengths)
{
	char data[32];
	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (char)('A' + i);
	for (uint64_t from = UINT64_C(5) << 32; from < (UINT64_C(5) << 32) + 64; from++) {
		for (uint64_t len = 0; len <= sizeof(data); len++) {
			_cleanup_(buf_free) struct buf b = {0};
			perf_ring_copy(data, sizeof(data), from, from + len, &b);
			ck_assert_uint_eq(b.len, len);
			for (uint64_t i = 0; i < len; i++)
				unit_check(b.data[i] == data[(from + i) % sizeof(data)], "byte %u",
				    (unsigned)i);
		}
	}
}
END_TEST

/* ---- the queue ---- */

START_TEST(nothing)
{
	struct perf_ring ring = EMPTY;
	struct str record;
	size_t from = 8; /* behind the end */
	assert_end(&ring);
	ck_assert(!perf_ring_at(&ring, &from, &record));
	perf_ring_free(&ring);
}
END_TEST

START_TEST(walk)
{
	static const uint16_t sizes[] = {24, 40, 32, 65528};
	struct perf_ring ring = EMPTY;
	struct str record;
	size_t from = 0, sum = 0;
	for (size_t i = 0; i < countof(sizes); i++)
		put_record(&ring.queue, sizes[i], 10 + i);
	for (size_t i = 0; i < countof(sizes); i++) {
		ck_assert(perf_ring_at(&ring, &from, &record));
		assert_record(record, sizes[i], 10 + i);
		sum += sizes[i];
		ck_assert_uint_eq(from, sum);
	}
	ck_assert(!perf_ring_at(&ring, &from, &record));
	ck_assert_uint_eq(perf_ring_waiting(&ring), sum);
	from = sum + 8;
	ck_assert(!perf_ring_at(&ring, &from, &record));
	perf_ring_free(&ring);
}
END_TEST

START_TEST(one_after_the_other)
{
	static const uint16_t sizes[] = {32, 24, 48};
	struct perf_ring ring = EMPTY;
	struct str record;
	size_t left = 32 + 24 + 48;
	for (size_t i = 0; i < countof(sizes); i++)
		put_record(&ring.queue, sizes[i], 10 + i);
	for (size_t i = 0; i < countof(sizes); i++) {
		ck_assert_uint_eq(perf_ring_waiting(&ring), left);
		for (unsigned k = 0; k < 2; k++) { /* looking changes nothing */
			ck_assert(perf_ring_first(&ring, &record));
			assert_record(record, sizes[i], 10 + i);
		}
		perf_ring_pop(&ring);
		left -= sizes[i];
		ck_assert_uint_eq(ring.time, left ? 11 + i : UINT64_MAX);
	}
	assert_end(&ring);
	perf_ring_free(&ring);
}
END_TEST

/* `from` counts what waits, not what was there. */
START_TEST(walk_behind_popped_ones)
{
	struct perf_ring ring = EMPTY;
	struct str record;
	size_t from = 24;
	for (unsigned i = 0; i < 4; i++)
		put_record(&ring.queue, 24, i + 1);
	perf_ring_pop(&ring);
	ck_assert(perf_ring_at(&ring, &from, &record));
	assert_record(record, 24, 3);
	ck_assert_uint_eq(from, 48);
	perf_ring_free(&ring);
}
END_TEST

/* What can't be a record: with `len` bytes behind a header that says `size`. */
static const struct {
	uint16_t size;
	unsigned len;
} wrong[] = {{0, 0}, {0, 100}, {1, 40}, {7, 40}, {9, 0}, {49, 40}, {UINT16_MAX, 100}};

static void put_wrong(struct buf *b, int i)
{
	put_header(b, wrong[i].size);
	for (unsigned k = 0; k < wrong[i].len; k++)
		buf_char(b, 1);
}

START_TEST(wrong_sizes)
{
	struct perf_ring ring = EMPTY;
	put_wrong(&ring.queue, _i);
	struct str record;
	size_t from = 0;
	ck_assert(!perf_ring_at(&ring, &from, &record));
	assert_end(&ring);
	perf_ring_free(&ring);
}
END_TEST

START_TEST(wrong_sizes_behind_a_record)
{
	struct perf_ring ring = EMPTY;
	struct str record;
	size_t from = 0;
	put_record(&ring.queue, 24, 5);
	put_wrong(&ring.queue, _i);
	ck_assert(perf_ring_at(&ring, &from, &record));
	ck_assert(!perf_ring_at(&ring, &from, &record));
	ck_assert(perf_ring_first(&ring, &record));
	assert_record(record, 24, 5);
	perf_ring_pop(&ring);
	ck_assert_uint_eq(ring.time, UINT64_MAX);
	assert_end(&ring);
	put_record(&ring.queue, 24, 6); /* the kernel's next ones are found again */
	ck_assert(perf_ring_first(&ring, &record));
	assert_record(record, 24, 6);
	perf_ring_free(&ring);
}
END_TEST

START_TEST(less_than_a_header)
{
	for (unsigned len = 1; len < sizeof(struct perf_event_header); len++) {
		struct perf_ring ring = EMPTY;
		for (unsigned i = 0; i < len; i++)
			buf_char(&ring.queue, 8);
		assert_end(&ring);
		perf_ring_free(&ring);
	}
}
END_TEST

/* Such a record is whole, but has no time. */
START_TEST(only_a_header)
{
	struct perf_ring ring = EMPTY;
	struct str record;
	put_record(&ring.queue, 24, 5);
	put_header(&ring.queue, sizeof(struct perf_event_header));
	perf_ring_pop(&ring);
	ck_assert_uint_eq(ring.time, 0);
	ck_assert(perf_ring_first(&ring, &record));
	ck_assert_uint_eq(record.len, sizeof(struct perf_event_header));
	perf_ring_pop(&ring);
	assert_end(&ring);
	perf_ring_free(&ring);
}
END_TEST

/* ---- the ring ---- */

#define RING 256U

/* As the kernel does: behind what is there, around the end. */
static void produce(struct perf_ring *ring, char *data, uint16_t size, uint64_t time)
{
	struct perf_event_mmap_page *page = ring->base;
	struct buf b = {0};
	put_record(&b, size, time);
	for (unsigned i = 0; i < size; i++)
		data[(page->data_head + i) % RING] = b.data[i];
	page->data_head += size;
	buf_free(&b);
}

/* A producer and a consumer at different paces: all records come out, once, in order, with their times. */
START_TEST(drains)
{
	size_t page_size = (size_t)sysconf(_SC_PAGESIZE);
	char *base = aligned_alloc(page_size, 2 * page_size);
	struct perf_ring ring = {.base = base, .size = RING, .time = UINT64_MAX};
	uint64_t random = (uint64_t)_i + 1, made = 0, seen = 0;
	static uint16_t sizes[4000];
	struct str record;
	memset(base, 0, 2 * page_size);
	perf_ring_drain(&ring);
	ck_assert_uint_eq(ring.time, UINT64_MAX);
	while (seen < countof(sizes)) {
		uint16_t size = (uint16_t)(24 + 8 * unit_below(&random, 6));
		if (made < countof(sizes) && perf_ring_used(&ring) + size <= RING) {
			sizes[made] = size;
			produce(&ring, base + page_size, size, ++made);
		}
		if (unit_below(&random, 4) == 0 || made == countof(sizes)) {
			perf_ring_drain(&ring);
			ck_assert_uint_eq(perf_ring_used(&ring), 0);
		}
		for (unsigned n = unit_below(&random, 3); n && perf_ring_first(&ring, &record);
		     n--) {
			ck_assert_uint_eq(ring.time, seen + 1);
			assert_record(record, sizes[seen], seen + 1);
			perf_ring_pop(&ring);
			seen++;
		}
	}
	assert_end(&ring);
	buf_free(&ring.queue);
	buf_free(&ring.inbox);
	free(base);
}
END_TEST

TEST_SUITE(perf_ring)
{
	TEST(copies);
	TEST(copies_are_appended);
	TEST(copies_of_all_lengths);
	TEST(nothing);
	TEST(walk);
	TEST(one_after_the_other);
	TEST(walk_behind_popped_ones);
	TEST_LOOP(wrong_sizes, (int)countof(wrong));
	TEST_LOOP(wrong_sizes_behind_a_record, (int)countof(wrong));
	TEST(less_than_a_header);
	TEST(only_a_header);
	TEST_LOOP(drains, 5);
}
