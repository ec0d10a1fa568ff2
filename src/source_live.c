/*
 * A live trace as a source of events: an engine, the decoder, and the life of a launched command.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audit/gate.h"
#include "choice.h"
#include "decode/decode.h"
#include "decode/syscalls.h"
#include "engine/cgroup.h"
#include "engine/engine.h"
#include "engine/proc.h"
#include "select.h"
#include "source.h"
#include "util/cleanup.h"
#include "util/clock.h"
#include "util/env.h"
#include "util/inherited.h"
#include "util/log.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/sig.h"
#include "util/uuid.h"
#include "version.h"

/* How long after the command's end memtrace says whom it still waits for. */
#define SAY_AFTER (2 * NSEC_PER_SEC)

/* How long a command has to end by the signal that memtrace passed on. */
#define GRACE (10 * NSEC_PER_SEC)

/* The most reasons that a trace can be partial for, so far. */
#define REASONS_MAX 9

enum phase { PHASE_START, PHASE_TRACING, PHASE_ENDED };

struct live {
	struct source source;
	const struct opts *opts;
	const struct engine *engine;
	const struct engine *fallback;
	const char *engine_reason;
	int cgroup; /* a descriptor of its folder, or -1 */
	struct buf why; /* the engine's reason, where it has to be told at length */
	struct engine_setup setup;
	struct launch_user user;
	char **envp;
	struct tracer *tracer;
	pid_t root;
	struct decoder decoder;
	enum phase phase;
	bool limited;
	bool leaving; /* the engine was told to come to an end */

	bool has_status; /* the command has ended */
	int status;      /* so: wait(2) */
	uint64_t ended;  /* then */
	bool said;       /* whom memtrace waits for */

	unsigned stops;      /* requests that were looked at */
	bool leave;          /* targets are to be let go */
	uint64_t first_stop; /* ns; 0: none yet */
	int die;             /* the signal to end by, at once; 0: none */
	int end_by;          /* the same, once targets are let go and all is written */
	bool give_up;        /* no longer wait for whoever reads the output */

	/* What the start and end events point into. */
	struct event ev;
	char run[37], host[256], boot_id[37];
	uint64_t max_map_count;
	struct utsname uname;
	struct str calls[SYSCALLS_COUNT];
	struct str *command;
	int64_t *targets;
	struct str reasons[REASONS_MAX];
	struct buf filter;
};

/* ---- start and end ---- */

static void read_boot_id(char ret[37])
{
	_cleanup_(cleanup_close) int fd =
	    open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, ret, 36);
	ret[n < 0 ? 0 : n] = '\0';
}

/* How many ranges a process may have (proc_sys_vm(5)). */
static bool read_max_map_count(uint64_t *ret)
{
	char text[32];
	_cleanup_(cleanup_close) int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return false;
	text[n - (text[n - 1] == '\n')] = '\0';
	return num_parse(text, ret) == 0;
}

static struct str_list call_names(struct live *l)
{
	size_t n = 0;
	for (int id = 0; id < SYSCALLS_COUNT; id++) {
		if (syscalls_names(l->opts->trace, id))
			l->calls[n++] = str_of(syscalls[id].name);
	}
	return (struct str_list){l->calls, n};
}

static struct str_list command_words(struct live *l)
{
	size_t n = 0;
	while (l->setup.argv[n])
		n++;
	l->command = mem_realloc(l->command, n * sizeof(*l->command));
	for (size_t i = 0; i < n; i++)
		l->command[i] = str_of(l->setup.argv[i]);
	return (struct str_list){l->command, n};
}

static struct pid_list target_pids(struct live *l)
{
	size_t n = l->setup.targets_n;
	l->targets = mem_realloc(l->targets, n * sizeof(*l->targets));
	for (size_t i = 0; i < n; i++)
		l->targets[i] = l->setup.targets[i];
	return (struct pid_list){l->targets, n};
}

