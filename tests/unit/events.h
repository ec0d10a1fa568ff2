/* Events of all kinds by chance, for tests of what must lose nothing of any event. */
#pragma once

#include "decode/flags.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "lines.h"

/* events_text - bytes that formats trip over, now and then as many as a column holds or 1 more. */
static inline struct str events_text(uint64_t *random, struct arena *arena)
{
	static const char bytes[] = "ab N\"'\\\t\n\r\0\x1a\x7f,()%\xc3\xa4\xe2\x82\xac\xff\x80"
	                            "\xf0\x9f\x98\x80\xed\xa0\x80";
	static const unsigned lengths[] = {32, 33, 255, 256, 1020, 1021, 8192, 8193};
	size_t n = unit_below(random, 30) ? unit_below(random, 9)
	                                  : lengths[unit_below(random, countof(lengths))];
	char *s = arena_alloc(arena, n);
	bool plain = unit_below(random, 4) == 0;
	for (size_t i = 0; i < n; i++)
		s[i] = plain ? 'p' : bytes[unit_below(random, sizeof(bytes) - 1)];
	return (struct str){s, n};
}

static inline uint64_t events_number(uint64_t *random)
{
	static const uint64_t extremes[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, INT64_MAX, 1ULL << 63,
	    UINT32_MAX, 1ULL << 32, INT32_MAX, 1ULL << 31, -(1ULL << 31), -(1ULL << 31) - 1,
	    (1ULL << 53) + 1};
	unsigned n = unit_below(random, 2 * countof(extremes));
	return n < countof(extremes) ? extremes[n] : unit_random(random) >> unit_below(random, 53);
}

static inline struct str_list events_texts(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct str *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = events_text(random, arena);
	return (struct str_list){v, n};
}

static inline struct pid_list events_pids(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	int64_t *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (int64_t)events_number(random);
	return (struct pid_list){v, n};
}

static inline struct map_list events_maps(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 3);
	struct map *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct map){.start = events_number(random),
		    .end = events_number(random),
		    .offset = events_number(random),
		    .path = events_text(random, arena),
		    .perms = "rw-p"};
		if (unit_below(random, 2))
			v[i].dev = v[i].inode = events_number(random);
	}
	return (struct map_list){v, n};
}

static inline struct frame_list events_frames(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 3);
	struct frame *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++) {
		v[i] = (struct frame){.ip = events_number(random),
		    .line = events_number(random),
		    .module = events_text(random, arena),
		    .symbol = events_text(random, arena)};
		v[i].offset = v[i].module.len ? events_number(random) : 0;
		v[i].symbol_offset = v[i].symbol.len ? events_number(random) : 0;
	}
	return (struct frame_list){v, n};
}

static inline struct level_list events_usage(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 3);
	struct level *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (struct level){
		    STR("m\"\xc3\xa4"), events_number(random), events_number(random)};
	return (struct level_list){v, n};
}

static inline struct names events_names(uint64_t *random)
{
	static const struct flag_table *const tables[] = {
	    &flags_prot, &flags_map, &flags_mremap, &flags_shmat, &flags_shadow_stack};
	static const struct str texts[] = {STR_INIT("[\"MAP_NEW\"]"), STR_INIT("[\"PROT_NONE\"]"),
	    STR_INIT("[\"MAP_FIXED\",\"MAP_PRIVATE\"]"), STR_INIT("[\"0x1\",\"0x1\"]"),
	    STR_INIT("[ \"PROT_READ\" ]"), STR_INIT("[\"PROT_NONE\",\"PROT_READ\"]"),
	    STR_INIT("[]"), STR_INIT("[\"0xffffffffffffffff\"]"), STR_INIT("[\"0x100000000\"]")};
	unsigned n = unit_below(random, 3 * countof(texts));
	if (n < countof(texts))
		return (struct names){0, NULL, texts[n]};
	return (struct names){events_number(random), tables[n % countof(tables)], {0}};
}

