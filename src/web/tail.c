#include "web/tail.h"

#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

void tail_init(struct tail *t, size_t size, size_t most)
{
	*t = (struct tail){.bytes = mem_alloc(size),
	    .size = size,
	    .entries = mem_alloc(most * sizeof(*t->entries)),
	    .most = most};
}

/* Lines don't wrap around: what is left at the end stays empty. */
static char *place(struct tail *t, size_t len)
{
	size_t at = t->written % t->size;
	if (at + len > t->size)
		t->written += t->size - at;
	return t->bytes + t->written % t->size;
}

void tail_put(struct tail *t, const struct event *ev, struct str line)
{
	struct tail_entry *entry = &t->entries[t->n % t->most];
	size_t len = line.len && line.s[line.len - 1] == '\n' ? line.len - 1 : line.len;
	bool fits = len <= t->size;
	uint64_t length = event_has(ev, F_length) ? ev->length : 0;
	if (event_has(ev, F_new_length) && ev->new_length > length)
		length = ev->new_length;
	char *to = place(t, fits ? len : 0);
	*entry = (struct tail_entry){.number = ++t->n,
	    .at = t->written,
	    .len = fits ? (uint32_t)len : 0,
	    .length = length,
	    .pid = event_has(ev, F_pid) ? ev->pid : 0,
	    .call_id = (int16_t)ev->call_id,
	    .type = (uint8_t)ev->type,
	    .failed = event_has(ev, F_error)};
	if (fits)
		memcpy(to, line.s, len);
	t->written += entry->len;
}

const struct tail_entry *tail_entry(const struct tail *t, uint64_t number)
{
	return &t->entries[(number - 1) % t->most];
}

static bool is_there(const struct tail *t, uint64_t number)
{
	return t->n - number < t->most && t->written - tail_entry(t, number)->at <= t->size;
}

uint64_t tail_first(const struct tail *t)
{
	uint64_t low = t->n > t->most ? t->n - t->most + 1 : 1, high = t->n + 1;
	while (low < high) { /* the older ones have gone */
		uint64_t middle = low + (high - low) / 2;
		if (is_there(t, middle))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

void tail_append(const struct tail *t, const struct tail_entry *entry, struct buf *out)
{
	buf_add(out, t->bytes + entry->at % t->size, entry->len);
}

/* Letters of ASCII; others are as they are. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool begins(const char *s, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (lower(s[i]) != text.s[i])
			return false;
	}
	return true;
}

static bool holds(struct str line, struct str text)
{
	for (size_t i = 0; i + text.len <= line.len; i++) {
		if (lower(line.s[i]) == text.s[0] && begins(line.s + i, text))
			return true;
	}
	return false;
}

bool tail_passes(const struct tail *t, const struct tail_entry *entry, const struct tail_filter *f)
{
	bool call = entry->type == EVENT_CALL;
	if (f->pid && entry->pid != f->pid)
		return false;
	if (f->types && !(f->types >> entry->type & 1))
		return false;
	if (f->calls && (!call || entry->call_id < 0 || !(f->calls >> entry->call_id & 1)))
		return false;
	if (f->failed && !entry->failed)
		return false;
	if (f->min_size && (!call || entry->length < f->min_size))
		return false;
	if (!entry->len)
		return false;
	return !f->text.len || holds((struct str){t->bytes + entry->at % t->size, entry->len}, f->text);
}

/* From where on lines are to be appended, so that there are at most `limit`; counts all that pass. */
static uint64_t find_start(const struct tail *t, uint64_t first, const struct tail_filter *filter,
    unsigned limit, uint64_t *matched)
{
	uint64_t start = t->n + 1;
	for (uint64_t i = t->n; i >= first; i--) {
		if (!tail_passes(t, tail_entry(t, i), filter))
			continue;
		if (++*matched <= limit)
			start = i;
	}
	return start;
}

struct tail_found tail_select(const struct tail *t, uint64_t after, const struct tail_filter *filter,
    unsigned limit, unsigned look, const char *between, struct buf *out)
{
	uint64_t first = tail_first(t);
	if (after >= t->n)
		first = t->n + 1;
	else if (first <= after)
		first = after + 1;
	if (t->n >= look && first < t->n - look + 1)
		first = t->n - look + 1;
	struct tail_found found = {.first = first, .last = t->n};
	uint64_t start = first > t->n ? first : find_start(t, first, filter, limit, &found.matched);
	bool any = false;
	for (uint64_t i = start; i <= t->n; i++) {
		const struct tail_entry *entry = tail_entry(t, i);
		if (!tail_passes(t, entry, filter))
			continue;
		if (any)
			buf_str(out, str_of(between));
		any = true;
		tail_append(t, entry, out);
	}
	return found;
}

void tail_free(struct tail *t)
{
	free(t->bytes);
	free(t->entries);
}
