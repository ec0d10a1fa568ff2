#include "report/summary.h"

#include <stdio.h>
#include <stdlib.h>

#include "decode/syscalls.h"
#include "model/model.h"
#include "report/words.h"
#include "util/cleanup.h"
#include "util/mem.h"

#define PID_MAX       (1 << 22) /* proc(5), pid_max */
#define PROCESSES_MAX 40        /* rows of their table */
#define NAME_WIDTH    16
#define COMM_MAX      16 /* prctl(2), PR_SET_NAME */

struct row {
	int64_t pid; /* of a process; of a call 0 */
	char name[32];
	uint64_t calls, errors;
	uint64_t time, timed;               /* ns, of those whose both ends were seen; and how many that were */
	uint64_t mapped, unmapped, biggest; /* bytes */
};

struct summary {
	struct row calls[SYSCALLS_COUNT + 1]; /* the last: those that this version doesn't know */
	struct row *processes;
	size_t processes_n, processes_size;
	uint32_t *by_pid; /* index + 1 of the one that has that id now */
	struct model *model;
	struct buf partial; /* why not all was seen */
};

struct summary *summary_new(void)
{
	struct summary *s = mem_alloc(sizeof(*s));
	s->by_pid = mem_alloc(PID_MAX * sizeof(*s->by_pid));
	for (int i = 0; i <= SYSCALLS_COUNT; i++)
		snprintf(s->calls[i].name, sizeof(s->calls[i].name), "%s", i < SYSCALLS_COUNT ? syscalls[i].name : "others");
	return s;
}

static void begin_run(struct summary *s)
{
	model_free(s->model);
	s->model = model_new();
	model_watch(s->model);
	for (size_t i = 0; i < s->processes_n; i++)
		s->by_pid[s->processes[i].pid] = 0;
}

static struct row *process_of(struct summary *s, const struct event *ev)
{
	if (!event_has(ev, F_pid) || ev->pid <= 0 || ev->pid >= PID_MAX)
		return NULL;
	uint32_t *at = &s->by_pid[ev->pid];
	if (!*at) {
		struct row *row = MEM_PUSH(s->processes, s->processes_n, s->processes_size);
		*row = (struct row){.pid = ev->pid};
		*at = (uint32_t)s->processes_n;
	}
	struct row *row = &s->processes[*at - 1];
	if (event_has(ev, F_comm))
		snprintf(row->name, sizeof(row->name), "%.*s",
		    (int)(ev->comm.len < COMM_MAX ? ev->comm.len : COMM_MAX), ev->comm.s);
	return row;
}

/* How long what a call that succeeded made, or was about, is. */
static uint64_t length_of(const struct event *ev)
{
	if (event_has(ev, F_error) || !event_has(ev, F_ret) || ev->ret.kind == RET_NULL)
		return 0;
	if (event_has(ev, F_new_length))
		return ev->new_length;
	return event_has(ev, F_length) ? ev->length : 0;
}

static void add(struct row *row, const struct event *ev, uint64_t mapped, uint64_t unmapped)
{
	uint64_t biggest = length_of(ev);
	biggest = mapped > biggest ? mapped : biggest;
	biggest = unmapped > biggest ? unmapped : biggest;
	row->calls++;
	row->errors += event_has(ev, F_error);
	row->time += event_has(ev, F_duration) ? ev->duration : 0;
	row->timed += event_has(ev, F_duration);
	row->mapped += mapped;
	row->unmapped += unmapped;
	row->biggest = biggest > row->biggest ? biggest : row->biggest;
}

static void take_call(struct summary *s, const struct event *ev, const struct change *change)
{
	uint64_t mapped = 0, unmapped = 0;
	struct row *process = process_of(s, ev);
	for (size_t i = 0; i < change->pieces_n; i++) {
		int64_t bytes = change->pieces[i].bytes;
		mapped += bytes > 0 ? (uint64_t)bytes : 0;
		unmapped += bytes < 0 ? -(uint64_t)bytes : 0;
	}
	add(&s->calls[ev->call_id >= 0 ? ev->call_id : SYSCALLS_COUNT], ev, mapped, unmapped);
	if (process)
		add(process, ev, mapped, unmapped);
}

static void take_end(struct summary *s, const struct event *ev)
{
	if (!event_has(ev, F_reasons))
		return;
	for (size_t i = 0; i < ev->reasons.n; i++) {
		buf_char(&s->partial, ' ');
		buf_plain(&s->partial, ev->reasons.v[i]);
	}
}

void summary_take(struct summary *s, const struct event *ev)
{
	struct change change = {0};
	if (ev->type == EVENT_START || !s->model)
		begin_run(s);
	model_apply(s->model, ev, &change);
	if (ev->type == EVENT_CALL)
		take_call(s, ev, &change);
	else if (ev->type == EVENT_END)
		take_end(s, ev);
	else
		process_of(s, ev);
	if ((ev->type == EVENT_EXIT || ev->type == EVENT_DETACH) && event_has(ev, F_pid) && ev->pid > 0 &&
	    ev->pid < PID_MAX)
		s->by_pid[ev->pid] = 0;
}

/* ---- the tables ---- */

