#include "trace/text.h"

#include "decode/errnos.h"
#include "decode/syscalls.h"
#include "fields.h"
#include "util/num.h"

/* Select Graphic Rendition, ECMA-48 8.3.117. */
#define RED     "\033[31m"
#define GREEN   "\033[32m"
#define YELLOW  "\033[33m"
#define BLUE    "\033[34m"
#define MAGENTA "\033[35m"
#define CYAN    "\033[36m"
#define PLAIN   "\033[0m"

static void colour(const struct text *t, const char *code, struct buf *out)
{
	if (t->colour)
		buf_str(out, str_of(code));
}

/* Calls that map are green, that unmap magenta; those that do both, that protect, that advise have others. */
static const char *colour_of(int call_id)
{
	if (call_id < 0)
		return PLAIN;
	switch (syscalls[call_id].effect) {
	case EFFECT_MAP:
	case EFFECT_SHMAT:
	case EFFECT_IO_SETUP: return GREEN;
	case EFFECT_UNMAP:
	case EFFECT_SHMDT:
	case EFFECT_IO_DESTROY: return MAGENTA;
	case EFFECT_REMAP:
	case EFFECT_BRK: return CYAN;
	case EFFECT_NONE: break;
	}
	return syscalls[call_id].groups & GROUP_MAP ? YELLOW : BLUE;
}

/* A text, empty where it isn't there. */
static void put_text(const struct event *ev, enum field field, struct buf *out)
{
	if (event_has(ev, field))
		buf_plain(out, *(const struct str *)field_in(ev, field));
}

static void put_prefix(const struct event *ev, struct buf *out)
{
	uint64_t usec = event_has(ev, F_elapsed) ? ev->elapsed / 1000 : 0;
	if (event_has(ev, F_tid) || event_has(ev, F_pid)) {
		buf_str(out, STR("[pid "));
		num_put_int(out, event_has(ev, F_tid) ? ev->tid : ev->pid);
		if (event_has(ev, F_abi)) {
			buf_char(out, ' ');
			buf_plain(out, ev->abi);
		}
		buf_str(out, STR("] "));
	}
	buf_fmt(out, "%llu.%06u ", (unsigned long long)(usec / 1000000), (unsigned)(usec % 1000000));
}

static void put_error(const struct text *t, struct str error, struct buf *out)
{
	const char *meaning = errno_meaning(error);
	colour(t, RED, out);
	buf_str(out, STR("-1 "));
	buf_plain(out, error);
	if (meaning)
		buf_fmt(out, " (%s)", meaning);
	colour(t, PLAIN, out);
}

static void put_result(const struct text *t, const struct event *ev, struct buf *out)
{
	buf_str(out, STR(" = "));
	if (event_has(ev, F_error))
		put_error(t, ev->error, out);
	else if (!event_has(ev, F_ret) || ev->ret.kind == RET_NULL)
		buf_char(out, '?');
	else if (ev->ret.kind == RET_INT)
		num_put_int(out, (int64_t)ev->ret.value);
	else if (ev->ret.value)
		num_put_hex(out, ev->ret.value);
	else
		buf_char(out, '0');
}

/* As strace -k has them: " > module(symbol+0x1c) [0x12345] file:line". */
static void put_frame(const struct frame *frame, struct buf *out)
{
	buf_str(out, STR(" > "));
	if (frame->module.len)
		buf_plain(out, frame->module);
	else
		buf_str(out, STR("unknown"));
	if (frame->symbol.len) {
		buf_char(out, '(');
		buf_plain(out, frame->symbol);
		buf_fmt(out, "+0x%llx)", (unsigned long long)frame->symbol_offset);
	} else {
		buf_str(out, STR("()"));
	}
	buf_fmt(out, " [0x%llx]", (unsigned long long)(frame->module.len ? frame->offset : frame->ip));
	if (frame->file.len) {
		buf_char(out, ' ');
		buf_plain(out, frame->file);
		buf_fmt(out, ":%llu", (unsigned long long)frame->line);
	}
	buf_char(out, '\n');
}

