#include "engine/perf_events.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine/arch.h"
#include "engine/perf_filter.h"
#include "engine/tracefs.h"
#include "util/cleanup.h"
#include "util/mem.h"

/* Of a ring, and of all together, where nobody says: what a processor can write while we don't get to run. */
#define RING_DEFAULT (8U << 20)
#define RINGS_MAX    (128U << 20)
#define RING_LEAST   (64U << 10)
#define RARE_LEAST   (1U << 20)

/* The stack of a caller. A record takes all of it whether it's used or not, and rings are to hold some. */
#define STACK_CALLER 16384

/* The stack of a new image begins with its arguments (x86-64 psABI, "Process Initialization"). */
#define STACK_IMAGE 16384

/* ---- what is wanted ---- */

/* Whether the kernel serves 32-bit programs as well, as far as it was built to. */
static bool serves_narrow(void)
{
	return access("/proc/sys/abi/vsyscall32", F_OK) == 0;
}

static int add_point(struct perf_events *e, int tracefs, const char *name, struct perf_tracepoint point,
    const char *first, const char *second, struct err *err)
{
	const char *const names[2] = {first, second};
	int r = tracefs_point(tracefs, name, names, &point, err);
	if (r == 0)
		e->layout.points[e->layout.points_n++] = point;
	return r;
}

static int add_points(struct perf_events *e, int tracefs, struct err *err)
{
	const struct perf_wish *wish = &e->wish;
	struct perf_tracepoint left = {.kind = PERF_LEFT,
	    .regs = wish->stacks ? arch.sampled_stack : arch.sampled,
	    .stack = wish->stacks};
	int r = add_point(e, tracefs, "raw_syscalls/sys_exit", left, "id", "ret", err);
	if (r == 0)
		r = add_point(e, tracefs, "task/task_newtask", (struct perf_tracepoint){.kind = PERF_BORN}, "clone_flags",
		    NULL, err);
	if (r == 0 && wish->argv)
		r = add_point(e, tracefs, "sched/sched_process_exec",
		    (struct perf_tracepoint){.kind = PERF_EXECED, .regs = arch.sampled, .stack = true}, NULL, NULL,
		    err);
	if (r == 0 && !arch.keeps_first)
		r = add_point(e, tracefs, "raw_syscalls/sys_enter",
		    (struct perf_tracepoint){.kind = PERF_ENTERED}, "id", "args", err);
	return r;
}

static void find_processors(struct perf_events *e)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);
	e->rings = mem_alloc((size_t)n * 2 * sizeof(*e->rings));
	e->cpus = mem_alloc((size_t)n * 2 * sizeof(*e->cpus));
	e->leaders = mem_alloc((size_t)n * 2 * sizeof(*e->leaders));
	for (int cpu = 0; cpu < n; cpu++) {
		char path[64];
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
		_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
		char online = '1'; /* the first often can't be switched off, and doesn't say */
		if (fd >= 0 && read(fd, &online, 1) == 1 && online != '1')
			continue;
		e->cpus[e->processors_n++] = cpu;
	}
}

/* Each task watched takes some descriptors. */
static void allow_descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* ---- opening ---- */