static uint64_t value_of(const struct row *row, const char *key)
{
	static const struct {
		const char *key;
		size_t offset;
	} v[] = {{"time", offsetof(struct row, time)}, {"calls", offsetof(struct row, calls)},
	    {"errors", offsetof(struct row, errors)}, {"mapped", offsetof(struct row, mapped)},
	    {"unmapped", offsetof(struct row, unmapped)}, {"biggest", offsetof(struct row, biggest)}};
	uint64_t value = 0;
	for (size_t i = 0; i < countof(v); i++) {
		if (strcmp(v[i].key, key) == 0)
			memcpy(&value, (const char *)row + v[i].offset, sizeof(value));
	}
	return value;
}

struct order {
	const struct row *rows;
	const char *sort_by;
};

static int compare(const void *a, const void *b, void *arg)
{
	const struct order *order = arg;
	const struct row *x = &order->rows[*(const size_t *)a], *y = &order->rows[*(const size_t *)b];
	uint64_t of_x = value_of(x, order->sort_by), of_y = value_of(y, order->sort_by);
	int names = strcmp(order->sort_by, "name") == 0 ? strcmp(x->name, y->name) : 0;
	if (names)
		return names;
	if (of_x != of_y)
		return of_x > of_y ? -1 : 1;
	return x < y ? -1 : x > y; /* the one that came first */
}

static void put_size(struct buf *out, uint64_t bytes, int width)
{
	if (bytes)
		words_size(out, bytes, width);
	else
		buf_fmt(out, "%*s", width, "");
}

/* A process's id, or nothing, and as much of a name as has room. */
static void put_name(struct buf *out, const struct row *row)
{
	static const struct words plain;
	size_t begin = out->len;
	if (row->pid)
		buf_fmt(out, "%lld ", (long long)row->pid);
	words_fit(out, &plain, str_of(row->name), NAME_WIDTH - (unsigned)(out->len - begin));
	while (out->data[out->len - 1] == ' ')
		out->len--;
	buf_char(out, '\n');
}

/* A part of all, in all, and on average; nothing where nothing was measured. */
static void put_times(struct buf *out, const struct row *row, uint64_t all)
{
	if (!row->timed)
		buf_fmt(out, "%24s", "");
	else
		buf_fmt(out, "%6.2f %8.4f %7llu ", all ? 100.0 * (double)row->time / (double)all : 0.0,
		    (double)row->time / 1e9, (unsigned long long)(row->time / row->timed / 1000));
}

static void put_row(struct buf *out, const struct row *row, uint64_t all)
{
	char errors[24] = "";
	if (row->errors)
		snprintf(errors, sizeof(errors), "%llu", (unsigned long long)row->errors);
	put_times(out, row, all);
	buf_fmt(out, "%6llu %6s ", (unsigned long long)row->calls, errors);
	put_size(out, row->mapped, 7);
	buf_char(out, ' ');
	put_size(out, row->unmapped, 8);
	buf_char(out, ' ');
	put_size(out, row->biggest, 7);
	buf_str(out, STR("  "));
	put_name(out, row);
}

static void put_rule(struct buf *out)
{
	buf_str(out, STR("------ -------- ------- ------ ------ ------- -------- -------  ----------------\n"));
}

/* Those with calls, by their indices, sorted; freed by the caller. */
static size_t *sorted(const struct row *rows, size_t n, const char *sort_by, size_t *ret_n)
{
	struct order order = {rows, sort_by};
	size_t *v = mem_alloc((n + 1) * sizeof(*v));
	*ret_n = 0;
	for (size_t i = 0; i < n; i++) {
		if (rows[i].calls)
			v[(*ret_n)++] = i;
	}
	qsort_r(v, *ret_n, sizeof(*v), compare, &order);
	return v;
}

static void add_to(struct row *total, const struct row *row)
{
	total->calls += row->calls;
	total->errors += row->errors;
	total->time += row->time;
	total->timed += row->timed;
	total->mapped += row->mapped;
	total->unmapped += row->unmapped;
	total->biggest = row->biggest > total->biggest ? row->biggest : total->biggest;
}

static void put_table(
    struct buf *out, const struct row *rows, size_t n, const char *what, const char *sort_by, size_t most)
{
	struct row total = {.name = "total"};
	size_t shown;
	size_t *v = sorted(rows, n, sort_by, &shown);
	for (size_t i = 0; i < shown; i++)
		add_to(&total, &rows[v[i]]);
	buf_fmt(out, "%% time  seconds us/call  calls errors  mapped unmapped biggest  %s\n", what);
	put_rule(out);
	for (size_t i = 0; i < shown && i < most; i++)
		put_row(out, &rows[v[i]], total.time);
	if (shown > most)
		buf_fmt(out, "%64s%zu more\n", "", shown - most);
	put_rule(out);
	put_row(out, &total, total.time);
	free(v);
}

void summary_put(const struct summary *s, const char *sort_by, struct buf *out)
{
	put_table(out, s->calls, countof(s->calls), "call", sort_by, countof(s->calls));
	buf_char(out, '\n');
	put_table(out, s->processes, s->processes_n, "process", sort_by, PROCESSES_MAX);
	if (s->partial.len)
		buf_fmt(out, "\nNot all was seen:%.*s\n", (int)s->partial.len, s->partial.data);
}

void summary_free(struct summary *s)
{
	if (!s)
		return;
	model_free(s->model);
	buf_free(&s->partial);
	free(s->processes);
	free(s->by_pid);
	free(s);
}
