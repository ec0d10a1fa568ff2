/*
 * The ptrace engine: exact, loses nothing. Tasks are stopped by a seccomp filter at captured calls
 * (SECCOMP_RET_TRACE), or without one at every call, and read while they are stopped.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/arch.h"
#include "engine/probe.h"
#include "engine/ptrace_tracer.h"
#include "engine/records.h"
#include "util/child.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/sig.h"

/* The caller gets a turn at least this often, even if nothing worth a record happens. */
#define TURN (100 * NSEC_PER_MSEC)

/* Orphans are looked after this often, while there are any. */
#define SWEEP_EVERY (100 * NSEC_PER_MSEC)

struct record *record_new(struct tracer *t, enum raw_kind kind, const struct task *task)
{
	struct record *record = t->free;
	if (record)
		t->free = record->next;
	else
		record = mem_alloc(sizeof(*record));
	raw_begin(&record->raw, kind, task);
	record->end_of_root = false;
	return record;
}

void record_free(struct tracer *t, struct record *record)
{
	raw_rest(&record->raw);
	record->next = t->free;
	t->free = record;
}

void record_point(struct tracer *t, struct record *record, const struct task *task, uint64_t now)
{
	record->end_of_root = record->raw.kind == RAW_EXIT && task->tid == t->root;
	if (t->muted && !record->end_of_root) {
		record_free(t, record);
		return;
	}
	record->raw.entered = record->raw.left = now;
	record->item.space = task->space->id;
	record->item.left = now;
	order_point(&t->order, &record->item);
	tracer_tell(t);
}

void tracer_resume(struct tracer *t, struct task *task, int signal)
{
	bool leaves = leave_is_due(t, task);
	if (!leaves && attach_hold(t, task, HELD_RESUME, signal))
		return;
	if (leaves) /* any stop takes the place of one that was asked for: ask again */
		ptrace(PTRACE_INTERRUPT, task->tid, 0, 0);
	bool in_call = task->call || task->interrupted || task->own;
	bool every_call = !t->filter || task->every_call;
	every_call = (every_call && !t->muted) || task->strict;
	/* ESRCH: killed meanwhile, as can be at any stop; wait4 will tell. */
	ptrace(in_call || every_call ? PTRACE_SYSCALL : PTRACE_CONT, task->tid, 0, (long)signal);
	together_resumed(t, task);
}

void tracer_try(struct tracer *t, pid_t tid)
{
	struct __ptrace_syscall_info info;
	t->blind |= ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info) < 0 && errno == EIO;
}

static int refuse_blind(struct err *err)
{
	return err_set(err, -ENOSYS,
	    "the kernel doesn't say what system calls a program makes (PTRACE_GET_SYSCALL_INFO): "
	    "ptrace needs Linux 5.3 or later, and no sandbox that hides that");
}

/*
 * After the stop at an entry the next one for a call is at its exit (ptrace(2), "Syscall-stops"), unless
 * something else came in between. Where neither is wanted it needn't be asked for: that is most of what
 * tasks do that stop at every call.
 */
static bool passes(struct task *task, enum stop_kind kind)
{
	bool passing = task->passing;
	task->passing = false;
	return passing && kind == STOP_SYSCALL;
}

static void look_at_call(struct tracer *t, struct task *task, uint64_t now)
{
	struct __ptrace_syscall_info info;
	bool started = t->started || task->process->attached;
	if (!started || ptrace(PTRACE_GET_SYSCALL_INFO, task->tid, sizeof(info), &info) <= 0)
		return;
	switch (info.op) {
	case PTRACE_SYSCALL_INFO_ENTRY:
		calls_entered(t, task, &info, now);
		task->passing = !task->call && !task->interrupted && !task->own && !task->strict;
		break;
	case PTRACE_SYSCALL_INFO_SECCOMP: calls_entered(t, task, &info, now); break;
	case PTRACE_SYSCALL_INFO_EXIT: calls_left(t, task, &info, now); break;
	default: break;
	}
	together_stop(t, task, info.instruction_pointer, now);
}

void tracer_listen(struct tracer *t, struct task *task, int signal)
{
	/* SIGSTOP is from a program, which will continue whom it stopped; the others are a terminal's. */
	bool job = task->tid == t->root && signal != SIGSTOP;
	together_end(t); /* who is stopped, or stops with it, isn't in a burst */
	if (attach_hold(t, task, HELD_LISTEN, signal))
		return;
	if (leave_is_due(t, task)) {
		leave_task(t, task); /* it stays stopped: ptrace(2), PTRACE_DETACH */
		return;
	}
	task->listening = true;
	/* Until SIGCONT, of which PTRACE_LISTEN lets us hear. */
	ptrace(PTRACE_LISTEN, task->tid, 0, 0);
	if (job)
		sig_stop_with(t->root);
}

