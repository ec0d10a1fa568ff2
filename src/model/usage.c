#include "model/usage.h"

/* Each as it is for a process and for a tree of them. */
#define NAMES(text) {STR_INIT(text), STR_INIT("tree." text)}

static const struct str metric_names[METRICS][2] = {
    [METRIC_MAPPED] = NAMES("mapped"),
    [METRIC_COMMITTED] = NAMES("committed"),
    [METRIC_RESERVED] = NAMES("reserved"),
    [METRIC_FILE] = NAMES("file"),
    [METRIC_SHARED] = NAMES("shared"),
    [METRIC_EXEC] = NAMES("exec"),
    [METRIC_STACK] = NAMES("stack"),
    [METRIC_HEAP] = NAMES("heap"),
    [METRIC_VMAS] = NAMES("vmas"),
};

static const struct str call_names[SYSCALLS_COUNT][2] = {
#define SYSCALL(name, ...) [SYS_ID_##name] = NAMES("calls." #name),
#include "decode/syscalls.def"
#undef SYSCALL
};

static const struct str failed_names[SYSCALLS_COUNT][2] = {
#define SYSCALL(name, ...) [SYS_ID_##name] = NAMES("failed." #name),
#include "decode/syscalls.def"
#undef SYSCALL
};

struct str usage_metric(enum metric metric)
{
	return metric_names[metric][0];
}

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
	if (other->max_rss > u->max_rss)
		u->max_rss = other->max_rss;
}

size_t usage_levels(const struct usage *u, const uint64_t now[METRICS], bool tree, struct level *ret)
{
	size_t n = 0;
	for (unsigned i = 0; i < METRICS; i++)
		ret[n++] = (struct level){metric_names[i][tree], now[i], u->peak[i]};
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (u->calls[id])
			ret[n++] = (struct level){call_names[id][tree], u->calls[id], u->calls[id]};
	}
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (u->failed[id])
			ret[n++] = (struct level){failed_names[id][tree], u->failed[id], u->failed[id]};
	}
	return n;
}
