#include "audit/compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/words.h"
#include "util/mem.h"
#include "util/num.h"

/* ---- conditions ---- */

static int metric_of(struct str name)
{
	if (str_ends(name, STR(".peak")))
		name.len -= 5;
	for (int i = 0; i < METRICS; i++) {
		if (str_eq(name, usage_metric((enum metric)i)))
			return i;
	}
	return -1;
}

/* "5%" or "0.5%" as thousandths of a percent; "10M"; "100" ranges. */
static bool take_more(struct condition *c, struct str text)
{
	char number[32];
	uint64_t value;
	if (!text.len || text.len >= sizeof(number))
		return false;
	memcpy(number, text.s, text.len);
	number[text.len] = '\0';
	c->percent = number[text.len - 1] == '%';
	if (c->percent) {
		char *end;
		number[text.len - 1] = '\0';
		double percent = strtod(number, &end);
		/* strtod takes more: nan, hexadecimal. */
		if (number[strspn(number, "0123456789.")] || *end || end == number || percent > 1e6)
			return false;
		c->more = (uint64_t)(percent * 1000 + 0.5);
		return true;
	}
	bool good = c->metric == METRIC_VMAS ? num_parse(number, &value) == 0 : num_parse_size(number, &value) == 0;
	c->more = good ? value : 0;
	return good;
}

static bool take_metric(struct condition *c, struct str text)
{
	static const struct str tree = STR_INIT("tree.");
	const char *more = memmem(text.s, text.len, ">+", 2);
	if (!more)
		return false;
	struct str name = {text.s, (size_t)(more - text.s)};
	c->tree = str_begins(name, tree);
	if (c->tree)
		name = (struct str){name.s + tree.len, name.len - tree.len};
	c->metric = metric_of(name);
	return c->metric >= 0 && take_more(c, (struct str){more + 2, text.len - name.len - (c->tree ? tree.len : 0) - 2});
}

int conditions_parse(struct conditions *c, const char *text, struct err *err)
{
	for (const char *p = text;; p++) {
		struct str word = {p, strcspn(p, ",")};
		struct condition condition = {.kind = FAIL_METRIC};
		if (str_is(word, "new-site"))
			condition.kind = FAIL_NEW_SITE;
		else if (str_is(word, "gone-site"))
			condition.kind = FAIL_GONE_SITE;
		else if (!take_metric(&condition, word))
			return err_set(err, -EINVAL,
			    "--fail-on: '%.*s' is none of METRIC>+5%%, METRIC>+10M, new-site and gone-site", (int)word.len,
			    word.s);
		*MEM_PUSH(c->v, c->n, c->size) = condition;
		p += word.len;
		if (!*p)
			return 0;
	}
}

void conditions_free(struct conditions *c)
{
	free(c->v);
	*c = (struct conditions){0};
}

/* ---- differences ---- */

struct comparison {
	const struct conditions *conditions;
	struct buf *out;
	bool counts;
};

static bool is_over(const struct condition *c, uint64_t before, uint64_t after)
{
	if (after <= before)
		return false;
	if (!c->percent)
		return after - before > c->more;
	return (__uint128_t)(after - before) * 100000 > (__uint128_t)before * c->more;
}

static bool metric_counts(const struct comparison *c, bool tree, int metric, uint64_t before, uint64_t after)
{
	bool counts = !c->conditions->n;
	for (size_t i = 0; i < c->conditions->n; i++) {
		const struct condition *of = &c->conditions->v[i];
		counts |= of->kind == FAIL_METRIC && of->tree == tree && of->metric == metric && is_over(of, before, after);
	}
	return counts;
}

static bool site_counts(const struct comparison *c, bool is_new)
{
	bool counts = !c->conditions->n;
	for (size_t i = 0; i < c->conditions->n; i++)
		counts |= c->conditions->v[i].kind == (is_new ? FAIL_NEW_SITE : FAIL_GONE_SITE);
	return counts;
}

