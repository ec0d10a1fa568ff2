#include "trace/parse.h"

#include "decode/flags.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "trace/take.h"

static unsigned hash_key(struct str key)
{
	uint32_t h = (uint32_t)key.len;
	for (size_t i = 0; i < key.len; i++)
		h = h * 31 + (uint8_t)key.s[i];
	return (h ^ h >> 8) % PARSE_SLOTS;
}

void parse_keys_init(struct parse_keys *keys)
{
	_Static_assert(
	    F_COUNT < PARSE_SLOTS / 2, "keys need room in a slot's byte and in the table");
	*keys = (struct parse_keys){0};
	for (unsigned f = 0; f < F_COUNT; f++) {
		unsigned at = hash_key((struct str){fields[f].key, fields[f].key_len});
		while (keys->slots[at])
			at = (at + 1) % PARSE_SLOTS;
		keys->slots[at] = (uint8_t)(f + 1);
	}
}

static enum field find_key(struct parse_keys *keys, struct str key)
{
	for (unsigned at = hash_key(key); keys->slots[at]; at = (at + 1) % PARSE_SLOTS) {
		enum field f = keys->slots[at] - 1;
		if (str_eq(key, (struct str){fields[f].key, fields[f].key_len}))
			return f;
	}
	return F_COUNT;
}

static bool take_perms(struct json *j, char ret[5])
{
	struct str text;
	if (!json_text(j, &text))
		return false;
	static const char *const allowed[] = {"r-", "w-", "x-", "ps"};
	bool good = text.len == 4;
	for (unsigned i = 0; good && i < 4; i++)
		good = text.s[i] && strchr(allowed[i], text.s[i]);
	if (!good)
		return json_fail(j, "permissions such as \"rw-p\" are expected");
	memcpy(ret, text.s, 4);
	ret[4] = '\0';
	return true;
}

static bool take_map_key(struct json *j, struct str key, struct map *map)
{
	if (str_is(key, "start"))
		return take_hex(j, &map->start);
	if (str_is(key, "end"))
		return take_hex(j, &map->end);
	if (str_is(key, "perms"))
		return take_perms(j, map->perms);
	if (str_is(key, "offset"))
		return take_unsigned(j, 0, false, &map->offset);
	if (str_is(key, "dev"))
		return take_dev(j, &map->dev);
	if (str_is(key, "inode"))
		return take_unsigned(j, 0, false, &map->inode);
	if (str_is(key, "rss"))
		return take_unsigned(j, 0, false, &map->rss);
	if (str_is(key, "swap"))
		return take_unsigned(j, 0, false, &map->swap);
	if (str_is(key, "anon_huge"))
		return take_unsigned(j, 0, false, &map->anon_huge);
	if (str_is(key, "path"))
		return json_text(j, &map->path);
	if (str_is(key, "path_b64"))
		return take_base64(j, &map->path);
	if (str_is(key, "deleted"))
		return take_bool(j, &map->deleted);
	return json_skip(j);
}

static bool take_frame_key(struct json *j, struct str key, struct frame *frame)
{
	static const struct {
		const char *key;
		size_t offset;
	} texts[] = {
	    {"module", offsetof(struct frame, module)},
	    {"build_id", offsetof(struct frame, build_id)},
	    {"symbol", offsetof(struct frame, symbol)},
	    {"file", offsetof(struct frame, file)},
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = strlen(texts[i].key);
		if (key.len < len || memcmp(key.s, texts[i].key, len) != 0)
			continue;
		struct str *text = (struct str *)((char *)frame + texts[i].offset);
		if (key.len == len)
			return json_text(j, text);
		if (str_eq((struct str){key.s + len, key.len - len}, STR("_b64")))
			return take_base64(j, text);
	}
	if (str_is(key, "ip"))
		return take_hex(j, &frame->ip);
	if (str_is(key, "offset"))
		return take_hex(j, &frame->offset);
	if (str_is(key, "symbol_offset"))
		return take_hex(j, &frame->symbol_offset);
	if (str_is(key, "line"))
		return take_unsigned(j, 0, false, &frame->line);
	return json_skip(j);
}

static bool take_level_key(struct json *j, struct str key, struct level *level)
{
	if (str_is(key, "last"))
		return take_unsigned(j, 0, false, &level->last);
	if (str_is(key, "peak"))
		return take_unsigned(j, 0, false, &level->peak);
	return json_skip(j);
}

static bool take_status_key(struct json *j, struct str key, struct status *status)
{
	if (str_is(key, "code"))
		return take_int(j, &status->code);
	if (str_is(key, "signal"))
		return json_text(j, &status->signal);
	return json_skip(j);
}

/* An object's members one by one, each given to `take_key`. */
#define TAKE_OBJECT(j, take_key, object)                                                           \
	({                                                                                         \
		struct str object_key;                                                             \
		json_expect((j), '{', "an object is expected");                                    \
		for (bool more = true; json_more((j), &more, '}');) {                              \
			if (!json_text((j), &object_key) ||                                        \
			    !json_expect((j), ':', "a ':' is expected") ||                         \
			    !take_key((j), object_key, (object)))                                  \
				break;                                                             \
		}                                                                                  \
		!(j)->why;                                                                         \
	})