/* `tid`: under which the stop was reported; execve(2) gives a task another. */
static void look_at_stop(
    struct tracer *t, struct task *task, pid_t tid, struct stop stop, uint64_t now)
{
	together_begin(task);
	if (passes(task, stop.kind)) {
		tracer_resume(t, task, 0);
		return;
	}
	if (task->process->left_out && stop.kind != STOP_TRAP) {
		ptrace(PTRACE_DETACH, tid, 0, stop.kind == STOP_SIGNAL ? (long)stop.signal : 0L);
		tasks_remove(&t->tasks, task);
		return;
	}
	switch (stop.kind) {
	case STOP_EXITED: return;
	case STOP_EXEC: tasks_execed(t, task, tid, now); return;
	case STOP_GROUP: tracer_listen(t, task, stop.signal); return;
	case STOP_SIGNAL:
		exit_fault(task, stop.signal, now);
		tracer_resume(t, task, stop.signal);
		return;
	case STOP_EXIT: exit_foreseen(t, task); break;
	case STOP_SYSCALL:
	case STOP_SECCOMP: look_at_call(t, task, now); break;
	case STOP_FORK: tasks_forked(t, task, stop.event, now); break;
	case STOP_TRAP:
		/* A stop by job control ends calls, with us as without. */
		if (!task->listening)
			arch_sleep_on(tid);
		task->listening = false;
		tasks_begin(t, task, stop);
		return;
	case STOP_EVENT: break;
	}
	tracer_resume(t, task, 0);
}

static void look_at(struct tracer *t, const struct waited *w)
{
	struct stop stop = stop_classify(w->status);
	struct task *task = stop.kind == STOP_EXEC ? tasks_exec_caller(t, w->tid)
	                                           : tasks_find(&t->tasks, w->tid);
	if (!task && (t->releasing || t->releasing_targets) && stop.kind != STOP_EXITED) { /* given up before */
		ptrace(PTRACE_DETACH, w->tid, 0, stop.kind == STOP_SIGNAL ? (long)stop.signal : 0L);
		return;
	}
	if (!task || task->dead) { /* dead: an orphan's id, used again */
		/* What has ended and was never ours: one that memtrace inherited, or a helper. */
		if (stop.kind != STOP_EXITED)
			tasks_unknown(t, w->tid, w->status, w->when);
		else
			child_reaped(w->tid, w->status);
		return;
	}
	if (stop.kind == STOP_EXITED)
		tasks_died(t, task, w->status, w->when);
	else if (task->announced)
		look_at_stop(t, task, w->tid, stop, w->when);
}

/* Looking at one can bring more. */
static bool look_at_early(struct tracer *t)
{
	if (t->wait.early_at == t->wait.early_n) {
		t->wait.early_at = t->wait.early_n = 0;
		return false;
	}
	struct waited w = t->wait.early[t->wait.early_at++];
	look_at(t, &w);
	return true;
}

int tracer_step(struct tracer *t)
{
	if (t->wait.at < t->wait.n) {
		look_at(t, &t->wait.v[t->wait.at++]);
		return 0;
	}
	if (look_at_early(t))
		return 0;
	/* Not in between: what stops have been waited for is older than now. */
	if (t->orphans && clock_mono() - t->swept > SWEEP_EVERY) {
		t->swept = clock_mono();
		tasks_sweep(t, t->swept);
	}
	if (t->gathering)
		attach_sweep(t, clock_mono());
	return t->wait.early_n ? 0 : tracer_wait(t);
}

static struct record *take_record(struct tracer *t)
{
	struct order_item *item = order_next(&t->order);
	return item ? (struct record *)item : NULL;
}

/*
 * Whoever takes turns on one processor finds its caches and TLBs cold at each turn. So records wait meanwhile until a
 * bunch of them can be told of in one: of so many stops, or of those up to the next tick, which is fast then.
 */
#define BUNCH_STOPS 64

static struct record *take_if_due(struct tracer *t)
{
	if (t->together.way && t->kept < BUNCH_STOPS)
		return NULL;
	struct record *record = take_record(t);
	if (!record)
		t->kept = 0;
	return record;
}