static void make_start(struct live *l)
{
	struct event *ev = &l->ev;
	uname(&l->uname);
	gethostname(l->host, sizeof(l->host) - 1);
	read_boot_id(l->boot_id);
	uuid_v7(l->decoder.start_real, l->run);
	event_init(ev, EVENT_START);
	EVENT_SET(ev, v, 1);
	EVENT_SET(ev, memtrace, STR(MEMTRACE_VERSION));
	EVENT_SET(ev, run, str_of(l->run));
	EVENT_SET(ev, host, str_of(l->host));
	if (l->boot_id[0])
		EVENT_SET(ev, boot_id, str_of(l->boot_id));
	EVENT_SET(ev, kernel, str_of(l->uname.release));
	EVENT_SET(ev, arch, str_of(l->uname.machine));
	EVENT_SET(ev, engine, str_of(l->engine->name));
	EVENT_SET(ev, engine_reason, str_of(l->engine_reason));
	EVENT_SET(ev, page_size, l->decoder.page_size);
	if (read_max_map_count(&l->max_map_count))
		EVENT_SET(ev, max_map_count, l->max_map_count);
	EVENT_SET(ev, time, l->decoder.start_real);
	if (l->setup.argv && !l->opts->no_argv)
		EVENT_SET(ev, command, command_words(l));
	if (l->setup.targets_n)
		EVENT_SET(ev, targets, target_pids(l));
	EVENT_SET(ev, calls, call_names(l));
	select_text(l->opts, &l->filter);
	if (l->filter.len)
		EVENT_SET(ev, filter, buf_view(&l->filter));
}

static uint64_t lost_of(const struct live *l)
{
	return l->engine->lost ? l->engine->lost(l->tracer) : 0;
}

static struct str_list find_reasons(struct live *l)
{
	static const struct {
		unsigned gap;
		struct str reason;
	} gaps[] = {
	    {GAP_UNTRACED_CHILD, STR_INIT("untraced_child")},
	    {GAP_COMPAT_TASKS, STR_INIT("compat_tasks")},
	    {GAP_ATTACH, STR_INIT("attach_gap")},
	    {GAP_FOREIGN_FILTER, STR_INIT("foreign_seccomp_filter")},
	    {GAP_MODEL, STR_INIT("model_mismatch")},
	};
	size_t n = 0;
	if (!(l->engine->capabilities & ENGINE_RESULTS))
		l->reasons[n++] = STR("entry_only_engine");
	if (lost_of(l))
		l->reasons[n++] = STR("lost_events");
	for (size_t i = 0; i < countof(gaps); i++) {
		if (l->engine->gaps(l->tracer) & gaps[i].gap)
			l->reasons[n++] = gaps[i].reason;
	}
	if (l->limited)
		l->reasons[n++] = STR("limit_reached");
	return (struct str_list){l->reasons, n};
}

static void make_end(struct live *l)
{
	struct event *ev = &l->ev;
	struct str_list reasons = find_reasons(l);
	uint64_t elapsed = clock_mono() - l->decoder.start_mono;
	event_init(ev, EVENT_END);
	EVENT_SET(ev, time, l->decoder.start_real + elapsed);
	EVENT_SET(ev, elapsed, elapsed);
	EVENT_SET(ev, lost, lost_of(l));
	EVENT_SET(ev, coverage, reasons.n ? STR("partial") : STR("complete"));
	EVENT_SET(ev, reasons, reasons);
	if (l->has_status)
		EVENT_SET(ev, status, decode_status(l->status));
}

/* ---- the life of the command ---- */

static bool waits_for_tree(const struct live *l)
{
	return strcmp(l->opts->wait, "tree") == 0;
}

/* Whether there are processes that ran before: those of -p, or all. */
static bool has_targets(const struct live *l)
{
	return l->setup.targets_n || !l->setup.argv;
}

/* Whether there is nobody but targets, whom a request to stop lets go. */
static bool only_targets(const struct live *l)
{
	return has_targets(l) && (!l->setup.argv || l->has_status);
}

