/* Captured calls: a mapping that was made, if any, and the end of the call. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "decode/effect.h"
#include "engine/arch.h"
#include "engine/perf_tracer.h"
#include "engine/proc.h"

void calls_withdraw(struct tracer *t, struct task *task)
{
	struct record *reserved = task->perf->reserved;
	task->perf->map.end = 0;
	if (!reserved)
		return;
	task->perf->reserved = NULL;
	perf_order_remove(&t->order, &reserved->item);
	watch_free(t, reserved);
}

void calls_mapped(struct tracer *t, struct task *task, const struct perf_record *record)
{
	struct perf_task *its = task->perf;
	if (str_is(record->name, "[stack]")) { /* it grew, by being used */
		task->space->grown_start = record->start;
		task->space->grown_end = record->start + record->length;
		return;
	}
	calls_withdraw(t, task);
	its->map = (struct perf_mapping){.start = record->start,
	    .end = record->start + record->length,
	    .offset = record->offset,
	    .dev = record->dev,
	    .inode = record->inode,
	    .prot = record->prot,
	    .flags = record->flags};
	its->name.len = 0;
	buf_str(&its->name, record->name);
	/* Where nobody else can come between, the end of the call is as good. */
	if (task->space->tasks == 1 || !watch_tells(t, task->process, record->time))
		return;
	its->reserved = watch_new(t, RAW_CALL, task);
	its->reserved->owner = task;
	its->reserved->item.time = record->time;
	its->reserved->item.shared = true;
	its->reserved->item.got = (struct span){its->map.start, its->map.end};
	perf_order_reserve(&t->order, &its->reserved->item);
}

/* The kernel tells of a mapping together with the neighbours that it was joined with. */
static bool is_in(const struct perf_mapping *map, uint64_t address)
{
	return map->start <= address && address < map->end;
}

/* Whether the last mapping that the kernel told of is what the call made. */
static bool made_it(const struct perf_task *its, const struct syscall *call, struct raw *raw)
{
	switch (call->effect) {
	case EFFECT_MAP:
	case EFFECT_SHMAT: return its->map.end && is_in(&its->map, (uint64_t)raw->ret);
	case EFFECT_IO_SETUP: return its->map.end && raw->ret == 0;
	default: return false;
	}
}

static void set_file(const struct task *task, struct raw *raw)
{
	const struct perf_mapping *map = &task->perf->map;
	size_t from = raw->path.len;
	raw->file = (struct raw_file){.known = map->dev || map->inode,
	    .dev = map->dev,
	    .inode = map->inode,
	    .start = map->start,
	    .end = map->end};
	buf_str(&raw->path, buf_view(&task->perf->name));
	proc_settle_deleted(task->tid, &raw->file, &raw->path, from);
}

/* The record that has its place already, if this is what it was kept for; else a new one. */
static struct record *take_record(struct tracer *t, struct task *task, bool mapped)
{
	if (!mapped)
		calls_withdraw(t, task);
	struct record *record = task->perf->reserved;
	task->perf->reserved = NULL;
	if (record)
		record->owner = NULL;
	return record ? record : watch_new(t, RAW_CALL, task);
}

/*
 * What a call that has ended kept of what it might have freed: mremap(2) in place frees a tail at most, and with
 * MREMAP_DONTUNMAP nothing.
 */
static void keep(const struct syscall *call, const struct raw *raw, struct span *gone)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), end = gone->end;
	if (call->effect != EFFECT_REMAP)
		return;
	if ((uint64_t)raw->ret == raw->args[0])
		end = (raw->args[0] + raw->args[2] + page - 1) & ~(page - 1);
	else if (!(raw->args[3] & MREMAP_DONTUNMAP))
		return;
	gone->start = end < gone->end ? end : gone->end;
}

static void set_spans(struct task *task, struct record *record, const struct syscall *call)
{
	struct raw *raw = &record->raw;
	if (raw->result == RAW_RETURNED && !effect_failed(call, raw->ret)) {
		effect_gone(call, raw->args, task->space->brk, record->item.gone);
		keep(call, raw, &record->item.gone[0]);
		record->item.got = effect_got(call, raw->args, raw->ret, task->space->brk);
		if (raw->file.known && call->effect != EFFECT_MAP)
			record->item.got = (struct span){raw->file.start, raw->file.end};
	}
	if (call->effect == EFFECT_BRK && raw->result == RAW_RETURNED)
		task->space->brk = (uint64_t)raw->ret;
}

