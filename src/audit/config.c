#include "audit/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "audit/rule.h"
#include "decode/syscalls.h"
#include "model/usage.h"
#include "trace/json.h"
#include "util/buf.h"
#include "util/cleanup.h"
#include "util/mem.h"
#include "util/nearest.h"
#include "util/num.h"

/* ---- values, wherever they come from ---- */

bool config_glob(struct str glob, struct str text)
{
	size_t g = 0, t = 0, star = SIZE_MAX, from = 0;
	while (t < text.len) {
		if (g < glob.len && glob.s[g] == '*') {
			star = g++;
			from = t;
		} else if (g < glob.len && (glob.s[g] == '?' || glob.s[g] == text.s[t])) {
			g++, t++;
		} else if (star != SIZE_MAX) { /* let it take one more */
			g = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.s[g] == '*')
		g++;
	return g == glob.len;
}

static struct rule_use *add_use(struct config *c, const struct rule *rule)
{
	struct rule_use *use = MEM_PUSH(c->uses, c->n, c->size);
	*use = (struct rule_use){.rule = rule, .limit = rule->limit_default};
	return use;
}

static struct str keep(struct config *c, struct str text)
{
	char *copy = arena_alloc(&c->arena, text.len + 1);
	if (text.len)
		memcpy(copy, text.s, text.len);
	copy[text.len] = '\0';
	return (struct str){copy, text.len};
}

/* Whether `text` names a metric of DESIGN's list, of a process or of all. */
static bool is_metric(struct str name)
{
	static const struct str calls = STR_INIT("calls."), failed = STR_INIT("failed.");
	if (str_is(name, "max_rss"))
		return true;
	for (unsigned i = 0; i < METRICS; i++) {
		if (str_eq(name, usage_metric(i)))
			return true;
	}
	struct str rest = name;
	if (str_begins(name, calls))
		rest = (struct str){name.s + calls.len, name.len - calls.len};
	else if (str_begins(name, failed))
		rest = (struct str){name.s + failed.len, name.len - failed.len};
	return rest.len < name.len && syscalls_by_name(rest) >= 0;
}

static bool set_metric(struct config *c, struct rule_use *use, struct str text)
{
	static const struct str tree = STR_INIT("tree.");
	use->metric = keep(c, text);
	struct str name = text;
	use->tree = str_begins(name, tree);
	if (use->tree)
		name = (struct str){name.s + tree.len, name.len - tree.len};
	if (str_ends(name, STR(".peak")) || str_ends(name, STR(".last")))
		name.len -= 5;
	return is_metric(name) && !(use->tree && str_is(name, "max_rss"));
}

/* A budget of one process on what only all have together: there is never a moment to judge it. */
static bool mixes_scopes(const struct rule_use *use)
{
	return use->tree && use->process.len;
}

static bool is_count(struct str metric)
{
	return memmem(metric.s, metric.len, "vmas", 4) || memmem(metric.s, metric.len, "calls.", 6) ||
	       memmem(metric.s, metric.len, "failed.", 7);
}

/* "512M", "80%", "1000", by what the rule takes. */
static bool set_limit(struct rule_use *use, const char *text)
{
	char number[64];
	size_t len = strlen(text);
	switch (use->rule->limit) {
	case LIMIT_SIZE:
		return (use->metric.len && is_count(use->metric) ? num_parse(text, &use->limit)
		                                                 : num_parse_size(text, &use->limit)) == 0;
	case LIMIT_COUNT: return num_parse(text, &use->limit) == 0;
	case LIMIT_PERCENT:
		if (len < 2 || len >= sizeof(number) || text[len - 1] != '%')
			return false;
		memcpy(number, text, len - 1);
		number[len - 1] = '\0';
		return num_parse(number, &use->limit) == 0 && use->limit <= 100;
	case LIMIT_NONE: break;
	}
	return false;
}

/* ---- the command line ---- */

int config_max(struct config *c, const char *text, struct err *err)
{
	const char *equals = strrchr(text, '=');
	const char *colon = memchr(text, ':', equals ? (size_t)(equals - text) : strlen(text));
	const char *metric = colon ? colon + 1 : text;
	if (!equals || equals == metric)
		return err_set(err, -EINVAL, "--max %s: it's METRIC=VALUE, as in --max committed.peak=512M", text);
	struct rule_use *use = add_use(c, rules_find(STR("budget")));
	if (colon)
		use->process = keep(c, (struct str){text, (size_t)(colon - text)});
	if (!set_metric(c, use, (struct str){metric, (size_t)(equals - metric)}))
		return err_set(err, -EINVAL,
		    "--max %s: no such metric; memtrace(1) lists them, as in committed.peak or tree.mapped.last",
		    text);
	if (mixes_scopes(use))
		return err_set(err, -EINVAL,
		    "--max %s: what all processes together have is no budget of one; leave out PROCESS, or tree.", text);
	if (!set_limit(use, equals + 1))
		return err_set(err, -EINVAL, "--max %s: '%s' is no %s", text, equals + 1,
		    is_count(use->metric) ? "count such as 1000" : "size such as 512M");
	return 0;
}

int config_deny(struct config *c, const char *name, struct err *err)
{
	const struct rule *rule = rules_find(str_of(name));
	if (rule && !rule->takes_metric) {
		add_use(c, rule);
		return 0;
	}
	const char *near = nearest_name(name, rules_count, rules_name);
	if (rule)
		return err_set(err, -EINVAL, "--deny %s: a budget has a metric and a value; use --max", name);
	if (near)
		return err_set(err, -EINVAL, "--deny %s: no such rule; did you mean '%s'?", name, near);
	return err_set(err, -EINVAL, "--deny %s: no such rule; memtrace(1) lists them", name);
}

/* ---- the file ---- */

struct file {
	struct config *c;
	struct json j;
	const char *begin; /* of its text */
	char why[200];     /* what is wrong, where that isn't constant */
};

/* Comments become blanks, so that all places stay the same. */
static void blank_comments(char *text, size_t len)
{
	bool quoted = false;
	for (size_t i = 0; i < len; i++) {
		if (quoted) {
			quoted = text[i] != '"';
			i += text[i] == '\\';
		} else if (text[i] == '"') {
			quoted = true;
		} else if (text[i] == '/' && i + 1 < len && text[i + 1] == '/') {
			while (i < len && text[i] != '\n')
				text[i++] = ' ';
		} else if (text[i] == '/' && i + 1 < len && text[i + 1] == '*') {
			text[i] = text[i + 1] = ' ';
			for (i += 2; i + 1 < len && !(text[i] == '*' && text[i + 1] == '/'); i++)
				text[i] = text[i] == '\n' ? '\n' : ' ';
			if (i + 1 < len)
				text[i] = text[i + 1] = ' ';
		}
	}
}

static void place(const struct file *f, const char *at, unsigned *ret_line, unsigned *ret_column)
{
	*ret_line = *ret_column = 1;
	for (const char *p = f->begin; p < at; p++) {
		*ret_column = *p == '\n' ? 1 : *ret_column + 1;
		*ret_line += *p == '\n';
	}
}

/* Wrong at `at`: said with its text. */
static bool fail_at(struct file *f, const char *at, const char *format, struct str text)
{
	if (f->j.why)
		return false;
	snprintf(f->why, sizeof(f->why), format, (int)(text.len < 80 ? text.len : 80), text.s);
	f->j.p = at;
	return json_fail(&f->j, f->why);
}

#define KEYS_MAX 16 /* more than any object may have: the first one that isn't known is refused */

/* Those of an object so far. */
struct keys {
	struct str v[KEYS_MAX];
	size_t n;
};

/* A key with its colon: each once, as a list that is given twice would be longer than the room that was made for it. */
static bool take_key(struct file *f, struct keys *seen, struct str *ret, const char **ret_at)
{
	json_skip_blanks(&f->j);
	*ret_at = f->j.p;
	if (!json_text(&f->j, ret) || !json_expect(&f->j, ':', "a ':' is expected"))
		return false;
	for (size_t i = 0; i < seen->n; i++) {
		if (str_eq(seen->v[i], *ret))
			return fail_at(f, *ret_at, "'%.*s' is given twice", *ret);
	}
	if (seen->n < KEYS_MAX)
		seen->v[seen->n++] = *ret;
	return true;
}

static bool take_text(struct file *f, struct str *ret)
{
	struct str text;
	if (!json_text(&f->j, &text))
		return false;
	*ret = keep(f->c, text);
	return true;
}

/* A limit is written as on the command line, or as a plain number. */
static bool take_limit(struct file *f, struct rule_use *use)
{
	struct str text;
	json_skip_blanks(&f->j);
	const char *at = f->j.p;
	if (json_peek(&f->j) == '"') {
		if (!take_text(f, &text))
			return false;
	} else {
		bool negative;
		uint64_t value;
		if (!json_decimal(&f->j, 0, false, &negative, &value))
			return false;
		char number[32];
		int len = snprintf(number, sizeof(number), "%s%llu%s", negative ? "-" : "",
		    (unsigned long long)value, use->rule->limit == LIMIT_PERCENT ? "%" : "");
		text = keep(f->c, (struct str){number, (size_t)len});
	}
	return set_limit(use, text.s) ||
	       fail_at(f, at, "'%.*s' is no limit of this rule: sizes are such as 512M, shares such as 80%%", text);
}

static bool take_severity(struct file *f, enum severity *ret)
{
	struct str text;
	json_skip_blanks(&f->j);
	const char *at = f->j.p;
	if (!json_text(&f->j, &text))
		return false;
	static const char *const names[] = {"error", "warning", "note"};
	for (unsigned i = 0; i < countof(names); i++) {
		if (str_is(text, names[i])) {
			*ret = (enum severity)i;
			return true;
		}
	}
	return fail_at(f, at, "'%.*s' is no severity: error, warning or note", text);
}

static bool take_texts(struct file *f, struct str **ret, size_t *ret_n)
{
	if (!json_expect(&f->j, '[', "a list of strings is expected"))
		return false;
	*ret = arena_alloc(&f->c->arena, json_count(&f->j) * sizeof(**ret));
	for (bool first = true; json_more(&f->j, &first, ']');) {
		if (!take_text(f, &(*ret)[(*ret_n)++]))
			return false;
	}
	return !f->j.why;
}

static unsigned digits(const char *s, unsigned n)
{
	unsigned value = 0;
	for (unsigned i = 0; i < n; i++)
		value = value * 10 + (unsigned)(s[i] - '0');
	return value;
}

static bool is_day(unsigned year, unsigned month, unsigned day)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static bool is_date(struct str text)
{
	static const char form[] = "0000-00-00";
	bool good = text.len == sizeof(form) - 1;
	for (size_t i = 0; good && i < text.len; i++)
		good = form[i] == '0' ? text.s[i] >= '0' && text.s[i] <= '9' : text.s[i] == form[i];
	return good && is_day(digits(text.s, 4), digits(text.s + 5, 2), digits(text.s + 8, 2));
}

static bool take_allowed_member(struct file *f, struct str key, const char *at, struct allowed *allowed)
{
	const struct {
		const char *key;
		struct str *text;
	} members[] = {{"path", &allowed->path}, {"build_id", &allowed->build_id}, {"symbol", &allowed->symbol},
	    {"site", &allowed->site}, {"reason", &allowed->reason}, {"expires", &allowed->expires}};
	for (unsigned i = 0; i < countof(members); i++) {
		if (str_is(key, members[i].key))
			return take_text(f, members[i].text);
	}
	return fail_at(f, at, "'%.*s' isn't known here: path, build_id, symbol, site, reason or expires", key);
}

static bool take_allowed(struct file *f, struct allowed *allowed)
{
	struct str key;
	struct keys seen = {0};
	json_skip_blanks(&f->j);
	const char *begin = f->j.p, *at;
	*allowed = (struct allowed){0};
	if (!json_expect(&f->j, '{', "an object such as {\"path\": …, \"reason\": …} is expected"))
		return false;
	for (bool first = true; json_more(&f->j, &first, '}');) {
		if (!take_key(f, &seen, &key, &at) || !take_allowed_member(f, key, at, allowed))
			return false;
	}
	if (f->j.why)
		return false;
	if (!allowed->reason.len)
		return fail_at(f, begin, "what is allowed needs a \"reason\"%.*s", STR(""));
	if (allowed->expires.len && !is_date(allowed->expires))
		return fail_at(f, begin, "'%.*s' is no date: \"expires\" is such as \"2027-01-31\"", allowed->expires);
	if (!allowed->path.len && !allowed->build_id.len && !allowed->symbol.len && !allowed->site.len)
		return fail_at(f, begin, "what is allowed? path, build_id, symbol or site says so%.*s", STR(""));
	return true;
}

static bool take_allow(struct file *f, struct rule_use *use)
{
	if (!json_expect(&f->j, '[', "a list of what is allowed is expected"))
		return false;
	use->allowed = arena_alloc(&f->c->arena, json_count(&f->j) * sizeof(*use->allowed));
	for (bool first = true; json_more(&f->j, &first, ']');) {
		if (!take_allowed(f, &use->allowed[use->allowed_n++]))
			return false;
	}
	return !f->j.why;
}

static bool take_metric(struct file *f, struct rule_use *use, const char *at)
{
	struct str text;
	if (!use->rule->takes_metric)
		return fail_at(f, at, "only budgets have a metric%.*s", STR(""));
	json_skip_blanks(&f->j);
	at = f->j.p;
	if (!json_text(&f->j, &text))
		return false;
	return set_metric(f->c, use, text) ||
	       fail_at(f, at, "'%.*s' is no metric; memtrace(1) lists them, as in committed.peak", text);
}

static bool take_member(struct file *f, struct str key, const char *at, struct rule_use *use)
{
	if (str_is(key, "severity"))
		return take_severity(f, &use->severity);
	if (str_is(key, "process"))
		return take_text(f, &use->process);
	if (str_is(key, "metric"))
		return take_metric(f, use, at);
	if (str_is(key, "allow"))
		return take_allow(f, use);
	if (str_is(key, "accept") && use->rule->takes_errors)
		return take_texts(f, &use->errors, &use->errors_n);
	if (use->rule->limit_key && str_is(key, use->rule->limit_key))
		return take_limit(f, use);
	return fail_at(f, at, "'%.*s' isn't known here: rule, severity, process, allow, and what the rule takes", key);
}

/* An entry begins with the rule that it is about. */
static bool take_rule(struct file *f, const struct rule **ret)
{
	struct str key, name;
	if (!json_expect(&f->j, '{', "an object such as {\"rule\": \"wx\"} is expected"))
		return false;
	json_skip_blanks(&f->j);
	const char *at = f->j.p;
	bool first = true;
	if (!json_more(&f->j, &first, '}') || !json_text(&f->j, &key) ||
	    !json_expect(&f->j, ':', "a ':' is expected"))
		return fail_at(f, at, "an entry begins with \"rule\"%.*s", STR(""));
	if (!str_is(key, "rule"))
		return fail_at(f, at, "an entry begins with \"rule\", not '%.*s'", key);
	json_skip_blanks(&f->j);
	at = f->j.p;
	if (!json_text(&f->j, &name))
		return false;
	*ret = rules_find(name);
	return *ret || fail_at(f, at, "'%.*s' is no rule; memtrace(1) lists them", name);
}

static bool take_use(struct file *f)
{
	const struct rule *rule = NULL;
	struct str key;
	struct keys seen = {.v = {STR("rule")}, .n = 1};
	json_skip_blanks(&f->j);
	const char *begin = f->j.p, *at;
	if (!take_rule(f, &rule) || !rule)
		return false;
	struct rule_use use = {.rule = rule, .limit = rule->limit_default};
	place(f, begin, &use.line, &use.column);
	for (bool first = false; json_more(&f->j, &first, '}');) {
		if (!take_key(f, &seen, &key, &at) || !take_member(f, key, at, &use))
			return false;
	}
	if (f->j.why)
		return false;
	if (rule->takes_metric && (!use.metric.len || use.limit == rule->limit_default))
		return fail_at(f, begin, "a budget needs a \"metric\" and then a \"max\"%.*s", STR(""));
	if (mixes_scopes(&use))
		return fail_at(f, begin, "'%.*s' is of all processes together, so a \"process\" can't have it", use.metric);
	*MEM_PUSH(f->c->uses, f->c->n, f->c->size) = use;
	return true;
}

static bool take_file(struct file *f)
{
	struct str key;
	struct keys seen = {0};
	const char *at;
	if (!json_expect(&f->j, '{', "a rules file is an object: {\"rules\": […]}"))
		return false;
	for (bool first = true; json_more(&f->j, &first, '}');) {
		if (!take_key(f, &seen, &key, &at))
			return false;
		if (!str_is(key, "rules"))
			return fail_at(f, at, "'%.*s' isn't known here: only \"rules\" is", key);
		if (!json_expect(&f->j, '[', "a list of rules is expected"))
			return false;
		for (bool first_use = true; json_more(&f->j, &first_use, ']');) {
			if (!take_use(f))
				return false;
		}
	}
	json_skip_blanks(&f->j);
	if (!f->j.why && f->j.p < f->j.end)
		json_fail(&f->j, "something follows the object");
	return !f->j.why;
}

int config_parse(struct config *c, const char *path, struct str text, struct err *err)
{
	char *copy = arena_alloc(&c->arena, text.len + 1);
	if (text.len)
		memcpy(copy, text.s, text.len);
	blank_comments(copy, text.len);
	struct file f = {.c = c, .begin = copy};
	f.j = (struct json){copy, copy + text.len, NULL, &c->arena};
	if (take_file(&f))
		return 0;
	unsigned line, column;
	place(&f, f.j.p, &line, &column);
	return err_set(err, -EINVAL, "%s:%u:%u: %s", path, line, column, f.j.why);
}

int config_read(struct config *c, const char *path, struct err *err)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
	_cleanup_(buf_free) struct buf text = {0};
	ssize_t n = fd < 0 ? -1 : 1;
	while (n > 0) {
		buf_reserve(&text, 65536);
		n = read(fd, text.data + text.len, text.size - text.len);
		text.len += n > 0 ? (size_t)n : 0;
	}
	if (n < 0)
		return err_sys(err, errno, "can't read the rules of %s", path);
	c->path = path;
	return config_parse(c, path, buf_view(&text), err);
}

void config_free(struct config *c)
{
	free(c->uses);
	arena_free(&c->arena);
}
