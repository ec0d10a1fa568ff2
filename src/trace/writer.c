#include "trace/writer.h"

#include <time.h>

#include "decode/flags.h"
#include "fields.h"
#include "trace/json.h"
#include "util/clock.h"
#include "util/num.h"
#include "util/utf8.h"

/* ,"key": or ,"key_b64": */
static void put_key(struct buf *out, struct str key, bool base64)
{
	buf_reserve(out, key.len + 8);
	buf_str(out, STR(",\""));
	buf_str(out, key);
	buf_str(out, base64 ? STR("_b64\":") : STR("\":"));
}

static void put_base64(struct buf *out, struct str bytes)
{
	buf_char(out, '"');
	base64_put(out, bytes);
	buf_char(out, '"');
}

/* The text that belongs to `key`, which is put; and its bytes under key_b64 where the text can't hold them. */
static void put_text_of(struct buf *out, struct str key, struct str text)
{
	if (json_put_text(out, text))
		return;
	put_key(out, key, true);
	put_base64(out, text);
}

static void put_text(struct buf *out, struct str key, struct str text)
{
	put_key(out, key, false);
	put_text_of(out, key, text);
}

static void put_texts_of(struct buf *out, struct str key, struct str_list list)
{
	bool valid = true;
	for (size_t i = 0; i < list.n; i++) {
		buf_char(out, i ? ',' : '[');
		valid &= json_put_text(out, list.v[i]);
	}
	buf_str(out, list.n ? STR("]") : STR("[]"));
	if (valid)
		return;
	put_key(out, key, true);
	for (size_t i = 0; i < list.n; i++) {
		buf_char(out, i ? ',' : '[');
		if (utf8_valid(list.v[i]))
			buf_str(out, STR("null"));
		else
			put_base64(out, list.v[i]);
	}
	buf_char(out, ']');
}

static void put_time(struct writer *w, struct buf *out, uint64_t nsec)
{
	uint64_t second = nsec / NSEC_PER_SEC;
	uint32_t rest = (uint32_t)(nsec % NSEC_PER_SEC);
	if (second != w->second || !w->date[0]) {
		time_t t = (time_t)second;
		struct tm tm;
		strftime(w->date, sizeof(w->date), "%Y-%m-%dT%H:%M:%S.", gmtime_r(&t, &tm));
		w->second = second;
	}
	char text[32] = "\"";
	memcpy(text + 1, w->date, 20);
	num_nine(text + 21, rest);
	text[30] = 'Z';
	text[31] = '"';
	buf_add(out, text, sizeof(text));
}

static void put_names(struct writer *w, struct buf *out, const struct names *names)
{
	if (names->text.len) {
		buf_str(out, names->text);
		return;
	}
	uint64_t hash = (names->bits ^ (uintptr_t)names->table) * 0x9e3779b97f4a7c15ULL;
	struct writer_names *slot = &w->names[hash >> 58];
	if (slot->table != names->table || slot->bits != names->bits) {
		slot->table = names->table;
		slot->bits = names->bits;
		slot->text.len = 0;
		flags_put(&slot->text, names->table, names->bits);
	}
	buf_str(out, buf_view(&slot->text));
}

static void put_dev(struct buf *out, uint64_t dev)
{
	buf_fmt(out, "\"%02x:%02x\"", (unsigned)(dev >> 32), (unsigned)dev);
}

static void put_pids(struct buf *out, struct pid_list list)
{
	for (size_t i = 0; i < list.n; i++) {
		buf_char(out, i ? ',' : '[');
		num_put_int(out, list.v[i]);
	}
	buf_str(out, list.n ? STR("]") : STR("[]"));
}

static void put_quoted_hex(struct buf *out, uint64_t value)
{
	buf_char(out, '"');
	num_put_hex(out, value);
	buf_char(out, '"');
}

/* A list's elements, each by `put_one`. */
#define PUT_LIST(out, list, put_one)                                                               \
	do {                                                                                       \
		for (size_t i = 0; i < (list)->n; i++) {                                           \
			buf_char((out), i ? ',' : '[');                                            \
			put_one((out), &(list)->v[i]);                                             \
		}                                                                                  \
		buf_str((out), (list)->n ? STR("]") : STR("[]"));                                  \
	} while (0)

static void put_map(struct buf *out, const struct map *map)
{
	buf_str(out, STR("{\"start\":"));
	put_quoted_hex(out, map->start);
	buf_str(out, STR(",\"end\":"));
	put_quoted_hex(out, map->end);
	buf_str(out, STR(",\"perms\":\""));
	buf_add(out, map->perms, 4);
	buf_str(out, STR("\",\"offset\":"));
	num_put_dec(out, map->offset);
	if (map->dev || map->inode) {
		buf_str(out, STR(",\"dev\":"));
		put_dev(out, map->dev);
		buf_str(out, STR(",\"inode\":"));
		num_put_dec(out, map->inode);
	}
	if (map->path.len)
		put_text(out, STR("path"), map->path);
	if (map->deleted)
		buf_str(out, STR(",\"deleted\":true"));
	buf_char(out, '}');
}

static void put_resident(struct buf *out, const struct map *map)
{
	buf_str(out, STR("{\"start\":"));
	put_quoted_hex(out, map->start);
	buf_str(out, STR(",\"end\":"));
	put_quoted_hex(out, map->end);
	buf_str(out, STR(",\"rss\":"));
	num_put_dec(out, map->rss);
	if (map->swap) {
		buf_str(out, STR(",\"swap\":"));
		num_put_dec(out, map->swap);
	}
	if (map->anon_huge) {
		buf_str(out, STR(",\"anon_huge\":"));
		num_put_dec(out, map->anon_huge);
	}
	buf_char(out, '}');
}

