/* huge: one mapping over a size. */
#include "audit/say.h"
#include "decode/syscalls.h"
#include "report/words.h"

static void call(const struct moment *m)
{
	const struct event *ev = m->ev;
	bool grows = ev->call_id == SYS_ID_mremap;
	if (ev->call_id != SYS_ID_mmap && !grows)
		return;
	uint64_t length = grows ? ev->new_length : ev->length;
	if (length <= m->use->limit)
		return;
	struct buf *words = say_begin(m);
	buf_str(words, event_has(ev, F_error) ? STR(" asks for ") : STR(" maps "));
	words_size(words, length, 0);
	buf_str(words, STR(" at once, over "));
	words_size(words, m->use->limit, 0);
	say_call(m);
	audit_find(m, STR(""), length);
}

const struct rule rule_huge = {.name = "huge",
    .what = "one mapping over a size",
    .limit = LIMIT_SIZE,
    .limit_key = "over",
    .limit_default = 16UL << 30,
    .call = call};
