/* Arguments of calls as strace(1) writes them. */
#include <linux/mman.h>

#include "decode/syscalls.h"
#include "fields.h"
#include "trace/text.h"
#include "util/cleanup.h"
#include "util/num.h"

void text_string(struct str bytes, size_t most, struct buf *out)
{
	static const char from[] = "\"\\\n\t\r\v\f", to[] = "\"\\ntrvf";
	size_t n = bytes.len < most ? bytes.len : most;
	buf_char(out, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)bytes.s[i];
		const char *escaped = c ? strchr(from, c) : NULL;
		bool digit_follows = i + 1 < n && bytes.s[i + 1] >= '0' && bytes.s[i + 1] <= '7';
		if (escaped)
			buf_fmt(out, "\\%c", to[escaped - from]);
		else if (c >= ' ' && c < 0x7f)
			buf_char(out, (char)c);
		else
			buf_fmt(out, digit_follows ? "\\%03o" : "\\%o", c);
	}
	buf_str(out, n < bytes.len ? STR("\"...") : STR("\""));
}

static void put_hex(uint64_t value, struct buf *out)
{
	if (value)
		num_put_hex(out, value);
	else
		buf_char(out, '0');
}

static void put_pointer(uint64_t value, struct buf *out)
{
	if (value)
		num_put_hex(out, value);
	else
		buf_str(out, STR("NULL"));
}

/* A value by its name; `unknown` is what those without one are called. */
static void put_word(struct str word, const char *unknown, struct buf *out)
{
	buf_plain(out, word);
	if (unknown && str_begins(word, STR("0x")))
		buf_fmt(out, " /* %s */", unknown);
}

/* ---- arguments that their kind doesn't say all about ---- */

typedef void argument_fn(const struct text *t, const struct event *ev, struct buf *out);

static void put_offset(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	put_hex(ev->offset, out);
}

static void put_pages(const struct text *t, const struct event *ev, struct buf *out)
{
	num_put_dec(out, t->page_size ? ev->offset / t->page_size : ev->offset);
}

static void put_name(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	text_string(ev->name, TEXT_STRING_MAX, out);
}

static void put_advice(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	put_word(ev->advice, "MADV_???", out);
}

/* Where io_setup(2) put the context. */
static void put_context(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	if (!event_has(ev, F_error))
		buf_fmt(out, "[0x%llx]", (unsigned long long)ev->addr);
}

static void put_mode(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	put_word(ev->mode, "MPOL_???", out);
}

/* The words of a mask that are known: its first. */
static void put_nodes(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	if (event_has(ev, F_nodes))
		buf_fmt(out, "[%#016llx%s]", (unsigned long long)ev->nodes,
		    event_has(ev, F_maxnode) && ev->maxnode > 65 ? ", ..." : "");
	else if (event_has(ev, F_maxnode) && !ev->maxnode)
		buf_str(out, STR("NULL"));
}

static void put_key(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	if (ev->key)
		num_put_hex(out, ev->key);
	else
		buf_str(out, STR("IPC_PRIVATE"));
}

/* Flags, and who may use the segment: as strace has it, in three digits or four. */
static void put_shmget(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	if (ev->flags.bits || ev->flags.text.len > 2) {
		text_flags(&ev->flags, out);
		buf_char(out, '|');
	}
	if (!event_has(ev, F_mode)) {
		buf_str(out, STR("..."));
		return;
	}
	bool short_mode = ev->mode.len == 4 && ev->mode.s[1] == '0';
	buf_plain(out, (struct str){ev->mode.s + short_mode, ev->mode.len - short_mode});
}

static void put_cmd(const struct text *t, const struct event *ev, struct buf *out)
{
	(void)t;
	put_word(ev->cmd, "SHM_???", out);
}

/* PR_SET_VMA's arguments; behind an attribute that is unknown they can be anything. */
static void put_vma(const struct text *t, const struct event *ev, struct buf *out)
{
	bool known = event_has(ev, F_cmd) && !str_begins(ev->cmd, STR("0x"));
	uint64_t addr = event_has(ev, F_addr) ? ev->addr : 0, length = event_has(ev, F_length) ? ev->length : 0;
	buf_fmt(out, known ? ", 0x%llx, %llu, " : ", 0x%llx, 0x%llx, ", (unsigned long long)addr,
	    (unsigned long long)length);
	if (known && event_has(ev, F_name))
		put_name(t, ev, out);
	else
		buf_str(out, STR("..."));
}

