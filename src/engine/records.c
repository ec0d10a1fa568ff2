#include "engine/records.h"

#include <string.h>

#define KEPT_MAX (16U << 10)

void raw_begin(struct raw *raw, enum raw_kind kind, const struct task *task)
{
	raw->kind = kind;
	raw->pid = task->process->pid;
	raw->tid = task->tid;
	raw->nspid = task->process->nspid;
	raw->result = RAW_RETURNED;
	raw->has_status = raw->contested = raw->unread = false;
	raw->shares_with = 0;
	raw->brk = 0;
	raw->grown_end = 0;
	raw->max_rss = 0;
	raw->limits.known = false;
	raw->doubtful = false;
	raw->fault.signal = 0;
	raw->file = (struct raw_file){0};
	raw->path.len = raw->argv.len = raw->maps.len = raw->tids.len = raw->stack.len = 0;
	memcpy(raw->comm, task->comm, sizeof(raw->comm));
}

void raw_rest(struct raw *raw)
{
	if (raw->maps.size > KEPT_MAX)
		buf_free(&raw->maps);
}

void raw_free(struct raw *raw)
{
	buf_free(&raw->path);
	buf_free(&raw->argv);
	buf_free(&raw->maps);
	buf_free(&raw->tids);
	buf_free(&raw->stack);
}