static bool take_maps(struct json *j, struct map_list *ret)
{
	if (!json_expect(j, '[', "a list of ranges is expected"))
		return false;
	struct map *v = TAKE_LIST(j, struct map);
	size_t n = 0;
	for (bool first = true; json_more(j, &first, ']'); n++) {
		v[n] = (struct map){.perms = "---p"};
		if (!TAKE_OBJECT(j, take_map_key, &v[n]))
			return false;
	}
	*ret = (struct map_list){v, n};
	return !j->why;
}

static bool take_frames(struct json *j, struct frame_list *ret)
{
	if (!json_expect(j, '[', "a list of frames is expected"))
		return false;
	struct frame *v = TAKE_LIST(j, struct frame);
	size_t n = 0;
	for (bool first = true; json_more(j, &first, ']'); n++) {
		v[n] = (struct frame){0};
		if (!TAKE_OBJECT(j, take_frame_key, &v[n]))
			return false;
	}
	*ret = (struct frame_list){v, n};
	return !j->why;
}

static bool take_usage(struct json *j, struct level_list *ret)
{
	if (!json_expect(j, '{', "an object is expected"))
		return false;
	struct level *v = TAKE_LIST(j, struct level);
	size_t n = 0;
	for (bool first = true; json_more(j, &first, '}'); n++) {
		v[n] = (struct level){0};
		if (!json_text(j, &v[n].name) || !json_expect(j, ':', "a ':' is expected") ||
		    !TAKE_OBJECT(j, take_level_key, &v[n]))
			return false;
	}
	*ret = (struct level_list){v, n};
	return !j->why;
}

static bool take_status(struct json *j, struct status *ret)
{
	*ret = (struct status){0};
	return TAKE_OBJECT(j, take_status_key, ret);
}

/* Bits for names, where the table knows them all and would write them just so. */
static void names_settle(struct names *names, const struct flag_table *table, struct arena *arena)
{
	struct json j = {names->text.s, names->text.s + names->text.len, NULL, arena};
	struct str name;
	uint64_t bits = 0, bit;
	char again[FLAGS_TEXT_MAX];
	struct buf out = {again, 0, sizeof(again)};
	json_take(&j, '[');
	for (bool first = true; json_more(&j, &first, ']');) {
		if (!json_text(&j, &name) || !flags_value(table, name, &bit))
			return;
		bits |= bit;
	}
	flags_put(&out, table, bits);
	names->bits = bits;
	names->table = table;
	if (str_eq(buf_view(&out), names->text))
		names->text = (struct str){0};
}

static bool take_field(struct json *j, enum field field, struct event *ev)
{
	void *member = field_at(ev, field);
	event_mark(ev, field);
	switch (fields[field].kind) {
	case KIND_U64: return take_unsigned(j, 0, false, member);
	case KIND_INT: return take_int(j, member);
	case KIND_HEX: return take_hex(j, member);
	case KIND_NSEC: return take_unsigned(j, 9, true, member);
	case KIND_TIME: return take_time(j, member);
	case KIND_BOOL: return take_bool(j, member);
	case KIND_TEXT: return json_text(j, member);
	case KIND_TEXTS: return take_texts(j, member);
	case KIND_NAMES: return take_names(j, member);
	case KIND_DEV: return take_dev(j, member);
	case KIND_PIDS: return take_pids(j, member);
	case KIND_MAPS:
	case KIND_RESIDENCY: return take_maps(j, member);
	case KIND_FRAMES: return take_frames(j, member);
	case KIND_USAGE: return take_usage(j, member);
	case KIND_STATUS: return take_status(j, member);
	case KIND_RET: return take_ret(j, member);
	case KIND_COUNT: break;
	}
	return json_skip(j);
}

/* KEY_b64 stands behind KEY, as writers put it, and then replaces what KEY could only show. */
static bool take_bytes(struct json *j, enum field field, struct event *ev)
{
	void *member = field_at(ev, field);
	if (!event_has(ev, field))
		return json_fail(j, "a _b64 key stands before the text that it belongs to");
	if (fields[field].kind == KIND_TEXT)
		return take_base64(j, member);
	return take_texts_base64(j, member, member);
}

static bool take_type(struct json *j, enum event_type *ret)
{
	struct str name;
	if (!json_text(j, &name))
		return false;
	for (enum event_type t = 0; t < EVENT_TYPES; t++) {
		if (str_is(name, event_type_names[t])) {
			*ret = t;
			return true;
		}
	}
	return json_fail(j, "an event of unknown type");
}

/* Whether the key that came after `*last` the last time comes again. */
static bool take_expected(const struct parse_keys *keys, struct json *j, enum field *last)
{
	enum field field = keys->follows[*last];
	const struct field_info *info = &fields[field];
	size_t len = info->key_len;
	if ((size_t)(j->end - j->p) < len + 3 || j->p[0] != '"' || j->p[len + 1] != '"' ||
	    j->p[len + 2] != ':' || memcmp(j->p + 1, info->key, len) != 0)
		return false;
	j->p += len + 3;
	*last = field;
	return true;
}