static int read_paranoia(void)
{
	char text[16] = "";
	_cleanup_(cleanup_close) int fd = open("/proc/sys/kernel/perf_event_paranoid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	return n > 0 ? (int)strtol(text, NULL, 10) : 0;
}

static int refuse_open(int error, struct err *err)
{
	switch (error) {
	case EACCES:
	case EPERM:
		return err_set(err, -error,
		    "engine perf isn't allowed (kernel.perf_event_paranoid is %d): setcap "
		    "cap_perfmon,cap_dac_read_search,cap_ipc_lock,cap_sys_ptrace+ep memtrace, or be root, and in a "
		    "container let its seccomp filter pass perf_event_open",
		    read_paranoia());
	case EMFILE:
	case ENFILE:
		return err_sys(err, error, "engine perf needs more descriptors: raise ulimit -n");
	case ENOSYS:
	case ENODEV:
	case ENOENT:
		return err_set(err, -error, "engine perf: this kernel has no perf events; try --engine=ptrace");
	default: return err_sys(err, error, "engine perf can't open an event");
	}
}

static size_t ring_size(const struct perf_events *e)
{
	size_t size = RING_LEAST, wanted = e->wish.buffer;
	if (!wanted) {
		wanted = RINGS_MAX / e->processors_n;
		wanted = wanted > RING_DEFAULT ? RING_DEFAULT : wanted;
	}
	while (size * 2 <= wanted)
		size *= 2;
	return size;
}

static struct perf_event_attr describe(const struct perf_events *e, const struct perf_tracepoint *point, bool task)
{
	struct perf_event_attr attr = {
	    .type = PERF_TYPE_TRACEPOINT,
	    .size = sizeof(attr),
	    .config = point->type,
	    .sample_period = 1,
	    .sample_type = PERF_SAMPLE_COMMON,
	    .read_format = PERF_FORMAT_LOST,
	    .inherit = task,
	    .disabled = task && e->wish.on_exec,
	    .enable_on_exec = task && e->wish.on_exec,
	    .use_clockid = true,
	    .clockid = CLOCK_MONOTONIC,
	    .watermark = true,
	    .sample_id_all = true,
	};
	attr.wakeup_watermark = (uint32_t)(ring_size(e) / 32);
	if (point->regs) {
		attr.sample_type |= PERF_SAMPLE_REGS_USER;
		attr.sample_regs_user = point->regs;
	}
	if (point->stack) {
		attr.sample_type |= PERF_SAMPLE_STACK_USER;
		attr.sample_stack_user = point->kind == PERF_EXECED ? STACK_IMAGE : STACK_CALLER;
	}
	if (point->kind == PERF_LEFT) /* the kernel's own records come with one of the events */
		attr.task = attr.comm = attr.comm_exec = attr.mmap = attr.mmap2 = attr.mmap_data = true;
	return attr;
}

static int open_event(struct perf_events *e, const struct perf_tracepoint *point,
    struct perf_subject subject, int cpu)
{
	struct perf_event_attr attr = describe(e, point, subject.tid >= 0);
	unsigned long flags = PERF_FLAG_FD_CLOEXEC | (subject.cgroup >= 0 ? PERF_FLAG_PID_CGROUP : 0);
	pid_t who = subject.cgroup >= 0 ? subject.cgroup : subject.tid;
	long fd = syscall(SYS_perf_event_open, &attr, who, cpu, -1, flags);
	if (fd < 0 && errno == EINVAL) { /* before Linux 6.0 */
		attr.read_format = 0;
		fd = syscall(SYS_perf_event_open, &attr, who, cpu, -1, flags);
	}
	if (fd < 0)
		return -errno;
	*MEM_PUSH(e->fds, e->fds_n, e->fds_size) = (int)fd;
	bool filters = point->kind == PERF_LEFT || point->kind == PERF_ENTERED;
	return filters && ioctl((int)fd, PERF_EVENT_IOC_SET_FILTER, e->filter.data) < 0 ? -errno : (int)fd;
}

/* Where nobody named a size, less will do for who may not lock so much. */
static int map_ring(struct perf_events *e, unsigned i, int fd, size_t size, struct err *err)
{
	int r = perf_ring_map(fd, size, &e->rings[i]);
	while (r < 0 && !e->wish.buffer && size > RING_LEAST)
		r = perf_ring_map(fd, size /= 2, &e->rings[i]);
	if (r == -EPERM)
		return err_set(err, r,
		    "engine perf may not lock %zu KB of memory for each processor: a smaller --buffer, setcap "
		    "cap_ipc_lock+ep memtrace, or sysctl kernel.perf_event_mlock_kb=%zu",
		    size >> 10, (size >> 10) + 4);
	if (r < 0)
		return err_sys(err, r, "engine perf has no room for %zu KB of records for each processor "
		    "(--buffer)", size >> 10);
	e->leaders[i] = fd;
	e->rings_n = i + 1;
	return 0;
}

/* Of who is watched no event lasts as long as the ring; ours does, of ourselves, who do nothing that it tells. */
static int add_ring(struct perf_events *e, unsigned i, size_t size, struct err *err)
{
	struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
	    .size = sizeof(attr),
	    .config = PERF_COUNT_SW_DUMMY,
	    .sample_period = 1,
	    .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME,
	    .exclude_kernel = true,
	    .use_clockid = true,
	    .clockid = CLOCK_MONOTONIC,
	    .watermark = true,
	    .sample_id_all = true};
	attr.wakeup_watermark = (uint32_t)(size / 32);
	long fd = syscall(SYS_perf_event_open, &attr, 0, e->cpus[i], -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return refuse_open(errno, err);
	*MEM_PUSH(e->fds, e->fds_n, e->fds_size) = (int)fd;
	return map_ring(e, i, (int)fd, size, err);
}

int perf_events_init(struct perf_events *ret, const struct perf_wish *wish, struct err *err)
{
	*ret = (struct perf_events){.wish = *wish};
	_cleanup_(cleanup_close) int tracefs = tracefs_open(err);
	if (tracefs < 0)
		return tracefs;
	int r = add_points(ret, tracefs, err);
	if (r < 0)
		return r;
	perf_filter_build(wish->calls, serves_narrow(), &ret->filter);
	find_processors(ret);
	for (unsigned i = 0; i < ret->processors_n && r == 0; i++)
		r = add_ring(ret, i, ring_size(ret), err);
	return r;
}

static int refuse_subject(struct perf_subject subject, int error, struct err *err)
{
	if (error == ESRCH)
		return err_sys(err, error, "the process is gone");
	if (subject.cgroup >= 0 && (error == ENOENT || error == EBADF || error == EINVAL))
		return err_set(err, -error,
		    "--cgroup: perf doesn't know that group; where version 1's perf_event hierarchy is mounted, it "
		    "must be of that");
	return refuse_open(error, err);
}

/* Open one event on one processor, and let it write to the ring there. Returns 0 or a negative errno. */
static int add_event(
    struct perf_events *e, const struct perf_tracepoint *point, struct perf_subject subject, unsigned i)
{
	int fd = open_event(e, point, subject, e->cpus[i]);
	if (fd < 0)
		return fd;
	return ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, e->leaders[i]) < 0 ? -errno : 0;
}

