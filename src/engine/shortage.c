#include "engine/shortage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/proc.h"
#include "util/buf.h"
#include "util/cleanup.h"

/* So much at once: proc_sys_call_handler in fs/proc/proc_sysctl.c refuses what kmalloc can't give. */
#define PIECE 16384

/* Read a file, ended by a NUL. */
static void read_file(const char *path, struct buf *ret)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;
	for (ret->len = 0; n > 0; ret->len += n > 0 ? (size_t)n : 0) {
		buf_reserve(ret, PIECE + 1);
		n = read(fd, ret->data + ret->len, PIECE);
	}
	buf_char(ret, '\0');
}

/* The number behind a key that begins a line; `none` if there is no such line, or no number ("unlimited"). */
static uint64_t number_of(const struct buf *text, const char *key, uint64_t none)
{
	const char *at = strstr(text->data, key);
	if (!at)
		return none;
	at += strlen(key);
	while (*at == ' ' || *at == '\t' || *at == ':')
		at++;
	return *at >= '0' && *at <= '9' ? strtoull(at, NULL, 10) : none;
}

static void read_system(struct buf *text, struct raw_limits *ret)
{
	read_file("/proc/sys/vm/overcommit_memory", text);
	ret->overcommit = (int)strtol(text->data, NULL, 10);
	read_file("/proc/sys/vm/max_map_count", text);
	ret->max_map_count = strtoull(text->data, NULL, 10);
	read_file("/proc/meminfo", text);
	ret->commit_limit = number_of(text, "CommitLimit", UINT64_MAX >> 10) << 10;
	ret->committed = number_of(text, "Committed_AS", 0) << 10;
	ret->total = (number_of(text, "MemTotal", 0) + number_of(text, "SwapTotal", 0)) << 10;
}

/* Version 2 has one hierarchy, whose path is on the line that begins with "0::" (cgroups(7)). */
static void read_cgroup(pid_t tid, struct buf *text, struct raw_limits *ret)
{
	char path[512], file[640];
	ret->cgroup_max = UINT64_MAX;
	snprintf(path, sizeof(path), "/proc/%d/cgroup", tid);
	read_file(path, text);
	const char *at = strstr(text->data, "0::");
	if (!at)
		return;
	snprintf(path, sizeof(path), "%.*s", (int)strcspn(at + 3, "\n"), at + 3);
	snprintf(file, sizeof(file), "/sys/fs/cgroup%s/memory.max", path);
	read_file(file, text);
	if (*text->data < '0' || *text->data > '9')
		return;
	ret->cgroup_max = strtoull(text->data, NULL, 10);
	snprintf(file, sizeof(file), "/sys/fs/cgroup%s/memory.current", path);
	read_file(file, text);
	ret->cgroup_used = strtoull(text->data, NULL, 10);
}

static void read_task(pid_t tid, struct buf *text, struct raw_limits *ret)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/status", tid);
	read_file(path, text);
	ret->vm_size = number_of(text, "VmSize", 0) << 10;
	ret->vm_locked = number_of(text, "VmLck", 0) << 10;
	ret->vm_data = number_of(text, "VmData", 0) << 10;
	snprintf(path, sizeof(path), "/proc/%d/limits", tid);
	read_file(path, text);
	ret->rlimit_as = number_of(text, "Max address space", UINT64_MAX);
	ret->rlimit_data = number_of(text, "Max data size", UINT64_MAX);
	ret->rlimit_memlock = number_of(text, "Max locked memory", UINT64_MAX);
	text->len = 0;
	proc_maps(tid, text);
	for (size_t i = 0; i < text->len; i++)
		ret->ranges += text->data[i] == '\n';
}

void shortage_read(pid_t tid, struct raw_limits *ret)
{
	_cleanup_(buf_free) struct buf text = {0};
	*ret = (struct raw_limits){.known = true};
	read_task(tid, &text, ret);
	read_cgroup(tid, &text, ret);
	read_system(&text, ret);
}
