#include "model/usage.h"

static const struct str metric_names[METRICS] = {
    [METRIC_MAPPED] = STR_INIT("mapped"),
    [METRIC_COMMITTED] = STR_INIT("committed"),
    [METRIC_RESERVED] = STR_INIT("reserved"),
    [METRIC_FILE] = STR_INIT("file"),
    [METRIC_SHARED] = STR_INIT("shared"),
    [METRIC_EXEC] = STR_INIT("exec"),
    [METRIC_STACK] = STR_INIT("stack"),
    [METRIC_HEAP] = STR_INIT("heap"),
    [METRIC_VMAS] = STR_INIT("vmas"),
};

static const struct str call_names[SYSCALLS_COUNT] = {
#define SYSCALL(name, ...) [SYS_ID_##name] = STR_INIT("calls." #name),
#include "decode/syscalls.def"
#undef SYSCALL
};

static const struct str failed_names[SYSCALLS_COUNT] = {
#define SYSCALL(name, ...) [SYS_ID_##name] = STR_INIT("failed." #name),
#include "decode/syscalls.def"
#undef SYSCALL
};

void usage_raise(struct usage *u, const uint64_t now[METRICS])
{
	for (unsigned i = 0; i < METRICS; i++) {
		if (now[i] > u->peak[i])
			u->peak[i] = now[i];
	}
}

void usage_count(struct usage *u, int call_id, bool failed)
{
	u->calls[call_id]++;
	u->failed[call_id] += failed;
}

void usage_add(struct usage *u, const struct usage *other)
{
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		u->calls[id] += other->calls[id];
		u->failed[id] += other->failed[id];
	}
}

size_t usage_levels(const struct usage *u, const uint64_t now[METRICS], struct level *ret)
{
	size_t n = 0;
	for (unsigned i = 0; i < METRICS; i++)
		ret[n++] = (struct level){metric_names[i], now[i], u->peak[i]};
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (u->calls[id])
			ret[n++] = (struct level){call_names[id], u->calls[id], u->calls[id]};
	}
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (u->failed[id])
			ret[n++] = (struct level){failed_names[id], u->failed[id], u->failed[id]};
	}
	return n;
}
