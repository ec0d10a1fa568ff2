#include "db/derive.h"

#include <stdlib.h>

#include "db/row.h"
#include "util/mem.h"
#include "util/num.h"

/* ---- which process a pid is ---- */

static struct derive_life *find_life(const struct derive *d, int64_t pid)
{
	size_t at = (uint64_t)pid * 0x9e3779b97f4a7c15ULL >> 20;
	for (at &= d->slots - 1;; at = (at + 1) & (d->slots - 1)) {
		if (d->lives[at].pid == pid || d->lives[at].pid == 0)
			return &d->lives[at];
	}
}

static void grow(struct derive *d)
{
	if ((d->lives_n + 1) * 2 <= d->slots)
		return;
	struct derive_life *old = d->lives;
	size_t n = d->slots;
	d->slots = n ? n * 2 : 64;
	d->lives = mem_alloc(d->slots * sizeof(*d->lives));
	for (size_t i = 0; i < n; i++) {
		if (old[i].pid)
			*find_life(d, old[i].pid) = old[i];
	}
	free(old);
}

void derive_known(struct derive *d, int64_t pid, uint64_t born, uint64_t ended)
{
	grow(d);
	struct derive_life *life = find_life(d, pid);
	d->lives_n += life->pid == 0;
	*life = (struct derive_life){pid, born, ended};
}

/* The process that `ev` is of, or NULL if it isn't known. */
static struct derive_life *life_of(const struct derive *d, const struct event *ev)
{
	struct derive_life *life = d->slots ? find_life(d, ev->pid) : NULL;
	bool it =
	    life && life->pid && life->born <= ev->seq && (!life->ended || ev->time <= life->ended);
	return it ? life : NULL;
}

/* ---- values of INSERT, piece by piece ---- */

static size_t piece_begin(const struct derive_values *v)
{
	return v->cuts_n ? v->cuts[v->cuts_n - 1] : 0;
}

static struct buf *values_open(struct derive_values *v)
{
	if (v->text.len - piece_begin(v) > v->piece)
		*MEM_PUSH(v->cuts, v->cuts_n, v->cuts_size) = v->text.len;
	buf_str(&v->text, v->text.len > piece_begin(v) ? STR(",(") : STR("("));
	return &v->text;
}

static bool values_take(struct derive_values *v, struct str *ret)
{
	if (v->done > v->cuts_n)
		return false;
	size_t begin = v->done ? v->cuts[v->done - 1] : 0;
	if (begin == v->text.len)
		return false;
	size_t end = v->done < v->cuts_n ? v->cuts[v->done] : v->text.len;
	*ret = (struct str){v->text.data + begin, end - begin};
	v->done++;
	return true;
}

static void values_reset(struct derive_values *v)
{
	v->text.len = v->cuts_n = v->done = 0;
}

static void values_free(struct derive_values *v)
{
	buf_free(&v->text);
	free(v->cuts);
}

/* ---- rows ---- */

/* Columns of `process` that hold a level of a metric: the most there was, or the last. */
static const struct {
	const char *column, *metric;
	bool peak;
} level_columns[] = {
    {"mapped_last", "mapped", false},
    {"committed_last", "committed", false},
    {"mapped_peak", "mapped", true},
    {"committed_peak", "committed", true},
    {"reserved_peak", "reserved", true},
    {"file_peak", "file", true},
    {"shared_peak", "shared", true},
    {"exec_peak", "exec", true},
    {"stack_peak", "stack", true},
    {"heap_peak", "heap", true},
    {"vmas_peak", "vmas", true},
};

#define LEVEL_COLUMNS (sizeof(level_columns) / sizeof(level_columns[0]))

struct process_row {
	uint64_t born, started;
	int64_t pid;
	const int64_t *parent;
	bool seen_late;
	struct str comm, exe;
	const struct event *exit;
	const struct level_list *usage;
};

/* NULL where there is none, or where an INT can't hold it. */
static void put_int(struct buf *out, bool there, int64_t value)
{
	if (there && value == (int32_t)value)
		num_put_int(out, value);
	else
		buf_str(out, STR("NULL"));
}