/*
 * Targets go at once, even while output waits for its reader; that one has ten seconds, or until the next
 * request.
 */
static void look_at_targets(struct live *l, unsigned stops, int signal, uint64_t now)
{
	uint64_t duration = l->opts->duration;
	unsigned requests = stops + sig_interrupts();
	if (requests && !l->first_stop)
		l->first_stop = now;
	l->leave |= requests || (duration && now - l->decoder.start_mono >= duration);
	if (stops)
		l->end_by = signal;
	l->give_up = requests > 1 || (requests && now - l->first_stop >= GRACE);
}

/* Requests to stop go on to the command; the second, or ten seconds without effect, is for us. */
static void look_at_stops(struct live *l, uint64_t now)
{
	int signal;
	unsigned stops = sig_stops(&signal);
	if (only_targets(l)) {
		look_at_targets(l, stops, signal, now);
		return;
	}
	/* The terminal's ^C is for the command, too, but targets have no part in that. */
	if (has_targets(l) && l->tracer && (stops || sig_interrupts()))
		l->engine->release_targets(l->tracer);
	if (stops > l->stops && l->stops == 0) {
		if (!l->has_status)
			kill(l->root, signal);
		else if (l->tracer)
			l->engine->signal(l->tracer, signal);
		l->first_stop = now;
	}
	/* When the whole tree has ended there is nobody to pass one on to. */
	bool alone = stops && l->has_status && !l->tracer;
	if (alone || stops > 1 || (l->first_stop && now - l->first_stop >= GRACE))
		l->die = signal;
	l->stops = stops;
}

static void say_whom_we_wait_for(struct live *l, uint64_t now)
{
	if (l->said || !l->tracer || !l->has_status || has_targets(l) || now - l->ended < SAY_AFTER)
		return;
	_cleanup_(buf_free) struct buf names = {0};
	unsigned most = 5, n = l->engine->living(l->tracer, most, &names);
	l->said = true;
	if (n)
		log_note(
		    "%s has ended; waiting for what it started: %.*s%s (--wait=root ends the trace "
		    "with the command%s)",
		    l->setup.argv[0], (int)names.len, names.data, n > most ? " and others" : "",
		    l->engine->can_detach(l->tracer) ? "" : " and kills the rest");
}

static void look_at_life(struct live *l)
{
	if (!l->stops && !l->has_status && !(has_targets(l) && l->opts->duration)) {
		int signal;
		if (!sig_stops(&signal) && !sig_interrupts())
			return; /* the common case costs no look at the clock */
	}
	uint64_t now = clock_mono();
	look_at_stops(l, now);
	say_whom_we_wait_for(l, now);
}

static void note_root(struct live *l, const struct raw *raw)
{
	if (l->has_status || raw->kind != RAW_EXIT || raw->pid != l->root)
		return; /* another of that pid may come later */
	l->has_status = raw->has_status;
	l->status = raw->status;
	l->ended = raw->left;
}

static void let_go(struct live *l)
{
	l->leaving = true;
	l->engine->release(l->tracer);
}

/*
 * Whether the trace is to end at once. Where it ends with the command, or by a signal, the engine first
 * gives what it still has.
 */
static bool is_over(struct live *l)
{
	if (l->limited)
		return true;
	if (l->leave && !l->leaving)
		let_go(l);
	if (l->leaving || (!l->die && (!l->has_status || waits_for_tree(l))))
		return false;
	if (l->die && has_targets(l))
		l->engine->signal(l->tracer, SIGKILL);
	if ((!l->die || has_targets(l)) && l->engine->can_detach(l->tracer)) {
		let_go(l);
	} else {
		l->leaving = true;
		l->engine->cut(l->tracer);
	}
	return false;
}

static int end_now(struct live *l, struct event **ret)
{
	make_end(l);
	if (l->limited)
		l->engine->mute(l->tracer);
	if (l->limited && only_targets(l))
		let_go(l);
	else if (l->limited && has_targets(l))
		l->engine->release_targets(l->tracer);
	l->phase = PHASE_ENDED;
	*ret = &l->ev;
	return SOURCE_EVENT;
}

