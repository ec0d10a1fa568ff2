#include "engine/perf_record.h"

#include <linux/perf_event.h>
#include <string.h>

/* What is left of a record. */
struct rest {
	const char *at;
	size_t len;
	bool bad; /* more was taken than there was */
};

static struct str take(struct rest *rest, size_t len)
{
	if (rest->bad || len > rest->len) {
		rest->bad = true;
		return (struct str){0};
	}
	struct str part = {rest->at, len};
	rest->at += len;
	rest->len -= len;
	return part;
}

static uint64_t take_number(struct rest *rest, size_t size)
{
	uint64_t value = 0;
	struct str part = take(rest, size);
	if (part.len)
		memcpy(&value, part.s, size);
	return value;
}

static uint64_t take_u64(struct rest *rest)
{
	return take_number(rest, sizeof(uint64_t));
}

static uint32_t take_u32(struct rest *rest)
{
	return (uint32_t)take_number(rest, sizeof(uint32_t));
}

/* A text that is ended by a NUL, and by as many more as round the record up. */
static struct str take_text(struct rest *rest)
{
	struct str all = take(rest, rest->len);
	return (struct str){all.s, all.len ? strnlen(all.s, all.len) : 0};
}

/* `size` bytes (up to 8) of a tracepoint's fields from `at` on, as a number; 0 where they aren't there. */
static uint64_t field(struct str raw, unsigned at, size_t size)
{
	uint64_t value = 0;
	if (at <= raw.len && size <= raw.len - at)
		memcpy(&value, raw.s + at, size);
	return value;
}

/* ---- samples ---- */

static void take_registers(struct rest *rest, uint64_t mask, struct perf_record *ret)
{
	ret->abi = (unsigned)take_u64(rest);
	ret->mask = mask;
	if (ret->abi != PERF_SAMPLE_REGS_ABI_NONE)
		ret->regs = take(rest, (size_t)__builtin_popcountll(mask) * sizeof(uint64_t));
}

static void take_stack(struct rest *rest, struct perf_record *ret)
{
	uint64_t size = take_u64(rest);
	if (!size)
		return;
	struct str all = take(rest, size);
	uint64_t used = take_u64(rest);
	ret->stack = (struct str){all.s, used < all.len ? used : all.len};
}

static const struct perf_tracepoint *find_point(const struct perf_layout *layout, uint64_t type)
{
	for (unsigned i = 0; i < layout->points_n; i++) {
		if (layout->points[i].type == type)
			return &layout->points[i];
	}
	return NULL;
}

static void take_fields(const struct perf_tracepoint *point, struct str raw, struct perf_record *ret)
{
	switch (point->kind) {
	case PERF_LEFT:
		ret->nr = field(raw, point->field[0], 8);
		ret->ret = (int64_t)field(raw, point->field[1], 8);
		break;
	case PERF_ENTERED:
		ret->nr = field(raw, point->field[0], 8);
		if (point->field[1] <= raw.len)
			ret->args = (struct str){raw.s + point->field[1], raw.len - point->field[1]};
		break;
	case PERF_BORN: ret->clone_flags = field(raw, point->field[0], 8); break;
	default: break;
	}
}

static void parse_sample(const struct perf_layout *layout, struct rest *rest, struct perf_record *ret)
{
	ret->pid = (pid_t)take_u32(rest);
	ret->tid = (pid_t)take_u32(rest);
	ret->time = take_u64(rest);
	struct str raw = take(rest, take_u32(rest));
	const struct perf_tracepoint *point = find_point(layout, field(raw, 0, 2));
	if (!point)
		return;
	ret->kind = point->kind;
	take_fields(point, raw, ret);
	if (point->regs)
		take_registers(rest, point->regs, ret);
	if (point->stack)
		take_stack(rest, ret);
}

/* ---- the rest ---- */

#define TRAILER 16

/* Records that are no samples end with the same ids and time (sample_id_all), which are taken off. */
static void take_trailer(struct rest *rest, struct perf_record *ret)
{
	if (rest->len < TRAILER) {
		rest->bad = true;
		return;
	}
	struct rest trailer = {rest->at + rest->len - TRAILER, TRAILER, false};
	rest->len -= TRAILER;
	ret->pid = (pid_t)take_u32(&trailer);
	ret->tid = (pid_t)take_u32(&trailer);
	ret->time = take_u64(&trailer);
}