static void put_unsigned(struct buf *out, bool there, uint64_t value)
{
	if (there)
		num_put_dec(out, value);
	else
		buf_str(out, STR("NULL"));
}

static void put_text(struct buf *out, bool there, struct str text, size_t most, bool ascii)
{
	buf_char(out, ',');
	if (there)
		row_put_text(out, text, most, ascii);
	else
		buf_str(out, STR("NULL"));
}

static void put_levels(struct buf *out, const struct level_list *usage)
{
	for (size_t i = 0; i < LEVEL_COLUMNS; i++) {
		bool there = false;
		uint64_t value = 0;
		for (size_t k = 0; usage && k < usage->n; k++) {
			const struct level *level = &usage->v[k];
			if (!str_is(level->name, level_columns[i].metric))
				continue;
			there = true;
			value = level_columns[i].peak ? level->peak : level->last;
		}
		buf_char(out, ',');
		put_unsigned(out, there, value);
	}
}

static void put_process(struct derive *d, const struct process_row *p)
{
	struct buf *out = values_open(&d->processes);
	const struct event *e = p->exit;
	buf_str(out, d->run);
	buf_fmt(out, ",%llu,%lld,", (unsigned long long)p->born, (long long)p->pid);
	put_int(out, p->parent != NULL, p->parent ? *p->parent : 0);
	buf_fmt(out, ",%d,", p->seen_late);
	row_put_bytes(out, p->comm.len <= 255 ? p->comm : (struct str){0});
	buf_char(out, ',');
	row_put_bytes(out, p->exe.len <= 8192 ? p->exe : (struct str){0});
	buf_fmt(out, ",%llu,", (unsigned long long)p->started);
	put_unsigned(out, e != NULL, e ? e->time : 0);
	buf_char(out, ',');
	put_int(out, e && event_has(e, F_code), e ? e->code : 0);
	put_text(out, e && event_has(e, F_signal), e ? e->signal : STR(""), 16, true);
	buf_char(out, ',');
	put_unsigned(out, e && event_has(e, F_max_rss), e ? e->max_rss : 0);
	put_levels(out, p->usage);
	buf_char(out, ')');
}

static void take_fork(struct derive *d, const struct event *ev)
{
	if (ev->thread || ev->child != (int32_t)ev->child || ev->child == 0)
		return;
	derive_known(d, ev->child, ev->seq, 0);
	put_process(d, &(struct process_row){.born = ev->seq,
	                   .started = ev->time,
	                   .pid = ev->child,
	                   .parent = &ev->pid,
	                   .comm = ev->comm});
}

/* exec, attach, detach, exit: of a process that is known, or that shows itself only now. */
static void take_sight(struct derive *d, const struct event *ev)
{
	if (ev->pid != (int32_t)ev->pid || ev->pid == 0)
		return;
	struct derive_life *life = life_of(d, ev);
	bool late = !life && ev->type != EVENT_ATTACH && ev->seq != 1;
	uint64_t born = life ? life->born : ev->seq;
	bool ends = ev->type == EVENT_EXIT;
	if (!life || ends)
		derive_known(d, ev->pid, born, ends ? ev->time : 0);
	put_process(d, &(struct process_row){.born = born,
	                   .started = ev->time,
	                   .pid = ev->pid,
	                   .seen_late = late,
	                   .comm = ev->comm,
	                   .exe = event_has(ev, F_exe) ? ev->exe : (struct str){0},
	                   .exit = ends ? ev : NULL,
	                   .usage = event_has(ev, F_usage) ? &ev->usage : NULL});
}

static void take_finding(struct derive *d, const struct event *ev)
{
	struct buf *out = values_open(&d->findings);
	buf_str(out, d->run);
	buf_fmt(out, ",%llu,%llu,", (unsigned long long)ev->seq, (unsigned long long)ev->time);
	put_int(out, event_has(ev, F_pid), ev->pid);
	put_text(out, true, ev->rule, 255, false);
	put_text(out, true, ev->severity, 32, true);
	put_text(out, true, ev->message, 65535, false);
	put_text(out, event_has(ev, F_metric), ev->metric, 255, false);
	buf_char(out, ',');
	put_unsigned(out, event_has(ev, F_value), ev->value);
	buf_char(out, ',');
	put_unsigned(out, event_has(ev, F_limit), ev->limit);
	buf_char(out, ',');
	put_unsigned(out, event_has(ev, F_event), ev->event);
	buf_char(out, ')');
}