static int live_next(struct source *s, struct event **ret, struct err *err)
{
	struct live *l = (struct live *)s;
	const struct raw *raw;
	if (l->phase == PHASE_ENDED)
		return SOURCE_DONE;
	if (l->phase == PHASE_START) {
		l->phase = PHASE_TRACING;
		make_start(l);
		*ret = &l->ev;
		return SOURCE_EVENT;
	}
	look_at_life(l);
	if (is_over(l))
		return end_now(l, ret);
	int r = l->engine->next(l->tracer, &raw, err);
	if (r == ENGINE_DONE)
		return end_now(l, ret);
	if (r != ENGINE_RECORD)
		return r < 0 ? r : SOURCE_QUIET;
	note_root(l, raw);
	decode(&l->decoder, raw, &l->ev);
	*ret = &l->ev;
	return SOURCE_EVENT;
}

static void live_limit(struct source *s, enum source_limit limit)
{
	struct live *l = (struct live *)s;
	if (limit != SOURCE_LIMIT_EVENTS && only_targets(l))
		l->leave = true; /* that was the time to look at, and all of it was seen */
	else if (limit != SOURCE_LIMIT_SINKS)
		l->limited = true;
}

static bool live_restless(const struct source *s)
{
	const struct live *l = (const struct live *)s;
	return l->first_stop || l->leaving || (l->has_status && !l->said);
}

static bool live_waiting(struct source *s)
{
	struct live *l = (struct live *)s;
	if (l->tracer && l->engine->rest)
		l->engine->rest(l->tracer);
	look_at_life(l);
	if (only_targets(l)) {
		if (l->leave && l->tracer)
			let_go(l);
		return l->give_up;
	}
	return l->die || sig_interrupts() > (has_targets(l) ? 1 : 0);
}

static int live_finish(struct source *s, struct err *err)
{
	struct live *l = (struct live *)s;
	const struct raw *raw;
	int r = 0;
	sig_tick(true); /* what becomes due is to be seen, here and while output is waited for */
	while (!l->die && !l->leaving && !only_targets(l) && !(l->has_status && !waits_for_tree(l))) {
		r = l->engine->next(l->tracer, &raw, err);
		if (r == ENGINE_DONE || r < 0)
			break;
		if (r == ENGINE_RECORD)
			note_root(l, raw);
		look_at_life(l);
	}
	if (l->die)
		l->engine->signal(l->tracer, SIGKILL);
	l->engine->close(l->tracer);
	l->tracer = NULL;
	return r < 0 ? r : 0;
}

static void live_outcome(const struct source *s, struct outcome *ret)
{
	const struct live *l = (const struct live *)s;
	*ret = (struct outcome){l->has_status, l->status, l->die ? l->die : l->end_by};
}

static void live_close(struct source *s)
{
	struct live *l = (struct live *)s;
	if (l->tracer)
		l->engine->close(l->tracer);
	decoder_free(&l->decoder);
	buf_free(&l->filter);
	free(l->command);
	free(l->targets);
	free(l->user.groups);
	cleanup_close(&l->cgroup);
	buf_free(&l->why);
	env_free(l->envp);
	free(l);
}

/* ---- set-up ---- */

/*
 * What memtrace itself doesn't need: our end of a pipe would keep its writer or reader waiting for
 * us after the command is done with it.
 */
static void let_go_of_streams(void)
{
	inherited_close();
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	close(null);
}