void tracer_tell(struct tracer *t)
{
	t->kept = BUNCH_STOPS;
}

static void forget(struct tracer *t, struct task *task)
{
	if (task->announced)
		tasks_died(t, task, STATUS_UNKNOWN, clock_mono());
	else
		tasks_remove(&t->tasks, task);
}

/* The kernel says that nobody is left: whoever we still know of went without a word. */
static void forget_all(struct tracer *t)
{
	while (t->tasks.first)
		forget(t, t->tasks.first);
}

/* Whether the caller's turn has come, though there is no record for it. */
static bool turn_over(struct tracer *t)
{
	if (!t->wait.n)
		return false;
	uint64_t now = t->wait.v[t->wait.n - 1].when;
	if (!t->turn_began)
		t->turn_began = now;
	return now > t->turn_began + TURN;
}

static int ptrace_next(struct tracer *t, const struct raw **ret, struct err *err)
{
	t->turn_began = 0;
	if (t->out)
		record_free(t, steal(&t->out));
	for (;;) {
		bool over = !t->tasks.count || t->cut;
		if (over)
			together_end(t);
		t->out = take_if_due(t);
		if (t->out) {
			*ret = &t->out->raw;
			return ENGINE_RECORD;
		}
		if (over)
			return ENGINE_DONE;
		if (t->blind && !t->muted)
			return refuse_blind(err);
		int r = tracer_step(t);
		t->kept++;
		if (r == -EINTR) {
			tracer_tell(t);
			together_tick(t);
		}
		if (r == -ECHILD)
			forget_all(t);
		else if (r < 0 && r != -EINTR)
			return err_sys(err, r, "can't wait for traced processes");
		if ((r == -EINTR || turn_over(t)) && !t->order.ready.first)
			return ENGINE_QUIET;
	}
}

static pid_t ptrace_root(const struct tracer *t)
{
	return t->root;
}

static unsigned ptrace_gaps(const struct tracer *t)
{
	return t->gaps;
}

static unsigned ptrace_living(const struct tracer *t, unsigned most, struct buf *names)
{
	unsigned n = 0;
	for (const struct task *task = t->tasks.first; task; task = task->next) {
		if (!task->process || task->tid != task->process->pid)
			continue;
		if (n < most)
			buf_fmt(names, "%s%.15s (%d)", n ? ", " : "", task->comm, task->tid);
		n++;
	}
	return n;
}

/* All that is on its way but the root's end, if that is: it's told of to who wants to hear no more, too. */
static void drop_records(struct tracer *t)
{
	struct record *end = NULL;
	for (struct task *task = t->tasks.first; task; task = task->next)
		calls_forget(t, task);
	for (struct record *record; (record = take_record(t));) {
		if (record->end_of_root)
			end = record;
		else
			record_free(t, record);
	}
	if (end)
		order_point(&t->order, &end->item);
}

static void ptrace_cut(struct tracer *t)
{
	uint64_t now = clock_mono();
	for (struct task *task = t->tasks.first; task; task = task->next)
		calls_cut(t, task, now);
	t->cut = true;
}

static void ptrace_mute(struct tracer *t)
{
	t->muted = true;
	drop_records(t);
}

static bool ptrace_can_detach(const struct tracer *t)
{
	/* Without a tracer, calls that the filter traces fail with ENOSYS (seccomp(2)). */
	return !t->filter;
}

static void ptrace_close(struct tracer *t)
{
	if (!t)
		return;
	t->muted = true;
	together_end(t);
	drop_records(t);
	if (ptrace_can_detach(t) && (t->started || t->setup->targets_n))
		leave_release(t);
	else
		leave_kill(t);
	drop_records(t);
	if (t->out)
		record_free(t, t->out);
	for (struct record *end; (end = take_record(t));)
		record_free(t, end);
	for (struct record *record; (record = t->free);) {
		t->free = record->next;
		raw_free(&record->raw);
		free(record);
	}
	proc_space_close(&t->space);
	if (t->load.file >= 0)
		close(t->load.file);
	tasks_free(&t->tasks);
	free(t->wait.early);
	free(t);
}

static unsigned long trace_options(const struct tracer *t)
{
	/* Who has the filter can't live without us; who doesn't, can. */
	unsigned long kill = t->filter ? PTRACE_O_EXITKILL : 0;
	return kill | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEFORK |
	       PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXIT;
}

