/* Captured calls: from the entry stop to the exit stop. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "decode/effect.h"
#include "engine/arch.h"
#include "engine/compat.h"
#include "engine/memory.h"
#include "engine/ptrace_tracer.h"
#include "engine/shortage.h"
#include "util/clock.h"

/*
 * What a call interrupted by a signal returns inside the kernel, which then makes it again
 * (include/linux/errno.h: ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND, ERESTART_RESTARTBLOCK).
 */
static bool is_restart(int64_t result)
{
	return result == -512 || result == -513 || result == -514 || result == -516;
}

/* Another thread may rename a task through /proc, which no stop tells: so names also age. */
#define COMM_AGE (100 * NSEC_PER_MSEC)

void calls_refresh(struct task *task, uint64_t now)
{
	if (!task->comm_stale && now - task->comm_read < COMM_AGE)
		return;
	proc_comm(task->tid, task->comm);
	task->comm_stale = false;
	task->comm_read = now;
}

/*
 * Whether nothing of a call tells what it did: it was cut short, or it failed and may have done half of its work
 * (mprotect(2), ENOMEM).
 */
static bool is_unclear(const struct raw *raw)
{
	return raw->result != RAW_RETURNED || effect_halves(&syscalls[raw->call_id], raw->args, raw->ret);
}

/*
 * mprotect(2) goes from mapping to mapping, and fails half-way only where there are several, or a gap behind the first;
 * which had another end else. Who asks for many pages one by one would have all maps read for each.
 */
static bool is_untouched(struct tracer *t, const struct task *task, const struct raw *raw)
{
	uint64_t start, end;
	bool protects = raw->call_id == SYS_ID_mprotect || raw->call_id == SYS_ID_pkey_mprotect;
	if (raw->result != RAW_RETURNED || !protects || raw->args[2] & PROT_GROWSDOWN) /* that may begin in a gap */
		return false;
	int r = proc_range(&t->space, task->tid, task->space->id, raw->args[0], &start, &end);
	return r == -ENOENT || (r == 0 && end - raw->args[0] >= raw->args[1]);
}

/* Takes over `record`, which is no more among the calls that `task` is in. */
static void settle(struct tracer *t, struct task *task, struct record *record, uint64_t now)
{
	struct space *space = task->space;
	space->calls--;
	record->raw.left = record->item.left = now;
	memcpy(record->raw.comm, task->comm, sizeof(task->comm));
	order_leave(&t->order, &record->item);
	record->raw.contested = record->item.contested;
	if (record->raw.contested || (!space->owed && is_unclear(&record->raw) && !is_untouched(t, task, &record->raw)))
		space->owed = true;
}

/* Large spaces are read more seldom: 65,000 ranges take 12 ms. */
#define RANGES_EACH_CALL 256

/*
 * The maps after a call, if no other of the space is under way: what they say is then what all calls that ended
 * have made. They belong to whichever of these is told last: one may have waited for the call that is the last
 * to end, and come out after it.
 */
static void read_truth(struct tracer *t, struct task *task)
{
	struct space *space = task->space;
	if (space->calls || !(space->owed || t->setup->truth))
		return;
	if (!space->owed && space->wait > 0 && space->wait--)
		return;
	struct record *last = (struct record *)order_last(&t->order, space->id);
	if (!last || proc_maps(task->tid, &last->raw.maps) < 0)
		return;
	tracer_tell(t);
	space->owed = false;
	space->wait = last->raw.maps.len / 80 / RANGES_EACH_CALL;
}

/* A call as its caller made it, but with the arguments of the native convention. */
struct made {
	int id; /* index into syscalls[]; -1: not to be captured */
	enum abi abi;
	uint64_t nr;
	uint64_t sp;
	uint64_t args[6];
};

/* The call's row if it's to be captured, else -1; `args` become those of the native convention. */
static int find_captured(
    struct tracer *t, const struct task *task, enum abi abi, uint64_t nr, uint64_t args[6])
{
	if (abi == ABI_COUNT) {
		t->gaps |= GAP_COMPAT_TASKS;
		return -1;
	}
	if (t->muted)
		return -1;
	int id = arch_call(task->tid, abi, nr, args);
	return id >= 0 && syscalls_has(t->setup->calls, id, args) ? id : -1;
}

