/*
 * The notify engine: a seccomp filter tells of captured calls before they are made (seccomp_unotify(2)), and
 * each is answered with "continue". Nobody is traced, so that debuggers and other tracers work in it; results
 * aren't seen.
 */
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/effect.h"
#include "engine/arch.h"
#include "engine/clients.h"
#include "engine/compat.h"
#include "engine/engine.h"
#include "engine/filter.h"
#include "engine/guardian.h"
#include "engine/memory.h"
#include "engine/probe.h"
#include "engine/proc.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/sig.h"

/* The caller gets a turn at least this often, even if nothing worth a record happens. */
#define TURN (100 * NSEC_PER_MSEC)

struct record {
	struct raw raw;
	struct record *next;
};

struct tracer {
	const struct engine_setup *setup;
	struct launch launch;
	struct guardian guardian;
	struct clients clients;
	pid_t root;
	bool started; /* the command has been executed */
	bool greeted; /* its first notification was answered */
	bool unused;  /* nobody uses the filter any more */
	bool muted, cut, released;
	unsigned gaps; /* GAP_* */
	struct seccomp_notif *request;
	size_t request_size;
	struct record *free, *out;
	struct record *first, *last; /* to be given */
};

/* ---- records ---- */

static struct raw *record_new(struct tracer *t, enum raw_kind kind, const struct client *client,
    const struct task *task, uint64_t now)
{
	struct record *record = t->free;
	if (record)
		t->free = record->next;
	else
		record = mem_alloc(sizeof(*record));
	struct raw *raw = &record->raw;
	raw->kind = kind;
	raw->pid = client->pid;
	raw->tid = task ? task->tid : client->pid;
	raw->nspid = client->nspid;
	raw->entered = raw->left = now;
	raw->result = RAW_UNSEEN;
	raw->has_status = false;
	raw->file = (struct raw_file){0};
	raw->path.len = raw->argv.len = raw->maps.len = raw->tids.len = 0;
	memset(raw->comm, 0, sizeof(raw->comm));
	if (task)
		memcpy(raw->comm, task->comm, sizeof(raw->comm));
	return raw;
}

static void record_put(struct tracer *t, struct raw *raw)
{
	struct record *record = (struct record *)raw;
	record->next = NULL;
	if (t->last)
		t->last->next = record;
	else
		t->first = record;
	t->last = record;
}

static void record_free(struct tracer *t, struct record *record)
{
	record->next = t->free;
	t->free = record;
}

/* ---- notifications ---- */

static void tell_exec(
    struct tracer *t, struct client *client, struct task *task, uint64_t now)
{
	client->told = true;
	if (t->muted)
		return;
	proc_comm(client->pid, task->comm);
	struct raw *raw = record_new(t, RAW_EXEC, client, task, now);
	raw->tid = client->pid;
	proc_exe(client->pid, &raw->path);
	if (t->setup->argv_wanted)
		proc_cmdline(client->pid, &raw->argv);
	proc_maps(client->pid, &raw->maps);
	record_put(t, raw);
}

static bool is_own(
    const struct arch_abi *abi, uint64_t nr, const uint64_t args[6], int *ret_call)
{
	nr &= ~(uint64_t)abi->nr_bit;
	*ret_call = (int)nr;
	return nr == (uint64_t)abi->nr_execve || nr == (uint64_t)abi->nr_execveat ||
	       nr == (uint64_t)abi->nr_seccomp ||
	       (nr == (uint64_t)abi->nr_prctl &&
	           ((int)args[0] == PR_SET_NAME || (int)args[0] == PR_SET_SECCOMP));
}

/* What concerns the engine itself. */
static void look_at_own(struct tracer *t, struct client *client, struct task *task, enum abi abi,
    uint64_t nr, const uint64_t args[6])
{
	int call;
	for (unsigned i = 0; i < arch.abis_n; i++) {
		const struct arch_abi *its = &arch.abis[i];
		if (its->abi != abi || !is_own(its, nr, args, &call))
			continue;
		if (call == its->nr_execve || call == its->nr_execveat)
			client_executes(client, task->tid);
		else if (call == its->nr_prctl && (int)args[0] == PR_SET_NAME)
			task->comm_stale = true;
		else /* a filter of its own: stronger answers than ours come first */
			t->gaps |= GAP_FOREIGN_FILTER;
	}
}