/* `*last`: the key before, F_COUNT at the beginning. */
static bool take_member(struct parse_keys *keys, struct json *j, bool *has_type, enum field *last,
    struct event *ev)
{
	static const struct str suffix = STR_INIT("_b64");
	struct str key;
	if (take_expected(keys, j, last))
		return take_field(j, *last, ev);
	if (!json_text(j, &key) || !json_expect(j, ':', "a ':' is expected"))
		return false;
	enum field field = find_key(keys, key);
	if (field != F_COUNT) {
		keys->follows[*last] = (uint8_t)field;
		*last = field;
		return take_field(j, field, ev);
	}
	if (str_is(key, "type"))
		return *has_type = take_type(j, &ev->type);
	if (str_ends(key, suffix)) {
		field = find_key(keys, (struct str){key.s, key.len - suffix.len});
		if (field != F_COUNT &&
		    (fields[field].kind == KIND_TEXT || fields[field].kind == KIND_TEXTS))
			return take_bytes(j, field, ev);
	}
	return json_skip(j);
}

/* What a line that lacks a key is refused with. */
static const char *const missing[F_COUNT] = {
#define FIELD(key, kind) [F_##key] = "the key \"" #key "\" is missing",
#include "fields.def"
#undef FIELD
};

#define NEED(...)   ((const enum field[]){__VA_ARGS__, F_COUNT})
#define NEED_COMMON F_seq, F_time, F_elapsed
#define NEED_TASK   NEED_COMMON, F_pid, F_tid, F_comm

/* The keys without which an event of that type means nothing (event.schema.json, "required"). */
static const enum field *const required[EVENT_TYPES] = {
    [EVENT_START] = NEED(
        F_v, F_memtrace, F_run, F_host, F_kernel, F_arch, F_engine, F_page_size, F_time, F_calls),
    [EVENT_CALL] = NEED(NEED_TASK, F_call, F_ret),
    [EVENT_EXEC] = NEED(NEED_TASK, F_exe),
    [EVENT_FORK] = NEED(NEED_TASK, F_child, F_thread, F_shares_vm),
    [EVENT_EXIT] = NEED(NEED_TASK),
    [EVENT_ATTACH] = NEED(NEED_TASK),
    [EVENT_DETACH] = NEED(NEED_TASK),
    [EVENT_LOST] = NEED(NEED_COMMON, F_count),
    [EVENT_FINDING] = NEED(NEED_COMMON, F_rule, F_severity, F_message),
    [EVENT_END] = NEED(NEED_COMMON, F_events, F_lost, F_coverage, F_reasons),
};

static const char *check_required(const struct event *ev)
{
	for (const enum field *need = required[ev->type]; *need != F_COUNT; need++) {
		if (!event_has(ev, *need))
			return missing[*need];
	}
	return NULL;
}

/* What depends on several keys: the call's row in our table, and with it the names of its flags. */
static void settle_call(struct event *ev, struct arena *arena)
{
	ev->call_id = syscalls_by_name(ev->call);
	if (ev->call_id < 0)
		return;
	const struct syscall *call = &syscalls[ev->call_id];
	for (unsigned i = 0; i < call->params_n; i++) {
		enum field field = call->params[i].field;
		if (!event_has(ev, field) || fields[field].kind != KIND_NAMES)
			continue;
		struct names *names = field_at(ev, field);
		if (names->text.len)
			names_settle(names, call->params[i].table, arena);
	}
}

/* The members of an object that fills all of `text`. Returns NULL or what is wrong. */
static const char *take_members(struct parse_keys *keys, struct str text, struct arena *arena,
    bool *has_type, struct event *ret)
{
	struct json j = {text.s, text.s + text.len, NULL, arena};
	enum field last = F_COUNT;
	json_expect(&j, '{', "an object is expected");
	for (bool first = true; json_more(&j, &first, '}');) {
		if (!take_member(keys, &j, has_type, &last, ret))
			break;
	}
	json_skip_blanks(&j);
	if (!j.why && j.p < j.end)
		return "something follows the object";
	return j.why;
}

const char *parse_members(
    struct parse_keys *keys, struct str object, struct arena *arena, struct event *ev)
{
	enum event_type type = ev->type;
	bool has_type;
	const char *why = take_members(keys, object, arena, &has_type, ev);
	ev->type = type;
	if (!why && type == EVENT_CALL && event_has(ev, F_call))
		settle_call(ev, arena);
	return why;
}

const char *parse_line(
    struct parse_keys *keys, struct str line, struct arena *arena, struct event *ret)
{
	bool has_type = false;
	event_init(ret, EVENT_END);
	const char *why = take_members(keys, line, arena, &has_type, ret);
	if (why)
		return why;
	if (!has_type)
		return "the key \"type\" is missing";
	why = check_required(ret);
	if (why)
		return why;
	if (ret->type == EVENT_START && ret->v != 1)
		return "a trace of another version than 1";
	if (ret->type == EVENT_CALL)
		settle_call(ret, arena);
	return NULL;
}
