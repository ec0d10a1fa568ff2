/*
 * Any bytes as what the kernel wrote into a ring of perf events: records are found and read without a step beyond
 * their ends, whatever they say of themselves, and what is made of them is well-formed.
 */
#include <linux/perf_event.h>
#include <stdlib.h>

#include "engine/perf_image.h"
#include "engine/perf_record.h"
#include "engine/perf_ring.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Types of few bits, so that they are met. */
static const struct perf_layout layout = {
    .points = {{PERF_LEFT, 1, UINT64_C(0xfff), true, {8, 16}}, {PERF_ENTERED, 2, 0, false, {8, 16}},
        {PERF_BORN, 3, 0, false, {32}},
        {PERF_EXECED, 4, UINT64_C(1) << 63 | 1 << 7 | 1, true, {0, 0}}},
    .points_n = PERF_TRACEPOINTS};

static volatile uint64_t sink; /* so that nothing read is left out */

static void touch(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		sink += (unsigned char)text.s[i];
}

static void touch_all(const struct perf_record *record)
{
	touch(record->args);
	touch(record->regs);
	touch(record->stack);
	touch(record->name);
	for (unsigned reg = 0; reg < PERF_REGS_MAX; reg++)
		sink += perf_record_reg(record, reg);
}

static void take(struct perf_image *image, const struct perf_record *record)
{
	switch (record->kind) {
	case PERF_MAP: perf_image_map(image, record); break;
	case PERF_EXECED:
		perf_image_stack(image, record->stack, perf_record_reg(record, 7),
		    record->abi == PERF_SAMPLE_REGS_ABI_32 ? 4 : 8);
		if (image->argv.len && image->argv.data[image->argv.len - 1] != '\0')
			abort();
		break;
	default: break;
	}
}

/* It's read where nothing lies behind it. */
static void read_record(struct perf_image *image, struct str bytes)
{
	struct perf_record record;
	char *copy = malloc(bytes.len);
	memcpy(copy, bytes.s, bytes.len);
	sink += perf_record_time(copy, bytes.len);
	if (perf_record_parse(&layout, copy, bytes.len, &record)) {
		touch_all(&record);
		take(image, &record);
	} else if (record.kind != PERF_OTHER) {
		abort();
	}
	free(copy);
}

/* Each mapping is a line. */
static void read_image(struct perf_image *image)
{
	struct buf text = {0};
	size_t lines = 0;
	touch(perf_image_exe(image));
	perf_image_text(image, &text);
	for (size_t i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	if (lines != image->n)
		abort();
	buf_free(&text);
}

static void read_queue(struct perf_ring *ring)
{
	struct perf_image image = {0};
	struct str record, first;
	size_t from = 0, found = 0, popped = 0;
	while (perf_ring_at(ring, &from, &record)) {
		if (record.s + record.len > ring->queue.data + ring->queue.len)
			abort();
		read_record(&image, record);
		found++;
	}
	read_image(&image);
	perf_image_free(&image);
	for (; perf_ring_first(ring, &first); popped++)
		perf_ring_pop(ring);
	if (popped != found || perf_ring_waiting(ring))
		abort();
	perf_ring_free(ring);
}

static uint64_t take_word(const uint8_t **data, size_t *size)
{
	uint64_t word = 0;
	size_t len = *size < sizeof(word) ? *size : sizeof(word);
	memcpy(&word, *data, len);
	*data += len;
	*size -= len;
	return word;
}

/* Headers that fit, of types that there are: a type, flags and a length, and what follows of the bytes. */
static void frame(const uint8_t *data, size_t size, struct buf *ret)
{
	while (size >= 4) {
		uint16_t misc, len = (uint16_t)(data[1] * 8U);
		memcpy(&misc, data + 2, sizeof(misc));
		struct perf_event_header header = {.type = data[0] & 15, .misc = misc};
		data += 4;
		size -= 4;
		len = len < size ? len : (uint16_t)size;
		header.size = (uint16_t)(len + sizeof(header));
		buf_add(ret, &header, sizeof(header));
		buf_add(ret, data, len);
		data += len;
		size -= len;
	}
}

/* Put into a ring at any place of it, and taken out again. */
static void turn(const uint8_t *data, size_t size, uint64_t from, struct buf *ret)
{
	size_t all = 8;
	while (all < size)
		all *= 2;
	char *ring = calloc(1, all);
	for (size_t i = 0; i < size; i++)
		ring[(from + i) & (all - 1)] = (char)data[i];
	size_t begin = ret->len;
	perf_ring_copy(ring, all, from, from + size, ret);
	if (ret->len - begin != size || (size && memcmp(ret->data + begin, data, size) != 0))
		abort();
	free(ring);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct perf_ring ring = {.time = UINT64_MAX};
	struct buf bytes = {0};
	uint64_t word = take_word(&data, &size);
	if (word & 1)
		frame(data, size, &bytes);
	else
		buf_add(&bytes, data, size);
	turn((const uint8_t *)bytes.data, bytes.len, word >> 1, &ring.queue);
	buf_free(&bytes);
	read_queue(&ring);
	return 0;
}