/* Serve the child until its image is replaced or it gave up. Returns 0 or a negative errno. */
static int start(struct tracer *t, struct err *err)
{
	bool no_new_privs;
	while (!t->started && tasks_find(&t->tasks, t->root)) {
		int signal, r = tracer_step(t);
		if (r < 0 && r != -EINTR && r != -ECHILD)
			return err_sys(err, r, "can't wait for the command");
		if (sig_stops(&signal)) /* it may be stopped itself, and never get there */
			leave_signal(t, SIGKILL);
		if (r == -ECHILD)
			break;
	}
	int r = launch_result(&t->launch, t->setup->argv[0], &no_new_privs, err);
	if (r == 0 && t->blind) {
		leave_signal(t, SIGKILL); /* it's stopped before its first instruction */
		return refuse_blind(err);
	}
	if (r == 0 && !t->started)
		return err_set(err, -ESRCH, "%s was killed before it ran", t->setup->argv[0]);
	if (no_new_privs)
		log_note(
		    "no_new_privs is set, as the kernel demands it of a filter without "
		    "CAP_SYS_ADMIN: set-uid programs get no rights (--seccomp=off needs none)");
	return r;
}

/*
 * A filter that memtrace was started under comes before ours where its answer is stronger, and behind it
 * where both ask for a tracer. If that concerns any call, the command gets none: all tasks stop at every
 * call, which comes before all filters.
 */
static void look_for_foreign_filter(struct tracer *t, struct filter *filter)
{
	t->foreign_filter = proc_filtered();
	if (!t->filter || !t->foreign_filter || probe_hidden(filter, t->setup->calls) == 0)
		return;
	t->filter = false;
	log_note("a seccomp filter that memtrace was started under could hide calls: tasks stop at "
	         "every system call instead");
}

static uint16_t make_cookie(void)
{
	uint16_t cookie = 0x6d74;
	ssize_t n = getrandom(&cookie, sizeof(cookie), GRND_NONBLOCK);
	(void)n; /* so early after boot, the usual one must do */
	return cookie;
}

static int launch(struct tracer *t, struct err *err)
{
	struct filter filter;
	const struct engine_setup *setup = t->setup;
	t->cookie = make_cookie();
	filter_build(setup->calls, t->cookie, setup->colocate && !t->single, &filter);
	look_for_foreign_filter(t, &filter);
	/* Only those who can't live without us: they would keep what they have from us. */
	t->together.may = setup->colocate && t->filter && !t->foreign_filter && !t->single;
	struct launch_spec spec = {
	    .argv = setup->argv,
	    .envp = setup->envp,
	    .user = setup->user,
	    .filter = t->filter ? &filter : NULL,
	    .stdout_to_stderr = setup->stdout_to_stderr,
	    .options = trace_options(t),
	};
	int r = launch_start(&spec, &t->launch, err);
	if (r < 0)
		return r;
	struct task *task = tasks_add(&t->tasks, t->launch.pid);
	task_join(task, NULL, task->tid);
	task_use(&t->tasks, task, NULL);
	task->announced = true;
	t->root = task->tid;
	return start(t, err);
}

static int ptrace_open(const struct engine_setup *setup, struct tracer **ret, struct err *err)
{
	struct tracer *t = mem_alloc(sizeof(*t));
	t->setup = setup;
	t->filter = setup->filter;
	t->space = (struct proc_space){-1, 0};
	t->load.file = -1;
	t->processors = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	t->single = affinity_count(0) == 1;
	t->privileged = geteuid() == 0;
	int r = setup->targets_n ? attach_targets(t, err) : 0;
	if (r == 0 && setup->argv)
		r = launch(t, err);
	if (r < 0) {
		ptrace_close(t);
		return r;
	}
	*ret = t;
	return 0;
}

const struct engine engine_ptrace = {
    .name = "ptrace",
    .capabilities = ENGINE_LAUNCH | ENGINE_RESULTS | ENGINE_ATTACH | ENGINE_STACKS,
    .open = ptrace_open,
    .next = ptrace_next,
    .root = ptrace_root,
    .gaps = ptrace_gaps,
    .living = ptrace_living,
    .rest = together_end,
    .signal = leave_signal,
    .mute = ptrace_mute,
    .cut = ptrace_cut,
    .can_detach = ptrace_can_detach,
    .release = leave_release,
    .release_targets = leave_release_targets,
    .close = ptrace_close,
};