/* prctl(2) has other arguments for each option. */
static void put_option(const struct text *t, const struct event *ev, struct buf *out)
{
	bool vma = str_is(ev->option, "PR_SET_VMA");
	buf_plain(out, ev->option);
	if (event_has(ev, F_cmd)) {
		buf_str(out, STR(", "));
		put_word(ev->cmd, vma ? "PR_SET_VMA_???" : "PR_SET_MM_???", out);
	}
	if (vma) {
		put_vma(t, ev, out);
	} else if (event_has(ev, F_addr)) {
		buf_str(out, STR(", "));
		put_hex(ev->addr, out);
		buf_str(out, STR(", "));
		put_hex(event_has(ev, F_length) ? ev->length : 0, out);
	}
	if (event_has(ev, F_disable))
		buf_fmt(out, ", %llu", (unsigned long long)ev->disable);
	if (event_has(ev, F_flags)) {
		buf_str(out, STR(", "));
		text_flags(&ev->flags, out);
	}
}

static const struct {
	int call;
	enum field field;
	argument_fn *put;
} peculiar[] = {
    {SYS_ID_mmap, F_offset, put_offset},
    {SYS_ID_remap_file_pages, F_offset, put_pages},
    {SYS_ID_madvise, F_advice, put_advice},
    {SYS_ID_process_madvise, F_advice, put_advice},
    {SYS_ID_memfd_create, F_name, put_name},
    {SYS_ID_io_setup, F_addr, put_context},
    {SYS_ID_mbind, F_mode, put_mode},
    {SYS_ID_mbind, F_nodes, put_nodes},
    {SYS_ID_shmget, F_key, put_key},
    {SYS_ID_shmget, F_flags, put_shmget},
    {SYS_ID_shmctl, F_cmd, put_cmd},
    {SYS_ID_prctl, F_option, put_option},
};

static void put_by_kind(const struct event *ev, enum field field, struct buf *out)
{
	const void *value = field_in(ev, field);
	switch (fields[field].kind) {
	case KIND_HEX: put_pointer(*(const uint64_t *)value, out); break;
	case KIND_U64: num_put_dec(out, *(const uint64_t *)value); break;
	case KIND_INT: num_put_int(out, *(const int64_t *)value); break;
	case KIND_NAMES: text_flags(value, out); break;
	case KIND_TEXT: put_word(*(const struct str *)value, NULL, out); break;
	default: break;
	}
}

static void put_argument(const struct text *t, const struct event *ev, enum field field, struct buf *out)
{
	for (size_t i = 0; i < countof(peculiar); i++) {
		if (peculiar[i].call == ev->call_id && peculiar[i].field == field) {
			if (event_has(ev, field) || field == F_nodes)
				peculiar[i].put(t, ev, out);
			return;
		}
	}
	if (event_has(ev, field))
		put_by_kind(ev, field, out);
}

/* Whether an argument isn't written at all: those that the call doesn't look at, or that others stand for. */
static bool is_left_out(const struct event *ev, enum field field)
{
	if (ev->call_id == SYS_ID_mremap && field == F_new_addr) {
		uint64_t flags = event_has(ev, F_flags) && !ev->flags.text.len ? ev->flags.bits : MREMAP_MAYMOVE;
		bool heeded = flags & MREMAP_FIXED || ev->new_addr; /* beside MREMAP_DONTUNMAP: as a hint */
		return !event_has(ev, field) || !(flags & MREMAP_MAYMOVE) || !heeded;
	}
	return ev->call_id == SYS_ID_prctl && field != F_option;
}

/* Of a call that this version doesn't know: the keys that tell of arguments, by their names. */
static void put_unknown(const struct event *ev, struct buf *out)
{
	size_t begin = out->len;
	for (int field = F_option; field < F_path; field++) {
		if (!event_has(ev, (enum field)field))
			continue;
		if (out->len > begin)
			buf_str(out, STR(", "));
		buf_fmt(out, "%s=", fields[field].key);
		put_by_kind(ev, (enum field)field, out);
	}
}

void text_arguments(const struct text *t, const struct event *ev, struct buf *out)
{
	if (ev->call_id < 0) {
		put_unknown(ev, out);
		return;
	}
	const struct syscall *call = &syscalls[ev->call_id];
	for (unsigned i = 0; i < call->params_n; i++) {
		if (is_left_out(ev, call->params[i].field))
			continue;
		if (i)
			buf_str(out, STR(", "));
		size_t begin = out->len;
		put_argument(t, ev, call->params[i].field, out);
		if (out->len == begin)
			buf_str(out, STR("..."));
	}
}