static void put(struct tracer *t, struct task *task, struct record *record, uint64_t time)
{
	bool placed = record->item.pending;
	watch_grown(task, &record->raw);
	record->raw.entered = record->raw.left = time;
	record->item.before = task->perf->left;
	if (placed) {
		perf_order_fill(&record->item);
		return;
	}
	record->item.time = time;
	record->item.shared = task->space->tasks > 1;
	perf_order_add(&t->order, &record->item);
}

/*
 * A filter's RET_TRAP makes no call and leaves its number where the result would be (seccomp(2)); what the call itself
 * gives is 0 or an address, unless it makes a descriptor or the like.
 */
static bool is_trapped(int id, const struct raw *raw)
{
	switch (id) {
	case SYS_ID_memfd_create:
	case SYS_ID_memfd_secret:
	case SYS_ID_process_madvise:
	case SYS_ID_shmctl:
	case SYS_ID_shmget:
	case SYS_ID_userfaultfd: return false;
	default: return (uint64_t)raw->ret == raw->nr && raw->nr;
	}
}

/*
 * i386's first mmap has its arguments in memory (mmap2(2)), and whoever has ended since took that along: what the
 * kernel mapped tells the most of them, but not the address that was asked for, the descriptor, or with what else it
 * was joined.
 */
static void replace_unread(struct tracer *t, const struct perf_mapping *map, struct raw *raw)
{
	bool file = map->inode || map->dev;
	t->gaps |= GAP_COMPAT_TASKS;
	raw->args[1] = map->end - (uint64_t)raw->ret;
	raw->args[2] = map->prot;
	raw->args[3] = map->flags | (file ? 0 : MAP_ANONYMOUS);
	raw->args[4] = UINT64_MAX;
	raw->args[5] = file ? map->offset + (uint64_t)raw->ret - map->start : 0;
}

/*
 * Whether the kernel lets execute what wasn't asked to be: personality(2), READ_IMPLIES_EXEC. Of calls that make no
 * mapping it doesn't say so.
 */
static bool is_implied(const struct perf_mapping *map, int id, const struct raw *raw)
{
	bool mapped = id == SYS_ID_mmap && is_in(map, (uint64_t)raw->ret) && !(raw->args[2] & PROT_EXEC);
	return map->end && map->prot & PROT_EXEC && (mapped || id == SYS_ID_brk);
}

void calls_made(struct tracer *t, struct task *task, const struct perf_record *record, int id, enum abi abi,
    const uint64_t args[6])
{
	const struct syscall *call = &syscalls[id];
	struct raw seen = {.ret = record->ret};
	int fd;
	memcpy(seen.args, args, sizeof(seen.args));
	/* ipc(2) of i386 gives the address through memory; the mapping has it as well. */
	bool by_ipc = abi == ABI_I386 && call->effect == EFFECT_SHMAT && seen.ret == 0 && task->perf->map.end;
	if (by_ipc)
		seen.ret = (int64_t)task->perf->map.start;
	bool mapped = made_it(task->perf, call, &seen);
	if (!watch_tells(t, task->process, record->time)) {
		calls_withdraw(t, task);
		task->perf->left = record->time;
		return;
	}
	struct record *made = take_record(t, task, mapped);
	struct raw *raw = &made->raw;
	raw->call_id = id;
	raw->nr = record->nr;
	raw->unread = true;
	raw->abi = abi;
	memcpy(raw->args, args, sizeof(raw->args));
	raw->ret = seen.ret;
	raw->result = is_trapped(id, raw) ? RAW_UNFINISHED : RAW_RETURNED;
	if (mapped && id == SYS_ID_mmap && !raw->args[1]) /* the kernel takes no such length */
		replace_unread(t, &task->perf->map, raw);
	if (t->setup->modelled && is_implied(&task->perf->map, id, raw))
		t->gaps |= GAP_MODEL;
	if (mapped && call->effect == EFFECT_IO_SETUP)
		raw->args[1] = task->perf->map.start;
	if (mapped && effect_file(call, raw->args, &fd))
		set_file(task, raw);
	set_spans(task, made, call);
	if (t->setup->stacks && record->stack.len) {
		arch_sampled_registers(record, &raw->registers);
		raw->registers.copied = raw->registers.v[raw->registers.sp];
		buf_str(&raw->stack, record->stack);
	}
	put(t, task, made, record->time);
	task->perf->left = record->time;
	task->perf->map.end = 0;
}