static void put_frame(struct buf *out, const struct frame *frame)
{
	buf_str(out, STR("{\"ip\":"));
	put_quoted_hex(out, frame->ip);
	if (frame->module.len)
		put_text(out, STR("module"), frame->module);
	if (frame->build_id.len)
		put_text(out, STR("build_id"), frame->build_id);
	if (frame->module.len) {
		buf_str(out, STR(",\"offset\":"));
		put_quoted_hex(out, frame->offset);
	}
	if (frame->symbol.len) {
		put_text(out, STR("symbol"), frame->symbol);
		buf_str(out, STR(",\"symbol_offset\":"));
		put_quoted_hex(out, frame->symbol_offset);
	}
	if (frame->file.len)
		put_text(out, STR("file"), frame->file);
	if (frame->line) {
		buf_str(out, STR(",\"line\":"));
		num_put_dec(out, frame->line);
	}
	buf_char(out, '}');
}

static void put_usage(struct buf *out, struct level_list list)
{
	buf_char(out, '{');
	for (size_t i = 0; i < list.n; i++) {
		if (i)
			buf_char(out, ',');
		json_put_text(out, list.v[i].name);
		buf_str(out, STR(":{\"last\":"));
		num_put_dec(out, list.v[i].last);
		buf_str(out, STR(",\"peak\":"));
		num_put_dec(out, list.v[i].peak);
		buf_char(out, '}');
	}
	buf_char(out, '}');
}

static void put_status(struct buf *out, const struct status *status)
{
	if (status->signal.len) {
		buf_str(out, STR("{\"signal\":"));
		json_put_text(out, status->signal);
	} else {
		buf_str(out, STR("{\"code\":"));
		num_put_int(out, status->code);
	}
	buf_char(out, '}');
}

static void put_ret(struct buf *out, const struct ret *ret)
{
	switch (ret->kind) {
	case RET_NULL: buf_str(out, STR("null")); break;
	case RET_INT: num_put_int(out, (int64_t)ret->value); break;
	case RET_HEX: put_quoted_hex(out, ret->value); break;
	}
}

/* What's behind its end, four more than the key, is written over by the value. */
static void put_member(struct buf *out, const struct field_info *info)
{
	buf_reserve(out, MEMBER_MAX);
	memcpy(out->data + out->len, info->member, MEMBER_MAX);
	out->len += info->key_len + 4;
}

static void put_field(struct writer *w, struct buf *out, const struct event *ev, enum field field)
{
	const struct field_info *info = &fields[field];
	const void *value = field_in(ev, field);
	struct str key = {info->key, info->key_len};
	put_member(out, info);
	switch (info->kind) {
	case KIND_TEXT: put_text_of(out, key, *(const struct str *)value); break;
	case KIND_TEXTS: put_texts_of(out, key, *(const struct str_list *)value); break;
	case KIND_U64: num_put_dec(out, *(const uint64_t *)value); break;
	case KIND_INT: num_put_int(out, *(const int64_t *)value); break;
	case KIND_HEX: put_quoted_hex(out, *(const uint64_t *)value); break;
	case KIND_NSEC: num_put_nsec(out, *(const uint64_t *)value); break;
	case KIND_TIME: put_time(w, out, *(const uint64_t *)value); break;
	case KIND_BOOL: buf_str(out, *(const bool *)value ? STR("true") : STR("false")); break;
	case KIND_NAMES: put_names(w, out, value); break;
	case KIND_DEV: put_dev(out, *(const uint64_t *)value); break;
	case KIND_PIDS: put_pids(out, *(const struct pid_list *)value); break;
	case KIND_MAPS: PUT_LIST(out, (const struct map_list *)value, put_map); break;
	case KIND_RESIDENCY: PUT_LIST(out, (const struct map_list *)value, put_resident); break;
	case KIND_FRAMES: PUT_LIST(out, (const struct frame_list *)value, put_frame); break;
	case KIND_USAGE: put_usage(out, *(const struct level_list *)value); break;
	case KIND_STATUS: put_status(out, value); break;
	case KIND_RET: put_ret(out, value); break;
	case KIND_COUNT: break;
	}
}

/* The members of `has`, each with a comma before it. */
static void put_fields(
    struct writer *w, const struct event *ev, const uint64_t has[EVENT_HAS_WORDS], struct buf *out)
{
	for (unsigned word = 0; word < EVENT_HAS_WORDS; word++) {
		for (uint64_t bits = has[word]; bits; bits &= bits - 1)
			put_field(
			    w, out, ev, (enum field)(word * 64 + (unsigned)__builtin_ctzll(bits)));
	}
}

void writer_put(struct writer *w, const struct event *ev, struct buf *out)
{
	buf_str(out, STR("{\"type\":\""));
	buf_str(out, str_of(event_type_names[ev->type]));
	buf_char(out, '"');
	put_fields(w, ev, ev->has, out);
	buf_str(out, STR("}\n"));
}

void writer_put_members(
    struct writer *w, const struct event *ev, const uint64_t has[EVENT_HAS_WORDS], struct buf *out)
{
	size_t begin = out->len;
	put_fields(w, ev, has, out);
	if (out->len == begin)
		buf_char(out, '{');
	out->data[begin] = '{';
	buf_char(out, '}');
}

void writer_free(struct writer *w)
{
	for (size_t i = 0; i < sizeof(w->names) / sizeof(w->names[0]); i++)
		buf_free(&w->names[i].text);
	*w = (struct writer){0};
}