/* What counts is marked, and the rest told beside it. */
static void begin(struct comparison *c, bool counts)
{
	c->counts |= counts;
	buf_str(c->out, counts && c->conditions->n ? STR("! ") : STR("  "));
}

static void put_value(struct buf *out, int metric, uint64_t value)
{
	if (metric == METRIC_VMAS)
		buf_fmt(out, "%llu", (unsigned long long)value);
	else
		words_size(out, value, 0);
}

static void compare_metric(
    struct comparison *c, struct str name, int metric, uint64_t before, uint64_t after)
{
	struct str of = usage_metric((enum metric)metric);
	if (before == after)
		return;
	begin(c, metric_counts(c, !name.len, metric, before, after));
	buf_plain(c->out, name);
	buf_fmt(c->out, "%s%.*s.peak ", name.len ? ": " : "tree.", (int)of.len, of.s);
	put_value(c->out, metric, before);
	buf_str(c->out, STR(" -> "));
	put_value(c->out, metric, after);
	if (before)
		buf_fmt(c->out, " (%+.2f %%)", 100.0 * ((double)after - (double)before) / (double)before);
	buf_char(c->out, '\n');
}

static void compare_processes(struct comparison *c, const struct profile *base, const struct profile *now)
{
	static const struct profile_process none;
	for (size_t i = 0; i < now->processes_n; i++) {
		const struct profile_process *after = &now->processes[i];
		const struct profile_process *before = profile_find(base, after->name);
		if (!before) {
			buf_str(c->out, STR("  new process "));
			buf_plain(c->out, after->name);
			buf_char(c->out, '\n');
			before = &none;
		}
		for (int m = 0; m < METRICS; m++)
			compare_metric(c, after->name, m, before->peak[m], after->peak[m]);
	}
	for (size_t i = 0; i < base->processes_n; i++) {
		if (profile_find(now, base->processes[i].name))
			continue;
		buf_str(c->out, STR("  no process "));
		buf_plain(c->out, base->processes[i].name);
		buf_str(c->out, STR(" any more\n"));
	}
}

static void put_name(struct comparison *c, const char *what, const struct profile_site *site)
{
	buf_fmt(c->out, "%s site in ", what);
	buf_plain(c->out, site->process);
	buf_str(c->out, STR(": "));
	buf_plain(c->out, site->name);
}

static void put_site(struct comparison *c, const char *what, const struct profile_site *site)
{
	put_name(c, what, site);
	buf_fmt(c->out, ": %llu calls, ", (unsigned long long)site->calls);
	words_size(c->out, site->mapped, 0);
	buf_char(c->out, '\n');
}

static void compare_live(struct comparison *c, const struct profile_site *before, const struct profile_site *after)
{
	if (before->live == after->live)
		return;
	begin(c, !c->conditions->n);
	put_name(c, after->live > before->live ? "grown" : "shrunk", after);
	buf_str(c->out, STR(": live "));
	words_size(c->out, before->live, 0);
	buf_str(c->out, STR(" -> "));
	words_size(c->out, after->live, 0);
	buf_char(c->out, '\n');
}

static void compare_sites(struct comparison *c, const struct profile *base, const struct profile *now)
{
	for (size_t i = 0, j = 0; i < base->sites_n || j < now->sites_n;) {
		const struct profile_site *before = i < base->sites_n ? &base->sites[i] : NULL;
		const struct profile_site *after = j < now->sites_n ? &now->sites[j] : NULL;
		if (before && after && before->key == after->key) {
			compare_live(c, before, after);
			i++, j++;
		} else if (after && (!before || after->key < before->key)) {
			begin(c, site_counts(c, true));
			put_site(c, "new", after);
			j++;
		} else if (before) {
			begin(c, site_counts(c, false));
			put_site(c, "gone", before);
			i++;
		}
	}
}

bool compare_profiles(const struct profile *base, const struct profile *now, const struct conditions *conditions,
    struct buf *out)
{
	struct comparison c = {conditions, out, false};
	compare_processes(&c, base, now);
	compare_sites(&c, base, now);
	return c.counts;
}
