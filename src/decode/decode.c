#include "decode/decode.h"

#include <stdlib.h>
#include <sys/wait.h>

#include "decode/effect.h"
#include "decode/errnos.h"
#include "decode/flags.h"
#include "decode/shortage.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "util/mem.h"

static const struct str abi_names[ABI_COUNT] = {
    [ABI_I386] = STR_INIT("i386"), [ABI_X32] = STR_INIT("x32")};

static void decode_time(const struct decoder *d, const struct raw *raw, struct event *ev)
{
	uint64_t elapsed = raw->left > d->start_mono ? raw->left - d->start_mono : 0;
	EVENT_SET(ev, time, d->start_real + elapsed);
	EVENT_SET(ev, elapsed, elapsed);
}

static void decode_task(const struct raw *raw, struct event *ev)
{
	EVENT_SET(ev, pid, raw->pid);
	EVENT_SET(ev, tid, raw->tid);
	EVENT_SET(ev, comm, (struct str){raw->comm, strnlen(raw->comm, sizeof(raw->comm))});
	if (raw->nspid)
		EVENT_SET(ev, nspid, raw->nspid);
}

static void set_param(struct event *ev, const struct param *param, uint64_t value)
{
	void *member = field_at(ev, param->field);
	switch (fields[param->field].kind) {
	case KIND_U64:
	case KIND_HEX: *(uint64_t *)member = value; break;
	case KIND_INT: *(int64_t *)member = (int32_t)value; break;
	case KIND_NAMES:
		if (param->narrow)
			value = (uint32_t)value;
		*(struct names *)member = (struct names){value, param->table, {0}};
		break;
	default: return;
	}
	event_mark(ev, param->field);
}

static void decode_result(struct decoder *d, const struct raw *raw, const struct syscall *call, struct event *ev)
{
	uint64_t value = (uint64_t)raw->ret;
	if (raw->result != RAW_RETURNED) {
		EVENT_SET(ev, ret, (struct ret){RET_NULL, 0});
		if (raw->result == RAW_UNFINISHED)
			EVENT_SET(ev, unfinished, true);
		return;
	}
	if (raw->left > raw->entered)
		EVENT_SET(ev, duration, raw->left - raw->entered);
	if (effect_failed(call, raw->ret)) {
		EVENT_SET(ev, ret, (struct ret){RET_INT, (uint64_t)-1});
		EVENT_SET(ev, error, errno_name((int)-raw->ret));
		d->why.len = 0;
		shortage_explain(raw, &d->why);
		if (d->why.len)
			EVENT_SET(ev, why, buf_view(&d->why));
		return;
	}
	EVENT_SET(ev, ret, (struct ret){call->result == RESULT_INT ? RET_INT : RET_HEX, value});
}

static void decode_truth(struct decoder *d, const struct raw *raw, struct event *ev)
{
	maps_parse(buf_view(&raw->maps), &d->maps);
	ev->truth = (struct map_list){d->maps.v, d->maps.n};
	ev->has_truth = true;
}

static void decode_call(struct decoder *d, const struct raw *raw, struct event *ev)
{
	const struct syscall *call = &syscalls[raw->call_id];
	ev->call_id = raw->call_id;
	EVENT_SET(ev, call, str_of(call->name));
	if (abi_names[raw->abi].len)
		EVENT_SET(ev, abi, abi_names[raw->abi]);
	for (unsigned i = 0; i < call->params_n; i++)
		set_param(ev, &call->params[i], raw->args[i]);
	if (call->refine)
		call->refine(d, raw, ev);
	decode_result(d, raw, call, ev);
	ev->doubtful = raw->contested || raw->result != RAW_RETURNED ||
	               effect_halves(call, raw->args, raw->ret);
	if (raw->maps.len)
		decode_truth(d, raw, ev);
}

/* The arguments of a block in which each is ended by a NUL, as /proc/PID/cmdline has them. */
static void decode_argv(struct decoder *d, struct str block, struct event *ev)
{
	d->args_n = 0;
	for (size_t at = 0; at < block.len;) {
		size_t len = strnlen(block.s + at, block.len - at);
		*MEM_PUSH(d->args, d->args_n, d->args_size) = (struct str){block.s + at, len};
		at += len + 1;
	}
	EVENT_SET(ev, argv, (struct str_list){d->args, d->args_n});
}

static void decode_tids(struct decoder *d, struct str list, struct event *ev)
{
	d->tids_n = 0;
	for (size_t at = 0; at + sizeof(pid_t) <= list.len; at += sizeof(pid_t)) {
		pid_t tid;
		memcpy(&tid, list.s + at, sizeof(tid));
		*MEM_PUSH(d->tids, d->tids_n, d->tids_size) = tid;
	}
	EVENT_SET(ev, tids, (struct pid_list){d->tids, d->tids_n});
}