/* Whether this is the call that the task was in when a signal came, made again. */
static bool is_same_call(const struct record *record, const struct made *call)
{
	const struct raw *raw = &record->raw;
	return record->sp == call->sp && raw->call_id == call->id &&
	       memcmp(raw->args, call->args, sizeof(raw->args)) == 0;
}

/* The innermost of the calls that `task` is in, taken out of them; NULL: none. */
static struct record *take_call(struct task *task)
{
	struct record *record = task->call;
	if (record) {
		task->call = NULL;
		return record;
	}
	record = task->interrupted;
	if (record)
		task->interrupted = record->next;
	return record;
}

/*
 * The innermost interrupted call has failed: its handler had no SA_RESTART (signal(7)), or didn't return to
 * it (siglongjmp(3)).
 */
static void fail_interrupted(struct tracer *t, struct task *task, uint64_t now)
{
	struct record *record = task->interrupted;
	task->interrupted = record->next;
	record->raw.ret = -EINTR;
	settle(t, task, record, now);
}

/*
 * A signal's handler runs further down the stack, or on one of its own. Who makes another call from where an
 * interrupted one was made, or from above, has left that behind.
 */
static bool goes_on(struct tracer *t, struct task *task, const struct made *call, uint64_t now)
{
	while (task->interrupted && task->interrupted->sp <= call->sp) {
		if (is_same_call(task->interrupted, call)) {
			task->call = task->interrupted;
			task->interrupted = task->call->next;
			return true;
		}
		fail_interrupted(t, task, now);
	}
	return false;
}

static void begin(struct tracer *t, struct task *task, const struct made *call, uint64_t now)
{
	struct record *record = record_new(t, RAW_CALL, task);
	record->raw.call_id = call->id;
	record->raw.nr = call->nr;
	record->raw.abi = call->abi;
	record->raw.entered = now;
	record->sp = call->sp;
	memcpy(record->raw.args, call->args, sizeof(record->raw.args));
	record->item.space = task->space->id;
	record->item.entered = now;
	record->item.got = (struct span){0, 0};
	effect_gone(&syscalls[call->id], call->args, task->space->brk, record->item.gone);
	record->item.named = effect_named(&syscalls[call->id], call->args);
	order_enter(&t->order, &record->item);
	task->call = record;
	task->space->calls++;
}

void calls_entered(
    struct tracer *t, struct task *task, const struct __ptrace_syscall_info *info, uint64_t now)
{
	bool filtered = info->op == PTRACE_SYSCALL_INFO_SECCOMP;
	struct made call = {.sp = info->stack_pointer};
	call.nr = filtered ? info->seccomp.nr : info->entry.nr;
	call.abi = arch_abi_of(info->arch, call.nr);
	memcpy(call.args, filtered ? info->seccomp.args : info->entry.args, sizeof(call.args));
	own_entered(t, task, call.abi, call.nr, call.args, filtered);
	if (task->call)
		return; /* our filter's stop, after that of PTRACE_SYSCALL */
	call.id = find_captured(t, task, call.abi, call.nr, call.args);
	if (!goes_on(t, task, &call, now) && call.id >= 0)
		begin(t, task, &call, now);
}

/* Find out what file is behind the mapping that was made, or wasn't. */
static void find_file(struct tracer *t, struct task *task, struct record *record)
{
	struct raw *raw = &record->raw;
	const struct syscall *call = &syscalls[raw->call_id];
	int fd;
	if (!effect_file(call, raw->args, &fd))
		return;
	uint64_t address = call->effect == EFFECT_IO_SETUP ? raw->args[1] : (uint64_t)raw->ret;
	if (!effect_failed(call, raw->ret))
		proc_mapping(&t->space, task->tid, task->space->id, address, &raw->file, &raw->path);
	else if (fd >= 0)
		proc_descriptor(task->tid, fd, &raw->file, &raw->path);
}

/* A program that tries and tries isn't asked each time. */
#define SHORTAGE_EVERY (100 * NSEC_PER_MSEC)