/* A record of the call, or NULL if it isn't to be captured. */
static struct raw *look_at_call(struct tracer *t, struct client *client, struct task *task,
    const struct seccomp_data *data, uint64_t now)
{
	uint64_t args[6], nr = (uint32_t)data->nr;
	enum abi abi = arch_abi_of(data->arch, nr);
	int fd;
	memcpy(args, data->args, sizeof(args));
	if (abi == ABI_COUNT) {
		t->gaps |= GAP_COMPAT_TASKS;
		return NULL;
	}
	look_at_own(t, client, task, abi, nr, args);
	if (t->muted || (!t->setup->follow && client->pid != t->root))
		return NULL;
	int id = arch_call(task->tid, abi, nr, args);
	if (id < 0 || !syscalls_has(t->setup->calls, id, args))
		return NULL;
	struct raw *raw = record_new(t, RAW_CALL, client, task, now);
	raw->call_id = id;
	raw->nr = nr;
	raw->abi = abi;
	memcpy(raw->args, args, sizeof(raw->args));
	if (effect_file(&syscalls[id], args, &fd) && fd >= 0)
		proc_descriptor(task->tid, fd, &raw->file, &raw->path);
	memory_read(task->tid, raw, false);
	return raw;
}

/* Returns whether whoever asked still waited for it. */
static bool answer(struct tracer *t)
{
	struct seccomp_notif_resp response = {
	    .id = t->request->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	return ioctl(t->launch.listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0;
}

static void take_request(struct tracer *t)
{
	uint64_t now = clock_mono();
	struct task *task;
	struct client *client = clients_find(&t->clients, (pid_t)t->request->pid, now, &task);
	if (!client) {
		answer(t); /* it has died, or isn't to be seen from our pid namespace */
		t->gaps |= t->request->pid ? 0 : GAP_UNTRACED_CHILD;
		return;
	}
	bool follow = t->setup->follow || client->pid == t->root;
	if (!follow)
		t->gaps |= GAP_UNTRACED_CHILD;
	if (client->executing && client_executed(&t->clients, client) && follow)
		tell_exec(t, client, task, now);
	struct raw *raw = look_at_call(t, client, task, &t->request->data, now);
	bool waited = answer(t);
	if (!raw)
		return;
	if (!waited && !t->launch.killable) { /* a signal came first: it's made again, and told again */
		record_free(t, (struct record *)raw);
		return;
	}
	if (!waited)
		raw->result = RAW_UNFINISHED; /* killed */
	record_put(t, raw);
}

/* Returns 0 or -EINTR. */
static int receive(struct tracer *t)
{
	memset(t->request, 0, t->request_size);
	if (ioctl(t->launch.listener, SECCOMP_IOCTL_NOTIF_RECV, t->request) < 0)
		return errno == EINTR ? -EINTR : 0; /* ENOENT: gone before it could be told */
	guardian_note(&t->guardian, t->request->id);
	if (t->greeted) {
		take_request(t);
	} else {
		t->greeted = true;
		answer(t);
	}
	return 0;
}

/* ---- ends ---- */

static void take_end(struct tracer *t, struct client *client)
{
	struct task *leader = tasks_find(&t->clients.tasks, client->pid);
	bool root = client->pid == t->root;
	int status = 0;
	if (root && waitpid(t->root, &status, WNOHANG | __WALL) != t->root)
		return; /* not quite yet */
	if (root || (!t->muted && t->setup->follow)) {
		struct raw *raw = record_new(t, RAW_EXIT, client, leader, clock_mono());
		raw->has_status = root;
		raw->status = status;
		record_put(t, raw);
	}
	if (root)
		t->root = 0; /* its id may be used again */
	clients_remove(&t->clients, client);
}

/*
 * Nobody uses the filter any more: all have ended, those too that can't be watched, as they had ended before there
 * was a descriptor of them, or there were no more descriptors.
 */
static void take_last(struct tracer *t)
{
	t->unused = true;
	for (struct client *client = t->clients.first, *next; client; client = next) {
		next = client->next;
		if (client->pidfd < 0)
			take_end(t, client);
	}
}

/* Wait for something and look at it. Returns 0 or a negative errno. */
static int step(struct tracer *t, int status)
{
	struct pollfd fds[] = {{t->unused ? -1 : t->launch.listener, POLLIN, 0},
	    {t->clients.ends, POLLIN, 0}, {status, POLLIN, 0}};
	/* poll(2), not epoll: SYNC_WAKE_UP lets the one who asks wake it on his own processor. */
	if (poll(fds, countof(fds), -1) < 0) {
		int error = errno;
		launch_follow_stop(t->root);
		return -error;
	}
	if (fds[0].revents & POLLIN)
		return receive(t);
	if (fds[0].revents & (POLLHUP | POLLERR))
		take_last(t);
	struct client *client = fds[1].revents ? clients_ended(&t->clients) : NULL;
	if (client)
		take_end(t, client);
	return fds[2].revents ? 1 : 0;
}

static int notify_next(struct tracer *t, const struct raw **ret, struct err *err)
{
	uint64_t began = clock_mono();
	if (t->out)
		record_free(t, steal(&t->out));
	for (;;) {
		t->out = t->first;
		if (t->out) {
			t->first = t->out->next;
			t->last = t->first ? t->last : NULL;
			*ret = &t->out->raw;
			return ENGINE_RECORD;
		}
		if (t->cut || t->released || (t->unused && !t->clients.count))
			return ENGINE_DONE;
		int r = step(t, -1);
		if (r == -EINTR || (r == 0 && clock_mono() - began > TURN))
			return ENGINE_QUIET;
		if (r < 0)
			return err_sys(err, r, "can't wait for notifications");
	}
}

/* ---- the rest of the interface ---- */

static pid_t notify_root(const struct tracer *t)
{
	return t->launch.pid;
}

static unsigned notify_gaps(const struct tracer *t)
{
	return t->gaps;
}

static unsigned notify_living(const struct tracer *t, unsigned most, struct buf *names)
{
	unsigned n = 0;
	for (const struct client *client = t->clients.first; client; client = client->next, n++) {
		char comm[16] = "?";
		proc_comm(client->pid, comm);
		if (n < most)
			buf_fmt(names, "%s%s (%d)", n ? ", " : "", comm, client->pid);
	}
	return n;
}

/* Whether `pid` descends from a process that we know of. */
static bool is_descendant(const struct tracer *t, pid_t pid)
{
	struct proc_state state;
	for (unsigned depth = 0; depth < 64 && pid > 1; depth++) {
		if (pid == getpid())
			return false;
		if (pid == t->root || clients_know(&t->clients, pid))
			return true;
		if (proc_state(pid, &state) < 0)
			return false;
		pid = state.ppid;
	}
	return false;
}

/*
 * Those too that made no call yet that would be told of, as far as their parents live: found before anyone is
 * killed, as orphans are nobody's.
 */
static void notify_signal(struct tracer *t, int signal)
{
	_cleanup_(buf_free) struct buf pids = {0}, found = {0};
	proc_pids(&pids);
	for (size_t at = 0; at < pids.len; at += sizeof(pid_t)) {
		pid_t pid;
		memcpy(&pid, pids.data + at, sizeof(pid));
		if (is_descendant(t, pid))
			buf_add(&found, &pid, sizeof(pid));
	}
	for (size_t at = 0; at < found.len; at += sizeof(pid_t)) {
		pid_t pid;
		memcpy(&pid, found.data + at, sizeof(pid));
		kill(pid, signal);
	}
}

static void drop_records(struct tracer *t)
{
	for (struct record *record; (record = t->first);) {
		t->first = record->next;
		record_free(t, record);
	}
	t->last = NULL;
}

static void notify_mute(struct tracer *t)
{
	t->muted = true;
	drop_records(t);
}

static void notify_cut(struct tracer *t)
{
	t->cut = true;
}

static bool notify_can_detach(const struct tracer *t)
{
	(void)t;
	return true; /* the guardian answers in our place */
}

static void notify_release(struct tracer *t)
{
	if (t->released)
		return;
	t->released = true;
	guardian_leave(&t->guardian);
	for (const struct client *client = t->clients.first; client; client = client->next) {
		const struct task *leader = tasks_find(&t->clients.tasks, client->pid);
		t->gaps |= GAP_UNTRACED_CHILD;
		if (!t->muted)
			record_put(t, record_new(t, RAW_DETACH, client, leader, clock_mono()));
	}
}

static void notify_close(struct tracer *t)
{
	if (!t)
		return;
	drop_records(t);
	if (t->out)
		record_free(t, t->out);
	for (struct record *record; (record = t->free);) {
		t->free = record->next;
		buf_free(&record->raw.path);
		buf_free(&record->raw.argv);
		buf_free(&record->raw.maps);
		buf_free(&record->raw.tids);
		free(record);
	}
	guardian_leave(&t->guardian);
	clients_free(&t->clients);
	if (t->launch.listener >= 0)
		close(t->launch.listener);
	free(t->request);
	free(t);
}

/* ---- the start ---- */

static int make_room(struct tracer *t, struct err *err)
{
	struct seccomp_notif_sizes sizes;
	if (syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) < 0)
		return err_sys(err, errno,
		    "engine notify: this kernel can't notify of calls; try --engine=ptrace");
	t->request_size = sizes.seccomp_notif > sizeof(*t->request) ? sizes.seccomp_notif
	                                                            : sizeof(*t->request);
	t->request = mem_alloc(t->request_size);
	return 0;
}

static int launch(struct tracer *t, struct err *err)
{
	const struct engine_setup *setup = t->setup;
	struct filter filter;
	if (proc_filtered()) {
		filter_build(setup->calls, 0x6d74, false, &filter);
		if (probe_hidden(&filter, setup->calls) != 0)
			t->gaps |= GAP_FOREIGN_FILTER;
	}
	filter_build_notify(setup->calls, &filter);
	struct launch_spec spec = {
	    .argv = setup->argv,
	    .envp = setup->envp,
	    .user = setup->user,
	    .filter = &filter,
	    .stdout_to_stderr = setup->stdout_to_stderr,
	    .listen = true,
	};
	int r = launch_start(&spec, &t->launch, err);
	if (r < 0)
		return r;
	t->root = t->launch.pid;
	/* Linux 6.6; without it each call takes several times as long. */
	ioctl(t->launch.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	return guardian_start(t->launch.listener, &t->guardian, err);
}

/*
 * Its execve(2) has been seen, and succeeded: it may make no call that would show it. One that has shown it can
 * be executing again by now.
 */
static void tell_root(struct tracer *t)
{
	struct task *task;
	uint64_t now = clock_mono();
	struct client *client = clients_find(&t->clients, t->root, now, &task);
	if (client && !client->told && client->executing && client_executed(&t->clients, client))
		tell_exec(t, client, task, now);
}

/* Answer until the command's image is replaced or it gave up. Returns 0 or a negative errno. */
static int start(struct tracer *t, struct err *err)
{
	bool ignored;
	int r, signal;
	do {
		r = step(t, t->launch.status);
		if (sig_stops(&signal) && t->root)
			kill(t->root, SIGKILL);
	} while (r == 0 || r == -EINTR);
	if (r < 0)
		return err_sys(err, r, "can't wait for the command");
	r = launch_result(&t->launch, t->setup->argv[0], &ignored, err);
	if (r < 0)
		return r;
	if (t->launch.no_new_privs)
		log_note("no_new_privs is set, as the kernel demands it of a filter without "
		         "CAP_SYS_ADMIN: set-uid programs get no rights");
	tell_root(t);
	t->started = true;
	return 0;
}

static int notify_open(const struct engine_setup *setup, struct tracer **ret, struct err *err)
{
	if (!setup->filter && setup->follow)
		return err_set(err, -EINVAL,
		    "engine notify sees calls by a filter, which --seccomp=off excludes");
	struct tracer *t = mem_alloc(sizeof(*t));
	t->setup = setup;
	sig_on_child();
	t->guardian.life = t->clients.ends = t->launch.listener = -1;
	int r = make_room(t, err);
	if (r == 0)
		r = clients_open(&t->clients, err);
	if (r == 0)
		r = launch(t, err);
	if (r == 0)
		r = start(t, err);
	if (r < 0) {
		if (t->root && t->launch.listener >= 0) {
			kill(t->root, SIGKILL);
			waitpid(t->root, NULL, __WALL);
		}
		notify_close(t);
		return r;
	}
	*ret = t;
	return 0;
}

const struct engine engine_notify = {
    .name = "notify",
    .capabilities = ENGINE_LAUNCH,
    .open = notify_open,
    .next = notify_next,
    .root = notify_root,
    .gaps = notify_gaps,
    .living = notify_living,
    .signal = notify_signal,
    .mute = notify_mute,
    .cut = notify_cut,
    .can_detach = notify_can_detach,
    .release = notify_release,
    .close = notify_close,
};
