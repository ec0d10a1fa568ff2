#include "engine/perf_ring.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/perf_record.h"

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int perf_ring_map(int fd, size_t size, struct perf_ring *ret)
{
	void *base = mmap(NULL, page_size() + size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	*ret = (struct perf_ring){.base = base, .size = size, .time = UINT64_MAX};
	return 0;
}

/* The kernel's page; it writes `head`, we write `tail`. */
static struct perf_event_mmap_page *control(const struct perf_ring *ring)
{
	return ring->base;
}

size_t perf_ring_used(const struct perf_ring *ring)
{
	uint64_t head = __atomic_load_n(&control(ring)->data_head, __ATOMIC_ACQUIRE);
	return (size_t)(head - __atomic_load_n(&control(ring)->data_tail, __ATOMIC_RELAXED));
}

void perf_ring_copy(const char *data, size_t size, uint64_t from, uint64_t to, struct buf *ret)
{
	size_t at = (size_t)(from & (size - 1)), len = (size_t)(to - from);
	size_t first = len < size - at ? len : size - at;
	buf_add(ret, data + at, first);
	buf_add(ret, data, len - first);
}

/* Let the queue begin with what wasn't looked at yet. */
static void compact(struct perf_ring *ring)
{
	struct buf *queue = &ring->queue;
	if (ring->given < queue->len / 2)
		return;
	queue->len -= ring->given;
	memmove(queue->data, queue->data + ring->given, queue->len);
	ring->given = 0;
}

/* What a burst needed isn't worth keeping. */
#define KEPT_MAX (16U << 20)

static void look(struct perf_ring *ring)
{
	struct str record;
	ring->time =
	    perf_ring_first(ring, &record) ? perf_record_time(record.s, record.len) : UINT64_MAX;
	if (ring->time == UINT64_MAX && ring->queue.size > KEPT_MAX)
		buf_free(&ring->queue);
}

void perf_ring_pull(struct perf_ring *ring)
{
	struct perf_event_mmap_page *page = control(ring);
	uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE), tail = page->data_tail;
	if (head == tail || ring->inbox.len > ring->most)
		return;
	perf_ring_copy((const char *)ring->base + page_size(), ring->size, tail, head, &ring->inbox);
	__atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
}

void perf_ring_drain(struct perf_ring *ring)
{
	perf_ring_pull(ring);
	if (!ring->inbox.len)
		return;
	if (ring->time == UINT64_MAX) { /* an empty queue: they change places */
		struct buf empty = ring->queue;
		ring->queue = ring->inbox;
		ring->inbox = empty;
		ring->given = 0;
	} else {
		compact(ring);
		buf_str(&ring->queue, buf_view(&ring->inbox));
	}
	ring->inbox.len = 0;
	if (ring->time == UINT64_MAX)
		look(ring);
}

size_t perf_ring_waiting(const struct perf_ring *ring)
{
	return ring->queue.len - ring->given;
}

bool perf_ring_at(const struct perf_ring *ring, size_t *from, struct str *ret)
{
	struct perf_event_header header;
	size_t all = perf_ring_waiting(ring), len = *from < all ? all - *from : 0;
	if (len < sizeof(header))
		return false;
	const char *at = ring->queue.data + ring->given + *from;
	memcpy(&header, at, sizeof(header));
	if (header.size < sizeof(header) || header.size > len)
		return false;
	*ret = (struct str){at, header.size};
	*from += header.size;
	return true;
}

bool perf_ring_first(struct perf_ring *ring, struct str *ret)
{
	size_t from = 0;
	if (perf_ring_at(ring, &from, ret))
		return true;
	ring->queue.len = ring->given = 0;
	return false;
}

void perf_ring_pop(struct perf_ring *ring)
{
	struct str record;
	if (perf_ring_first(ring, &record))
		ring->given += record.len;
	look(ring);
}

void perf_ring_free(struct perf_ring *ring)
{
	if (ring->base)
		munmap(ring->base, page_size() + ring->size);
	buf_free(&ring->queue);
	buf_free(&ring->inbox);
	*ring = (struct perf_ring){0};
}