static inline struct map_list events_residency(uint64_t *random, struct arena *arena)
{
	size_t n = unit_below(random, 4);
	struct map *v = arena_alloc(arena, n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = (struct map){.start = events_number(random),
		    .end = events_number(random),
		    .rss = events_number(random),
		    .swap = events_number(random),
		    .anon_huge = events_number(random)};
	return (struct map_list){v, n};
}

static inline struct ret events_ret(uint64_t *random)
{
	enum ret_kind kind = unit_below(random, 3);
	uint64_t value = unit_below(random, 3) ? events_number(random) : UINT64_MAX;
	return (struct ret){kind, kind == RET_NULL ? 0 : value};
}

static inline struct status events_status(uint64_t *random)
{
	if (unit_below(random, 2))
		return (struct status){0, STR("SIG\"\xc3\xa4")};
	return (struct status){(int64_t)events_number(random), {0}};
}

static inline void events_value(
    enum field_kind kind, void *member, uint64_t *random, struct arena *arena)
{
	switch (kind) {
	case KIND_U64:
	case KIND_HEX:
	case KIND_NSEC:
	case KIND_TIME:
	case KIND_DEV:
	case KIND_INT: *(uint64_t *)member = events_number(random); break;
	case KIND_BOOL: *(bool *)member = unit_below(random, 2); break;
	case KIND_TEXT: *(struct str *)member = events_text(random, arena); break;
	case KIND_TEXTS: *(struct str_list *)member = events_texts(random, arena); break;
	case KIND_NAMES: *(struct names *)member = events_names(random); break;
	case KIND_PIDS: *(struct pid_list *)member = events_pids(random, arena); break;
	case KIND_RESIDENCY: *(struct map_list *)member = events_residency(random, arena); break;
	case KIND_MAPS: *(struct map_list *)member = events_maps(random, arena); break;
	case KIND_FRAMES: *(struct frame_list *)member = events_frames(random, arena); break;
	case KIND_USAGE: *(struct level_list *)member = events_usage(random, arena); break;
	case KIND_STATUS: *(struct status *)member = events_status(random); break;
	case KIND_RET: *(struct ret *)member = events_ret(random); break;
	case KIND_COUNT: break;
	}
}

#define EVENTS_END  F_COUNT
#define EVENTS_ALL  F_seq, F_time, F_elapsed
#define EVENTS_TASK EVENTS_ALL, F_pid, F_tid, F_comm

/* The keys that each type must have, and those that it may have: event.schema.json. */
static const enum field events_must[EVENT_TYPES][16] = {
    [EVENT_START] = {F_v, F_memtrace, F_run, F_host, F_kernel, F_arch, F_engine, F_page_size,
        F_time, F_calls, EVENTS_END},
    [EVENT_CALL] = {EVENTS_TASK, F_call, F_ret, EVENTS_END},
    [EVENT_EXEC] = {EVENTS_TASK, F_exe, EVENTS_END},
    [EVENT_FORK] = {EVENTS_TASK, F_child, F_thread, F_shares_vm, EVENTS_END},
    [EVENT_EXIT] = {EVENTS_TASK, EVENTS_END},
    [EVENT_ATTACH] = {EVENTS_TASK, EVENTS_END},
    [EVENT_DETACH] = {EVENTS_TASK, EVENTS_END},
    [EVENT_LOST] = {EVENTS_ALL, F_count, EVENTS_END},
    [EVENT_FINDING] = {EVENTS_ALL, F_rule, F_severity, F_message, EVENTS_END},
    [EVENT_END] = {EVENTS_ALL, F_events, F_lost, F_coverage, F_reasons, EVENTS_END},
};

static const enum field events_may[EVENT_TYPES][48] = {
    [EVENT_START] = {F_boot_id, F_engine_reason, F_max_map_count, F_command, F_targets, F_filter, EVENTS_END},
    [EVENT_CALL] = {F_nspid, F_abi, F_cmd, F_key, F_pidfd, F_iovec, F_vlen, F_vec, F_buf, F_mode, F_nodes, F_maxnode, F_disable, F_option, F_nr_events, F_name, F_shmid, F_addr, F_length, F_new_length, F_prot, F_flags,
        F_new_addr, F_advice, F_pkey, F_fd, F_offset, F_path, F_dev, F_inode, F_deleted, F_error, F_why,
        F_unfinished, F_duration, F_stack, EVENTS_END},
    [EVENT_EXEC] = {F_nspid, F_argv, F_maps, EVENTS_END},
    [EVENT_FORK] = {F_nspid, EVENTS_END},
    [EVENT_EXIT] = {F_nspid, F_code, F_signal, F_usage, F_max_rss, F_residency, EVENTS_END},
    [EVENT_ATTACH] = {F_nspid, F_exe, F_argv, F_maps, F_tids, F_shares_with, F_brk, EVENTS_END},
    [EVENT_DETACH] = {F_nspid, F_usage, F_max_rss, EVENTS_END},
    [EVENT_LOST] = {EVENTS_END},
    [EVENT_FINDING] = {F_pid, F_comm, F_exe, F_metric, F_value, F_limit, F_event, F_stack,
        EVENTS_END},
    [EVENT_END] = {F_status, F_usage, F_max_rss, EVENTS_END},
};

static inline void events_set(
    struct event *ev, enum field field, uint64_t *random, struct arena *arena)
{
	event_mark(ev, field);
	events_value(fields[field].kind, field_at(ev, field), random, arena);
	if (field == F_v)
		ev->v = 1;
	if (field == F_time && unit_below(random, 8))
		ev->time = LINES_NSEC + unit_random(random) % 100000000000;
	if (field == F_call && unit_below(random, 8))
		ev->call = str_of(syscalls[unit_below(random, SYSCALLS_COUNT)].name);
	if (field == F_error && unit_below(random, 2)) {
		ev->error = STR("ENOMEM");
		ev->ret = (struct ret){RET_INT, UINT64_MAX};
	}
}

/* events_make - an event of `type` with the keys that belong to it; `stray`: and any others. */
static inline void events_make(
    struct event *ev, enum event_type type, bool stray, uint64_t *random, struct arena *arena)
{
	event_init(ev, type);
	for (const enum field *f = events_must[type]; *f != EVENTS_END; f++)
		events_set(ev, *f, random, arena);
	for (const enum field *f = events_may[type]; *f != EVENTS_END; f++) {
		if (unit_below(random, 2))
			events_set(ev, *f, random, arena);
	}
	for (enum field f = 0; stray && f < F_COUNT; f++) {
		if (!event_has(ev, f) && unit_below(random, 8) == 0)
			events_set(ev, f, random, arena);
	}
}
