#include "audit/profile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "decode/syscalls.h"
#include "trace/json.h"
#include "util/cleanup.h"
#include "util/mem.h"
#include "util/num.h"
#include "util/utf8.h"

/* ---- from a ledger ---- */

/* Names are any bytes, and JSON has UTF-8 alone: what isn't becomes \xNN before names are compared. */
static uint32_t keep(struct intern *texts, struct str text)
{
	struct buf valid = {0};
	for (size_t i = 0; i < text.len;) {
		unsigned n = utf8_next(text.s + i, text.len - i);
		if (n)
			buf_add(&valid, text.s + i, n);
		else
			buf_fmt(&valid, "\\x%02x", (unsigned char)text.s[i]);
		i += n ? n : 1;
	}
	uint32_t number = intern_add(texts, buf_view(&valid));
	buf_free(&valid);
	return number;
}

/* Until they are sorted, processes stand by the numbers of their names, and sites by those of their keys. */

static struct profile_process *process_of(struct profile *p, struct str name)
{
	uint32_t number = keep(&p->names, name);
	while (p->processes_n <= number) {
		struct str next = intern_text(&p->names, (uint32_t)p->processes_n);
		*MEM_PUSH(p->processes, p->processes_n, p->processes_size) = (struct profile_process){.name = next};
	}
	return &p->processes[number];
}

static void raise_to(struct profile_process *process, const uint64_t peak[METRICS])
{
	process->runs++;
	for (unsigned i = 0; i < METRICS; i++)
		process->peak[i] = peak[i] > process->peak[i] ? peak[i] : process->peak[i];
}

/* "mmap < open_request < main": functions stay when lines and offsets don't; where there are none, modules do. */
static void put_stack(struct buf *out, struct frame_list frames)
{
	for (size_t i = 0; i < frames.n && i < 12; i++) {
		const struct frame *frame = &frames.v[i];
		struct str module = str_base(frame->module);
		buf_str(out, STR(" < "));
		if (frame->symbol.len)
			buf_str(out, frame->symbol);
		else if (module.len)
			buf_fmt(out, "%.*s+0x%llx", (int)module.len, module.s, (unsigned long long)frame->offset);
		else
			buf_str(out, STR("?"));
	}
}

static void put_site(struct buf *out, const struct ledger *l, const struct group *group)
{
	if (!group->stack) {
		ledger_name(l, group, out);
		return;
	}
	buf_str(out, str_of(syscalls[group->call_id].name));
	put_stack(out, stacks_get(&l->stacks, group->stack));
}

static struct profile_site *site_of(struct profile *p, struct str name, struct str process)
{
	name = intern_text(&p->texts, keep(&p->texts, name));
	process = intern_text(&p->texts, keep(&p->texts, process));
	uint64_t key = intern_hash(name.s, name.len) * 31 + intern_hash(process.s, process.len);
	size_t at = intern_add(&p->keys, (struct str){(const char *)&key, sizeof(key)}) - 1;
	if (at == p->sites_n)
		*MEM_PUSH(p->sites, p->sites_n, p->sites_size) =
		    (struct profile_site){.key = key, .name = name, .process = process};
	return &p->sites[at];
}

static int by_name(const void *a, const void *b)
{
	struct str x = ((const struct profile_process *)a)->name, y = ((const struct profile_process *)b)->name;
	int r = memcmp(x.s, y.s, x.len < y.len ? x.len : y.len);
	return r ? r : (x.len > y.len) - (x.len < y.len);
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = ((const struct profile_site *)a)->key, y = ((const struct profile_site *)b)->key;
	return (x > y) - (x < y);
}

static void sort(struct profile *p)
{
	if (p->processes_n)
		qsort(p->processes, p->processes_n, sizeof(*p->processes), by_name);
	if (p->sites_n)
		qsort(p->sites, p->sites_n, sizeof(*p->sites), by_key);
}

const struct profile_process *profile_find(const struct profile *p, struct str name)
{
	const struct profile_process key = {.name = name};
	return p->processes_n ? bsearch(&key, p->processes, p->processes_n, sizeof(key), by_name) : NULL;
}

void profile_take(struct profile *p, const struct ledger *l)
{
	struct buf name = {0};
	raise_to(process_of(p, STR("")), l->tree_peak);
	for (size_t i = 0; i < l->processes_n; i++)
		raise_to(process_of(p, ledger_text(l, l->processes[i].comm)), l->processes[i].peak);
	for (size_t i = 0; i < l->groups.n; i++) {
		const struct group *group = &l->groups.v[i];
		if (!group->mapped)
			continue;
		name.len = 0;
		put_site(&name, l, group);
		struct profile_site *site = site_of(p, buf_view(&name), ledger_text(l, group->name));
		site->calls += group->calls;
		site->mapped += group->mapped;
		site->live += group->live;
		site->peak += group->peak;
	}
	buf_free(&name);
	sort(p);
}

/* ---- as JSON ---- */

static void put_number(struct buf *out, const char *key, uint64_t value)
{
	buf_fmt(out, ", \"%s\": %llu", key, (unsigned long long)value);
}