static void parse_map(struct rest *rest, uint16_t misc, struct perf_record *ret)
{
	ret->pid = (pid_t)take_u32(rest);
	ret->tid = (pid_t)take_u32(rest);
	ret->start = take_u64(rest);
	ret->length = take_u64(rest);
	ret->offset = take_u64(rest);
	if (misc & PERF_RECORD_MISC_MMAP_BUILD_ID) {
		take(rest, 24);
	} else {
		uint64_t major = take_u32(rest), minor = take_u32(rest);
		ret->dev = major << 32 | minor;
		ret->inode = take_u64(rest);
		take_u64(rest); /* the generation of the inode */
	}
	ret->prot = take_u32(rest);
	ret->flags = take_u32(rest);
	ret->name = take_text(rest);
	ret->kind = PERF_MAP;
}

/* Of a birth or a death. */
static void parse_task(struct rest *rest, enum perf_kind kind, struct perf_record *ret)
{
	ret->pid = (pid_t)take_u32(rest);
	ret->parent = (pid_t)take_u32(rest);
	ret->tid = (pid_t)take_u32(rest);
	ret->parent_tid = (pid_t)take_u32(rest);
	take_u64(rest); /* a time, a moment before that of the record */
	ret->kind = kind;
}

static void parse_comm(struct rest *rest, uint16_t misc, struct perf_record *ret)
{
	ret->pid = (pid_t)take_u32(rest);
	ret->tid = (pid_t)take_u32(rest);
	ret->name = take_text(rest);
	ret->exec = misc & PERF_RECORD_MISC_COMM_EXEC;
	ret->kind = PERF_COMM;
}

static void parse_other(
    struct rest *rest, const struct perf_event_header *header, struct perf_record *ret)
{
	take_trailer(rest, ret);
	switch (header->type) {
	case PERF_RECORD_MMAP2: parse_map(rest, header->misc, ret); break;
	case PERF_RECORD_COMM: parse_comm(rest, header->misc, ret); break;
	case PERF_RECORD_FORK: parse_task(rest, PERF_FORK, ret); break;
	case PERF_RECORD_EXIT: parse_task(rest, PERF_EXIT, ret); break;
	case PERF_RECORD_LOST:
		take_u64(rest); /* of which event */
		ret->count = take_u64(rest);
		ret->kind = PERF_LOST;
		break;
	case PERF_RECORD_THROTTLE: ret->kind = PERF_THROTTLED; break;
	default: break;
	}
}

bool perf_record_parse(
    const struct perf_layout *layout, const void *data, size_t len, struct perf_record *ret)
{
	struct perf_event_header header;
	struct rest rest = {data, len, false};
	memset(ret, 0, sizeof(*ret));
	struct str head = take(&rest, sizeof(header));
	if (rest.bad)
		return false;
	memcpy(&header, head.s, sizeof(header));
	if (header.type == PERF_RECORD_SAMPLE)
		parse_sample(layout, &rest, ret);
	else
		parse_other(&rest, &header, ret);
	if (!rest.bad)
		return true;
	*ret = (struct perf_record){0};
	return false;
}

uint64_t perf_record_reg(const struct perf_record *record, unsigned reg)
{
	uint64_t value = 0, bit = UINT64_C(1) << reg;
	size_t at = (size_t)__builtin_popcountll(record->mask & (bit - 1)) * sizeof(value);
	if (record->mask & bit && at + sizeof(value) <= record->regs.len)
		memcpy(&value, record->regs.s + at, sizeof(value));
	return value;
}

uint64_t perf_record_time(const void *data, size_t len)
{
	struct perf_event_header header;
	uint64_t time = 0;
	if (len < sizeof(header) + 16)
		return 0;
	memcpy(&header, data, sizeof(header));
	/* Behind pid and tid, at the begin of a sample and at the end of all else. */
	size_t at = header.type == PERF_RECORD_SAMPLE ? sizeof(header) + 8 : len - 8;
	memcpy(&time, (const char *)data + at, sizeof(time));
	return time;
}