static void read_shortage(const struct task *task, struct raw *raw, uint64_t now)
{
	struct space *space = task->space;
	bool locked = raw->ret == -EAGAIN && raw->call_id == SYS_ID_mmap;
	if ((raw->ret != -ENOMEM && !locked) || (space->short_of && now - space->short_of < SHORTAGE_EVERY))
		return;
	space->short_of = now;
	shortage_read(task->tid, &raw->limits);
}

/* How many signals of a task's own are looked through. */
#define PENDING_MAX 64

/* Whether the kernel has sent the task a SIGSYS for call `nr` that isn't delivered yet (sigaction(2), SYS_SECCOMP). */
static bool has_sigsys(pid_t tid, uint64_t nr)
{
	struct __ptrace_peeksiginfo_args which = {.nr = 1};
	siginfo_t info;
	for (; which.off < PENDING_MAX && ptrace(PTRACE_PEEKSIGINFO, tid, &which, &info) == 1; which.off++) {
		if (info.si_signo == SIGSYS && info.si_code == SYS_SECCOMP && (uint64_t)info.si_syscall == nr)
			return true;
	}
	return false;
}

/*
 * A filter's RET_TRAP puts the number back where the result would be, makes no call and sends
 * SIGSYS (seccomp(2)). A descriptor or an id can be the number of the call that made it, too.
 */
static bool is_trapped(const struct task *task, const struct record *record, int64_t result)
{
	return (uint64_t)result == record->raw.nr && has_sigsys(task->tid, record->raw.nr);
}

/*
 * The exit of a call that isn't captured. Coming out of sigreturn(2), a task is where the signal met it, with
 * the result that the kernel chose for the interrupted call when it called the handler: EINTR, or the number
 * of the call that is made again.
 */
static void left_other(struct tracer *t, struct task *task, int64_t result, uint64_t sp, uint64_t now)
{
	if (task->interrupted && task->interrupted->sp == sp && result == -EINTR)
		fail_interrupted(t, task, now);
}

void calls_left(
    struct tracer *t, struct task *task, const struct __ptrace_syscall_info *info, uint64_t now)
{
	struct record *record = task->call;
	int64_t result = info->exit.rval;
	own_left(t, task, result);
	if (!record) {
		left_other(t, task, result, info->stack_pointer, now);
		return;
	}
	if (is_restart(result)) {
		task->call = NULL;
		record->next = task->interrupted;
		task->interrupted = record;
		return;
	}
	task->call = NULL;
	const struct syscall *call = &syscalls[record->raw.call_id];
	if (is_trapped(task, record, result)) {
		record->raw.result = RAW_UNFINISHED;
		settle(t, task, record, now);
		return;
	}
	struct raw *raw = &record->raw;
	result = arch_result(task->tid, raw->abi, raw->nr, raw->args, result);
	raw->ret = result;
	memory_read(task->tid, raw, !effect_failed(call, result));
	find_file(t, task, record);
	calls_refresh(task, now);
	record->item.got = effect_got(call, raw->args, result, task->space->brk);
	bool by_file = call->effect == EFFECT_SHMAT || call->effect == EFFECT_IO_SETUP;
	if (by_file && raw->file.known)
		record->item.got = (struct span){raw->file.start, raw->file.end};
	if (call->effect == EFFECT_BRK)
		task->space->brk = (uint64_t)result;
	read_shortage(task, raw, now);
	if (t->setup->stacks) {
		stack_copy(task, &raw->registers, &raw->stack);
		tracer_tell(t);
	}
	settle(t, task, record, now);
	if (t->setup->modelled)
		read_truth(t, task);
}

static void settle_all(struct tracer *t, struct task *task, enum raw_result result, uint64_t now)
{
	for (struct record *record; (record = take_call(task));) {
		record->raw.result = result;
		settle(t, task, record, now);
	}
}

void calls_cut(struct tracer *t, struct task *task, uint64_t now)
{
	settle_all(t, task, RAW_UNFINISHED, now);
}

void calls_abandoned(struct tracer *t, struct task *task, uint64_t now)
{
	settle_all(t, task, RAW_UNSEEN, now);
}

void calls_forget(struct tracer *t, struct task *task)
{
	for (struct record *record; (record = take_call(task));) {
		order_forget(&t->order, &record->item);
		record_free(t, record);
	}
}