void profile_put(const struct profile *p, struct buf *out)
{
	buf_str(out, STR("{\"memtrace_baseline\": 1,\n \"processes\": [\n"));
	for (size_t i = 0; i < p->processes_n; i++) {
		const struct profile_process *process = &p->processes[i];
		buf_str(out, STR("  {\"name\": "));
		json_put_text(out, process->name);
		put_number(out, "runs", process->runs);
		for (unsigned m = 0; m < METRICS; m++)
			put_number(out, usage_metric(m).s, process->peak[m]);
		buf_str(out, i + 1 < p->processes_n ? STR("},\n") : STR("}\n"));
	}
	buf_str(out, STR(" ],\n \"sites\": [\n"));
	for (size_t i = 0; i < p->sites_n; i++) {
		const struct profile_site *site = &p->sites[i];
		buf_str(out, STR("  {\"name\": "));
		json_put_text(out, site->name);
		buf_str(out, STR(", \"process\": "));
		json_put_text(out, site->process);
		put_number(out, "calls", site->calls);
		put_number(out, "mapped", site->mapped);
		put_number(out, "live", site->live);
		put_number(out, "peak", site->peak);
		buf_str(out, i + 1 < p->sites_n ? STR("},\n") : STR("}\n"));
	}
	buf_str(out, STR(" ]}\n"));
}

/* ---- and from it ---- */

struct parse {
	struct json j;
	struct profile *p;
	uint64_t version;
	struct str wrong; /* the key of a count that is none */
};

/* Where a member's value goes; what isn't there is 0: an older version didn't know it. */
struct member {
	struct str key;
	uint64_t *count; /* or */
	struct str *text;
};

static bool take_count(struct parse *of, struct str key, uint64_t *ret)
{
	bool negative;
	if (json_decimal(&of->j, 0, false, &negative, ret) && !negative)
		return true;
	of->wrong = key;
	return json_fail(&of->j, "a count is expected");
}

static bool take_key(struct parse *of, struct str *ret)
{
	return json_text(&of->j, ret) && json_expect(&of->j, ':', "a ':' is expected");
}

static bool take_member(struct parse *of, const struct member *members, size_t n)
{
	struct str key;
	if (!take_key(of, &key))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(members[i].key, key))
			return members[i].text ? json_text(&of->j, members[i].text) : take_count(of, key, members[i].count);
	}
	return json_skip(&of->j);
}

static bool take_object(struct parse *of, const struct member *members, size_t n)
{
	if (!json_expect(&of->j, '{', "an object is expected"))
		return false;
	for (bool first = true; json_more(&of->j, &first, '}');) {
		if (!take_member(of, members, n))
			return false;
	}
	return !of->j.why;
}

static bool take_process(struct parse *of)
{
	struct profile_process process = {0};
	struct member members[METRICS + 2] = {{STR("name"), .text = &process.name}, {STR("runs"), &process.runs, NULL}};
	for (unsigned m = 0; m < METRICS; m++)
		members[m + 2] = (struct member){usage_metric(m), &process.peak[m], NULL};
	if (!take_object(of, members, countof(members)))
		return false;
	struct profile_process *kept = process_of(of->p, process.name);
	process.name = kept->name;
	*kept = process;
	return true;
}

static bool take_site(struct parse *of)
{
	struct profile_site site = {0};
	const struct member members[] = {{STR("name"), .text = &site.name}, {STR("process"), .text = &site.process},
	    {STR("calls"), &site.calls, NULL}, {STR("mapped"), &site.mapped, NULL}, {STR("live"), &site.live, NULL},
	    {STR("peak"), &site.peak, NULL}};
	if (!take_object(of, members, countof(members)))
		return false;
	struct profile_site *kept = site_of(of->p, site.name, site.process);
	kept->calls = site.calls;
	kept->mapped = site.mapped;
	kept->live = site.live;
	kept->peak = site.peak;
	return true;
}

static bool take_list(struct parse *of, bool (*take)(struct parse *of))
{
	if (!json_expect(&of->j, '[', "a list is expected"))
		return false;
	for (bool first = true; json_more(&of->j, &first, ']');) {
		if (!take(of))
			return false;
	}
	return !of->j.why;
}

static bool take_baseline(struct parse *of)
{
	struct str key;
	if (!json_expect(&of->j, '{', "an object is expected"))
		return false;
	for (bool first = true; json_more(&of->j, &first, '}');) {
		if (!take_key(of, &key))
			return false;
		bool good = str_is(key, "memtrace_baseline") ? take_count(of, key, &of->version) && of->version == 1
		            : str_is(key, "processes")       ? take_list(of, take_process)
		            : str_is(key, "sites")           ? take_list(of, take_site)
		                                             : json_skip(&of->j);
		if (!good)
			return false;
	}
	return !of->j.why;
}

static int refuse(const struct parse *of, const char *path, struct str text, struct err *err)
{
	unsigned line = 1;
	if (of->version != 1)
		return err_set(err, -EINVAL, "%s is neither a trace nor a baseline of this version", path);
	if (of->wrong.len)
		return err_set(err, -EINVAL, "%s: a value of \"%.*s\" is no count; memtrace check --update writes it anew",
		    path, (int)of->wrong.len, of->wrong.s);
	for (const char *at = text.s; at < of->j.p; at++)
		line += *at == '\n' && at + 1 < of->j.end;
	return err_set(err, -EINVAL, "%s:%u: this is no JSON: %s; memtrace check --update writes it anew", path, line,
	    of->j.why);
}

int profile_parse(struct profile *p, const char *path, struct str text, struct err *err)
{
	struct arena arena = {0};
	struct parse of = {.j = {.p = text.s, .end = text.s + text.len, .arena = &arena}, .p = p};
	int r = take_baseline(&of) && of.version == 1 ? 0 : refuse(&of, path, text, err);
	sort(p);
	arena_free(&arena);
	return r;
}

void profile_free(struct profile *p)
{
	free(p->processes);
	free(p->sites);
	intern_free(&p->names);
	intern_free(&p->keys);
	intern_free(&p->texts);
	*p = (struct profile){0};
}
