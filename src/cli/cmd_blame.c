/* memtrace blame TRACE ADDRESS: the history of an address in a recorded run. */
#include <errno.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/recorded.h"
#include "report/history.h"
#include "report/ledger.h"
#include "report/words.h"
#include "util/num.h"

struct work {
	const struct opts *opts;
	struct model *model;
	struct history history;
};

static int take(void *arg, const struct event *ev, const char *name, struct err *err)
{
	struct work *w = arg;
	struct change change;
	int r = recorded_run(ev, w->model, name, err);
	if (r < 0)
		return r;
	if (!w->model)
		w->model = model_new();
	if (w->opts->at && event_has(ev, F_elapsed) && ev->elapsed > w->opts->at)
		return 1;
	model_apply(w->model, ev, &change);
	history_note(&w->history, w->model, ev, &change);
	return 0;
}

static void put_deed(const struct work *w, const struct deed *deed, struct buf *out)
{
	buf_fmt(out, "  %.6f ", (double)deed->elapsed / 1e9);
	history_put(&w->history, deed, out);
	if (deed->kind != DEED_REPLACED) {
		buf_fmt(out, ": 0x%llx, ", (unsigned long long)deed->start);
		words_size(out, deed->end - deed->start, 0);
	}
	buf_fmt(out, ", seq %llu\n", (unsigned long long)deed->seq);
	stacks_put(out, history_stack(&w->history, deed->stack), "      ");
}

/* What happened before a fork happened to its parent. */
static void put_process(const struct work *w, int32_t pid, struct buf *out)
{
	const struct history *h = &w->history;
	struct str comm = {0};
	for (size_t i = 0; i < h->n; i++)
		comm = h->v[i].pid == pid ? history_text(h, h->v[i].comm) : comm;
	buf_fmt(out, "0x%llx in process %d (", (unsigned long long)h->address, pid);
	buf_plain(out, comm);
	buf_str(out, STR("), newest first:\n"));
	for (size_t i = h->n; i-- > 0;) {
		const struct deed *deed = &h->v[i];
		if (deed->pid != pid)
			continue;
		put_deed(w, deed, out);
		if (deed->kind == DEED_FORKED)
			pid = deed->tid;
	}
}

/* Those to which more happened than that they were born. */
static bool is_of_interest(const struct history *h, size_t at)
{
	if (h->v[at].kind == DEED_FORKED)
		return false;
	for (size_t i = 0; i < at; i++) {
		if (h->v[i].pid == h->v[at].pid && h->v[i].kind != DEED_FORKED)
			return false; /* was told of */
	}
	return true;
}

static bool is_known(const struct history *h, uint64_t pid)
{
	for (size_t i = 0; i < h->n; i++) {
		if ((uint64_t)h->v[i].pid == pid)
			return true;
	}
	return false;
}

static int print(struct work *w, struct err *err)
{
	const struct history *h = &w->history;
	struct buf out = {0};
	if (is_known(h, w->opts->pid))
		put_process(w, (int32_t)w->opts->pid, &out);
	for (size_t i = 0; !w->opts->pid && i < h->n; i++) {
		if (is_of_interest(h, i))
			put_process(w, h->v[i].pid, &out);
	}
	if (!out.len) {
		buf_fmt(&out, "0x%llx: nothing was ever mapped there", (unsigned long long)h->address);
		if (w->opts->pid)
			buf_fmt(&out, " in process %llu", (unsigned long long)w->opts->pid);
		buf_char(&out, '\n');
	}
	int r = recorded_print(&out, err);
	buf_free(&out);
	return r;
}

/* The last operand is the address. */
static int take_address(const struct opts *opts, struct opts *ret, uint64_t *address, struct err *err)
{
	char *const *last = opts->operands;
	size_t n = 0;
	while (last[n])
		n++;
	if (n != 2)
		return err_set(err, -EINVAL, "a trace and an address are expected: memtrace blame trace.jsonl 0x7f12345000");
	const char *text = last[1];
	struct str digits = str_of(strncmp(text, "0x", 2) == 0 ? text : "");
	static char prefixed[32];
	if (!digits.len && strlen(text) < sizeof(prefixed) - 2) {
		snprintf(prefixed, sizeof(prefixed), "0x%s", text);
		digits = str_of(prefixed);
	}
	if (num_parse_hex(digits, address) < 0)
		return err_set(err, -EINVAL, "'%s' is no address; one is such as 0x7f12345000", text);
	static char *operands[2];
	operands[0] = last[0];
	*ret = *opts;
	ret->operands = operands;
	return 0;
}

int cmd_blame(const struct opts *opts, struct err *err)
{
	struct work w = {.opts = opts, .history = {.only_address = true}};
	struct opts traces;
	int r = take_address(opts, &traces, &w.history.address, err);
	if (r == 0)
		r = recorded_read(&traces, "blame", take, &w, err);
	if (r == 0)
		r = print(&w, err);
	history_free(&w.history);
	model_free(w.model);
	return r < 0 ? STATUS_TROUBLE : 0;
}