static bool is_rare(const struct perf_tracepoint *point)
{
	return point->kind == PERF_BORN || point->kind == PERF_EXECED;
}

/* Others' new images come, too, each with a piece of its stack: hundreds must find room where we don't get to run. */
static size_t rare_size(const struct perf_events *e)
{
	size_t half = ring_size(e) / 2;
	return half > RARE_LEAST ? half : RARE_LEAST;
}

/* A ring of its own, and the events of one processor. Returns 0 or a negative errno. */
static int add_rare_on(struct perf_events *e, unsigned i)
{
	struct perf_subject all = {-1, -1};
	struct err err;
	e->cpus[e->processors_n + i] = e->cpus[i];
	int r = add_ring(e, e->processors_n + i, rare_size(e), &err);
	for (unsigned p = 0; p < e->layout.points_n && r == 0; p++) {
		if (is_rare(&e->layout.points[p]))
			r = add_event(e, &e->layout.points[p], all, e->processors_n + i);
	}
	return r;
}

/*
 * Each event of a task makes each of its births dearer, as it's inherited. What happens seldom is asked for of all
 * tasks at once, where that's allowed; others' doesn't stand in the way of what is watched.
 */
static void add_rare(struct perf_events *e)
{
	int r = 0;
	for (unsigned i = 0; i < e->processors_n && r == 0; i++)
		r = add_rare_on(e, i);
	e->has_rare = r == 0;
}

int perf_events_add(struct perf_events *e, struct perf_subject subject, struct err *err)
{
	allow_descriptors();
	if (subject.tid >= 0 && e->rings_n == e->processors_n)
		add_rare(e);
	for (unsigned i = 0; i < e->processors_n; i++) {
		for (unsigned p = 0; p < e->layout.points_n; p++) {
			if (e->has_rare && is_rare(&e->layout.points[p]))
				continue;
			int r = add_event(e, &e->layout.points[p], subject, i);
			if (r < 0)
				return refuse_subject(subject, -r, err);
		}
	}
	return 0;
}

size_t perf_events_cost(const struct perf_events *e)
{
	return (size_t)e->layout.points_n * e->processors_n;
}

/* ---- reading ---- */

/* What all inboxes together take, and one at least. */
#define INBOXES_MAX (512U << 20)
#define INBOX_LEAST (8U << 20)

void perf_events_start(struct perf_events *e)
{
	for (unsigned i = 0; i < e->rings_n; i++) {
		size_t share = INBOXES_MAX / e->rings_n;
		e->rings[i].most = share > INBOX_LEAST ? share : INBOX_LEAST;
	}
	perf_pump_start(&e->pump, e->rings, e->leaders, e->rings_n);
}

void perf_events_drain_one(struct perf_events *e, unsigned i)
{
	if (e->pump.polled)
		perf_pump_drain(&e->pump, i);
	else
		perf_ring_drain(&e->rings[i]);
}

void perf_events_relieve(struct perf_events *e)
{
	for (unsigned i = 0; i < e->rings_n; i++) {
		if (perf_ring_used(&e->rings[i]) > e->rings[i].size / 8)
			perf_pump_pull(&e->pump, i);
	}
}

void perf_events_drain(struct perf_events *e)
{
	for (unsigned i = 0; i < e->rings_n; i++)
		perf_events_drain_one(e, i);
}

bool perf_events_first(
    struct perf_events *e, uint64_t bound, struct str *ret, struct perf_ring **ret_ring)
{
	struct perf_ring *first = &e->rings[0];
	for (unsigned i = 1; i < e->rings_n; i++) {
		if (e->rings[i].time < first->time)
			first = &e->rings[i];
	}
	*ret_ring = first;
	return first->time <= bound && first->time != UINT64_MAX && perf_ring_first(first, ret);
}

bool perf_events_waiting(const struct perf_events *e)
{
	for (unsigned i = 0; i < e->rings_n; i++) {
		if (e->rings[i].time != UINT64_MAX)
			return true;
	}
	return false;
}

void perf_events_stop(struct perf_events *e)
{
	for (size_t i = 0; i < e->fds_n; i++)
		ioctl(e->fds[i], PERF_EVENT_IOC_DISABLE, 0);
}

uint64_t perf_events_lost(const struct perf_events *e)
{
	uint64_t lost = 0, values[2];
	for (size_t i = 0; i < e->fds_n; i++) {
		if (read(e->fds[i], values, sizeof(values)) == (ssize_t)sizeof(values))
			lost += values[1];
	}
	return lost;
}

void perf_events_free(struct perf_events *e)
{
	perf_pump_stop(&e->pump);
	for (size_t i = 0; i < e->fds_n; i++)
		close(e->fds[i]);
	for (unsigned i = 0; i < e->rings_n; i++)
		perf_ring_free(&e->rings[i]);
	buf_free(&e->filter);
	free(e->rings);
	free(e->cpus);
	free(e->leaders);
	free(e->fds);
	*e = (struct perf_events){0};
}