static void put_call(const struct text *t, const struct event *ev, struct buf *out)
{
	put_prefix(ev, out);
	colour(t, colour_of(ev->call_id), out);
	put_text(ev, F_call, out);
	colour(t, PLAIN, out);
	buf_char(out, '(');
	text_arguments(t, ev, out);
	if (event_has(ev, F_unfinished))
		buf_str(out, STR(" <unfinished ...>"));
	buf_char(out, ')');
	put_result(t, ev, out);
	buf_char(out, '\n');
	if (event_has(ev, F_why)) {
		buf_str(out, STR(" ! "));
		buf_plain(out, ev->why);
		buf_char(out, '\n');
	}
	for (size_t i = 0; event_has(ev, F_stack) && i < ev->stack.n; i++)
		put_frame(&ev->stack.v[i], out);
}

#define WORDS_MAX 32 /* as strace has it of lists */

static void put_image(const char *what, const struct event *ev, struct buf *out)
{
	buf_str(out, str_of(what));
	if (event_has(ev, F_exe)) {
		buf_char(out, ' ');
		text_string(ev->exe, SIZE_MAX, out);
	}
	if (!event_has(ev, F_argv))
		return;
	for (size_t i = 0; i < ev->argv.n && i < WORDS_MAX; i++) {
		buf_str(out, i ? STR(", ") : STR(" ["));
		text_string(ev->argv.v[i], TEXT_STRING_MAX, out);
	}
	buf_str(out, ev->argv.n > WORDS_MAX ? STR(", ...]") : ev->argv.n ? STR("]") : STR(" []"));
}

static void put_exit(const struct event *ev, struct buf *out)
{
	if (event_has(ev, F_signal)) {
		buf_str(out, STR("killed by "));
		buf_plain(out, ev->signal);
	} else if (event_has(ev, F_code)) {
		buf_fmt(out, "exited with %lld", (long long)ev->code);
	} else {
		buf_str(out, STR("exited"));
	}
}

static void put_finding(const struct text *t, const struct event *ev, struct buf *out)
{
	bool bad = event_has(ev, F_severity) && str_is(ev->severity, "error");
	colour(t, bad ? RED : YELLOW, out);
	put_text(ev, F_severity, out);
	buf_str(out, STR(": "));
	put_text(ev, F_rule, out);
	buf_str(out, STR(": "));
	put_text(ev, F_message, out);
	colour(t, PLAIN, out);
}

/* The end of a run, of which not all was seen. */
static void put_partial(const struct event *ev, struct buf *out)
{
	buf_str(out, STR("partial:"));
	for (size_t i = 0; event_has(ev, F_reasons) && i < ev->reasons.n; i++) {
		buf_char(out, ' ');
		buf_plain(out, ev->reasons.v[i]);
	}
}

static void put_other(const struct text *t, const struct event *ev, struct buf *out)
{
	put_prefix(ev, out);
	buf_str(out, STR("+++ "));
	switch (ev->type) {
	case EVENT_EXEC: put_image("executed", ev, out); break;
	case EVENT_ATTACH: put_image("attached", ev, out); break;
	case EVENT_FORK:
		buf_str(out, event_has(ev, F_thread) && ev->thread ? STR("made thread ") : STR("made process "));
		num_put_int(out, event_has(ev, F_child) ? ev->child : 0);
		break;
	case EVENT_EXIT: put_exit(ev, out); break;
	case EVENT_DETACH: buf_str(out, STR("detached")); break;
	case EVENT_LOST: 
		buf_fmt(out, "lost %llu events", (unsigned long long)(event_has(ev, F_count) ? ev->count : 0));
		break;
	case EVENT_FINDING: put_finding(t, ev, out); break;
	case EVENT_END: put_partial(ev, out); break;
	case EVENT_START:
	case EVENT_CALL:
	case EVENT_TYPES: break;
	}
	buf_str(out, STR(" +++\n"));
}

void text_put(struct text *t, const struct event *ev, struct buf *out)
{
	if (ev->type == EVENT_CALL)
		put_call(t, ev, out);
	else if (ev->type == EVENT_START)
		t->page_size = event_has(ev, F_page_size) ? ev->page_size : 0;
	else if (ev->type != EVENT_END || !event_has(ev, F_coverage) || str_is(ev->coverage, "partial"))
		put_other(t, ev, out);
}