void derive_begin(struct derive *d, struct str run, size_t piece, bool forget)
{
	d->run = run;
	d->processes.piece = d->findings.piece = piece;
	values_reset(&d->processes);
	values_reset(&d->findings);
	d->ended = false;
	if (forget && d->lives) {
		memset(d->lives, 0, d->slots * sizeof(*d->lives));
		d->lives_n = 0;
	}
}

void derive_event(struct derive *d, const struct event *ev)
{
	switch (ev->type) {
	case EVENT_FORK: take_fork(d, ev); break;
	case EVENT_EXEC:
	case EVENT_ATTACH:
	case EVENT_EXIT: take_sight(d, ev); break;
	case EVENT_DETACH:
		if (event_has(ev, F_usage))
			take_sight(d, ev);
		break;
	case EVENT_FINDING: take_finding(d, ev); break;
	case EVENT_END: d->ended = true; break;
	default: break;
	}
}

/* A process that is let go and attached to again has a peak of each time: the greater one is its. */
static void put_level_updates(struct buf *sql)
{
	for (size_t i = 0; i < LEVEL_COLUMNS; i++) {
		const char *c = level_columns[i].column;
		buf_fmt(sql, ",%s=", c);
		if (level_columns[i].peak)
			buf_fmt(sql, "IF(%s>VALUES(%s),%s,COALESCE(VALUES(%s),%s))", c, c, c, c, c);
		else
			buf_fmt(sql, "COALESCE(VALUES(%s),%s)", c, c);
	}
}

static void put_processes(struct str values, struct buf *sql)
{
	buf_str(sql, STR("INSERT INTO process (run,born,pid,parent,seen_late,comm,exe,started,"
	                 "ended,code,signal_name,max_rss"));
	for (size_t i = 0; i < LEVEL_COLUMNS; i++)
		buf_fmt(sql, ",%s", level_columns[i].column);
	buf_str(sql, STR(") VALUES "));
	buf_str(sql, values);
	buf_str(sql, STR(" ON DUPLICATE KEY UPDATE parent=COALESCE(VALUES(parent),parent),"
	                 "comm=VALUES(comm),exe=COALESCE(VALUES(exe),exe),"
	                 "ended=COALESCE(VALUES(ended),ended),code=COALESCE(VALUES(code),code),"
	                 "signal_name=COALESCE(VALUES(signal_name),signal_name),"
	                 "max_rss=COALESCE(VALUES(max_rss),max_rss)"));
	put_level_updates(sql);
}

static void put_findings(struct str values, struct buf *sql)
{
	buf_str(sql, STR("INSERT INTO finding (run,seq,at,pid,rule,severity,message,metric,"
	                 "measured,allowed,event_seq) VALUES "));
	buf_str(sql, values);
	buf_str(sql, STR(" ON DUPLICATE KEY UPDATE seq=VALUES(seq)"));
}

bool derive_statement(struct derive *d, struct buf *sql)
{
	struct str values;
	if (values_take(&d->processes, &values)) {
		put_processes(values, sql);
		return true;
	}
	if (values_take(&d->findings, &values)) {
		put_findings(values, sql);
		return true;
	}
	if (d->ended) {
		/*
		 * Processes that were first seen late, where their beginning was loaded since.
		 * Without its index named, the server may compare each with all of the run.
		 */
		buf_str(sql, STR("DELETE late FROM process late JOIN process p FORCE INDEX "
		                 "(process_pid) ON p.run=late.run AND p.pid=late.pid AND "
		                 "p.born<late.born AND (p.ended IS NULL OR p.ended>=late.started) "
		                 "WHERE late.seen_late AND late.run="));
		buf_str(sql, d->run);
		d->ended = false;
		return true;
	}
	return false;
}

void derive_free(struct derive *d)
{
	free(d->lives);
	values_free(&d->processes);
	values_free(&d->findings);
	*d = (struct derive){0};
}