static void decode_exec(struct decoder *d, const struct raw *raw, struct event *ev)
{
	EVENT_SET(ev, exe, buf_view(&raw->path));
	if (!d->no_argv && !raw->unread)
		decode_argv(d, buf_view(&raw->argv), ev);
	/* A line that can't be read would be the kernel's: what stands before it is still true. */
	maps_parse(buf_view(&raw->maps), &d->maps);
	EVENT_SET(ev, maps, (struct map_list){d->maps.v, d->maps.n});
}

static void decode_fork(struct decoder *d, const struct raw *raw, struct event *ev)
{
	if (raw->maps.len)
		decode_truth(d, raw, ev);
	EVENT_SET(ev, child, raw->child);
	EVENT_SET(ev, thread, raw->thread);
	EVENT_SET(ev, shares_vm, raw->shares_vm);
}

struct status decode_status(int wait_status)
{
	struct status status = {0};
	if (WIFSIGNALED(wait_status))
		status.signal = signal_name(WTERMSIG(wait_status));
	else
		status.code = WEXITSTATUS(wait_status);
	return status;
}

/* What of the space was in memory at the end. */
static void decode_residency(struct decoder *d, struct event *ev)
{
	d->resident_n = 0;
	for (size_t i = 0; i < d->maps.n; i++) {
		if (d->maps.v[i].rss || d->maps.v[i].swap)
			*MEM_PUSH(d->resident, d->resident_n, d->resident_size) = d->maps.v[i];
	}
	EVENT_SET(ev, residency, (struct map_list){d->resident, d->resident_n});
}

static void decode_fault(const struct decoder *d, const struct raw_fault *fault, struct event *ev)
{
	ev->fault = (struct fault){.signal = fault->signal,
	    .code = fault->code,
	    .address = fault->address,
	    .ip = fault->ip,
	    .sp = fault->sp,
	    .elapsed = fault->when > d->start_mono ? fault->when - d->start_mono : 0,
	    .tid = fault->tid};
}

static void decode_exit(struct decoder *d, const struct raw *raw, struct event *ev)
{
	if (raw->max_rss)
		EVENT_SET(ev, max_rss, raw->max_rss);
	if (raw->maps.len) {
		decode_truth(d, raw, ev);
		ev->doubtful = raw->doubtful;
	}
	if (raw->maps.len && raw->kind == RAW_EXIT)
		decode_residency(d, ev);
	if (raw->fault.signal)
		decode_fault(d, &raw->fault, ev);
	if (!raw->has_status)
		return;
	struct status status = decode_status(raw->status);
	if (status.signal.len)
		EVENT_SET(ev, signal, status.signal);
	else
		EVENT_SET(ev, code, status.code);
}

void decode(struct decoder *d, const struct raw *raw, struct event *ret)
{
	static const enum event_type types[] = {
	    [RAW_CALL] = EVENT_CALL,
	    [RAW_EXEC] = EVENT_EXEC,
	    [RAW_FORK] = EVENT_FORK,
	    [RAW_EXIT] = EVENT_EXIT,
	    [RAW_ATTACH] = EVENT_ATTACH,
	    [RAW_DETACH] = EVENT_DETACH,
	    [RAW_LOST] = EVENT_LOST,
	};
	event_init(ret, types[raw->kind]);
	decode_time(d, raw, ret);
	if (raw->kind == RAW_LOST) {
		EVENT_SET(ret, count, raw->count);
		return;
	}
	decode_task(raw, ret);
	ret->grown_start = raw->grown_start;
	ret->grown_end = raw->grown_end;
	if (raw->stack.len) {
		ret->registers = &raw->registers;
		ret->stack_copy = buf_view(&raw->stack);
	}
	switch (raw->kind) {
	case RAW_CALL: decode_call(d, raw, ret); break;
	case RAW_EXEC: decode_exec(d, raw, ret); break;
	case RAW_FORK: decode_fork(d, raw, ret); break;
	case RAW_EXIT:
	case RAW_DETACH: decode_exit(d, raw, ret); break;
	case RAW_LOST: break;
	case RAW_ATTACH:
		decode_tids(d, buf_view(&raw->tids), ret);
		if (raw->maps.len)
			decode_exec(d, raw, ret);
		if (raw->shares_with)
			EVENT_SET(ret, shares_with, raw->shares_with);
		if (raw->brk)
			EVENT_SET(ret, brk, raw->brk);
		break;
	}
}

void decoder_free(struct decoder *d)
{
	free(d->args);
	free(d->tids);
	free(d->resident);
	buf_free(&d->word);
	buf_free(&d->why);
	maps_free(&d->maps);
	*d = (struct decoder){0};
}
