/* memtrace maps TRACE: an address space at a moment of a recorded run. */
#include <errno.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/recorded.h"
#include "report/view.h"

struct work {
	const struct opts *opts;
	struct ledger *ledger;
	int64_t pid;   /* 0: the first process, not known yet */
	uint64_t until; /* ns; UINT64_MAX: to its end */
	struct view first, view;
	bool has_first; /* it was taken at --at; now comes --diff */
	bool over;
};

static bool is_past(const struct work *w, const struct event *ev)
{
	if (w->opts->seq && !w->has_first && event_has(ev, F_seq))
		return ev->seq > w->opts->seq;
	return event_has(ev, F_elapsed) && ev->elapsed > w->until;
}

/* Before the event `ev`. Returns whether there is more to see. */
static bool arrive(struct work *w, const struct event *ev)
{
	if (!is_past(w, ev))
		return true;
	view_take(&w->view, w->ledger, w->pid);
	if (!w->opts->diff || w->has_first)
		return false;
	w->has_first = true;
	w->first = w->view;
	w->view = (struct view){0};
	w->until = w->opts->diff;
	return arrive(w, ev);
}

static int take(void *arg, const struct event *ev, const char *name, struct err *err)
{
	struct work *w = arg;
	int r = recorded_run(ev, w->ledger, name, err);
	if (r < 0)
		return r;
	if (!w->ledger)
		w->ledger = ledger_new(BY_CALL, NULL);
	w->over = !arrive(w, ev);
	if (w->over)
		return 1;
	ledger_take(w->ledger, ev);
	if (!w->pid && event_has(ev, F_pid))
		w->pid = ev->pid;
	/* What it had is there until something else happens. */
	w->over = (ev->type == EVENT_EXIT || ev->type == EVENT_DETACH) && ev->pid == w->pid;
	if (w->over)
		view_take(&w->view, w->ledger, w->pid);
	return w->over;
}

static void put_processes(const struct ledger *l, struct buf *out)
{
	for (size_t i = 0; i < l->processes_n && i < 20; i++) {
		struct str comm = ledger_text(l, l->processes[i].comm);
		buf_fmt(out, "%s%lld (%.*s)", i ? ", " : "", (long long)l->processes[i].pid, (int)comm.len,
		    comm.s);
	}
}

static int nothing(struct work *w, struct err *err)
{
	struct buf names = {0};
	put_processes(w->ledger, &names);
	err_set(err, -ESRCH, "process %lld has no address space then; until then there were %.*s",
	    (long long)w->pid, (int)names.len, names.data);
	buf_free(&names);
	return -ESRCH;
}

static int print(struct work *w, struct err *err)
{
	struct buf out = {0};
	if (!w->over) /* it lives on, as far as the trace goes */
		view_take(&w->view, w->ledger, w->pid);
	if (!w->view.n && !w->first.n)
		return nothing(w, err);
	if (w->has_first)
		view_diff(&w->first, &w->view, w->ledger, &out);
	else
		view_put(&w->view, w->ledger, &out);
	int r = recorded_print(&out, err);
	buf_free(&out);
	return r;
}

int cmd_maps(const struct opts *opts, struct err *err)
{
	struct work w = {.opts = opts,
	    .pid = (int64_t)opts->pid,
	    .until = opts->at ? opts->at : UINT64_MAX};
	int r = 0;
	if (opts->operands[0] && opts->operands[1])
		r = err_set(err, -EINVAL, "'%s': maps shows one run; give it one trace", opts->operands[1]);
	else if (opts->diff && !opts->at && !opts->seq)
		r = err_set(err, -EINVAL, "--diff=TIME shows what is different then from --at=TIME, or --seq=N");
	else if (opts->at && opts->seq)
		r = err_set(err, -EINVAL, "--at and --seq both say when; give one");
	if (r == 0)
		r = recorded_read(opts, "maps", take, &w, err);
	if (r == 0)
		r = print(&w, err);
	view_free(&w.first);
	view_free(&w.view);
	ledger_free(w.ledger);
	return r < 0 ? STATUS_TROUBLE : 0;
}