static void describe_setup(struct live *l, bool events_to_stdout)
{
	const struct opts *opts = l->opts;
	uint64_t map = syscalls_group(GROUP_MAP | GROUP_MAP_PART);
	/* Unwinding needs to know where code is, an audit and the page what there is. */
	uint64_t calls = opts->trace | (opts->stacks || gate_wanted(opts) || opts->serve ? map : 0);
	l->source.whole = syscalls_cover(calls, map) && l->engine->capabilities & ENGINE_RESULTS;
	l->envp = env_changed(environ, opts->env.v, opts->env.n);
	l->setup = (struct engine_setup){
	    .calls = calls,
	    .argv = opts->operands[0] ? opts->operands : NULL,
	    .targets = opts->attach.v,
	    .targets_n = opts->attach.n,
	    .cgroup = l->cgroup,
	    .buffer = opts->buffer,
	    .envp = l->envp,
	    .user = opts->user ? &l->user : NULL,
	    .stdout_to_stderr = events_to_stdout,
	    .follow = !opts->no_follow,
	    /*
	     * What isn't followed can't live under a filter without its tracer; and beside targets,
	     * all are to be let go alike.
	     */
	    .filter = strcmp(opts->seccomp, "off") != 0 && !opts->no_follow && !opts->attach.n,
	    .argv_wanted = !opts->no_argv,
	    .colocate = !opts->no_colocate,
	    .modelled = l->source.whole,
	    .stacks = opts->stacks,
	    .truth = getenv("MEMTRACE_VERIFY") != NULL,
	};
}

static int open_or_fall_back(struct live *l, struct err *err)
{
	int r = l->engine->open(&l->setup, &l->tracer, err);
	if (r == 0 || !l->fallback)
		return r;
	struct err first = *err;
	r = l->fallback->open(&l->setup, &l->tracer, err);
	if (r < 0)
		return r;
	buf_fmt(&l->why, "%s; %s", l->engine_reason, first.text);
	buf_char(&l->why, '\0');
	l->engine_reason = l->why.data;
	l->engine = l->fallback;
	return 0;
}

static int open_engine(struct live *l, bool events_to_stdout, struct err *err)
{
	const struct opts *opts = l->opts;
	if (opts->user) {
		int r = launch_user_find(opts->user, &l->user, err);
		if (r < 0)
			return r;
	}
	if (opts->cgroup) {
		l->cgroup = cgroup_open(opts->cgroup, err);
		if (l->cgroup < 0)
			return l->cgroup;
	}
	describe_setup(l, events_to_stdout);
	l->decoder = (struct decoder){
	    .page_size = (uint64_t)sysconf(_SC_PAGESIZE),
	    .start_mono = clock_mono(),
	    .start_real = clock_real(),
	    .no_argv = opts->no_argv,
	};
	int r = open_or_fall_back(l, err);
	if (r < 0)
		return r;
	l->root = l->engine->root(l->tracer);
	if (has_targets(l))
		sig_heed_interrupts();
	log_note("engine %s: %s", l->engine->name, l->engine_reason);
	return 0;
}

static const struct source_ops live_ops = {
    .next = live_next,
    .limit = live_limit,
    .restless = live_restless,
    .waiting = live_waiting,
    .finish = live_finish,
    .outcome = live_outcome,
    .close = live_close,
};

/* What is read there would be told of others. */
static int check_proc(struct err *err)
{
	if (proc_is_ours())
		return 0;
	return err_set(err, -ENOENT,
	    "/proc isn't mounted, or shows another PID namespace's processes, which would be taken for those that are "
	    "traced: mount -t proc proc /proc, or unshare --mount-proc");
}

int source_live(
    const struct opts *opts, bool events_to_stdout, struct source **ret, struct err *err)
{
	struct live *l = mem_alloc(sizeof(*l));
	l->source.ops = &live_ops;
	l->cgroup = -1;
	l->opts = opts;
	struct choice choice = {0};
	int r = check_proc(err);
	if (r == 0)
		r = choose_engine(opts, &choice, err);
	l->engine = choice.engine;
	l->fallback = choice.fallback;
	l->engine_reason = choice.reason;
	if (r == 0)
		r = open_engine(l, events_to_stdout, err);
	if (r < 0) {
		live_close(&l->source);
		return r;
	}
	let_go_of_streams();
	*ret = &l->source;
	return 0;
}
