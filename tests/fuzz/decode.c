/* Any call by any registers, and any text of maps: it's an event, which is written, shown and followed by the model. */
#include <stdlib.h>

#include "decode/decode.h"
#include "decode/syscalls.h"
#include "model/model.h"
#include "trace/parse.h"
#include "trace/text.h"
#include "trace/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	const uint8_t *at;
	size_t left;
};

static void take(struct input *in, void *ret, size_t n)
{
	n = n < in->left ? n : in->left;
	memcpy(ret, in->at, n);
	in->at += n;
	in->left -= n;
}

static uint8_t take_byte(struct input *in)
{
	uint8_t byte = 0;
	take(in, &byte, 1);
	return byte;
}

static void take_text(struct input *in, struct buf *ret)
{
	size_t n = take_byte(in);
	n = n < in->left ? n : in->left;
	ret->len = 0;
	buf_add(ret, in->at, n);
	in->at += n;
	in->left -= n;
}

static void make(struct input *in, struct raw *raw)
{
	uint8_t what = take_byte(in);
	raw->kind = what % (RAW_DETACH + 1);
	raw->abi = take_byte(in) % ABI_COUNT;
	raw->call_id = take_byte(in) % SYSCALLS_COUNT;
	raw->result = take_byte(in) % (RAW_UNSEEN + 1);
	raw->pid = 1 + take_byte(in) % 4;
	raw->tid = raw->pid;
	raw->child = 1 + take_byte(in) % 4;
	raw->thread = what & 0x40;
	raw->shares_vm = raw->thread || what & 0x80;
	raw->left = raw->entered + 1;
	take(in, raw->args, sizeof(raw->args));
	take(in, &raw->ret, sizeof(raw->ret));
	take(in, &raw->comm, sizeof(raw->comm) - 1);
	raw->file.known = take_byte(in) & 1;
	if (raw->file.known)
		take(in, &raw->file.dev, 4 * sizeof(uint64_t));
	take_text(in, &raw->path);
	take_text(in, &raw->argv);
	take_text(in, &raw->maps);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct parse_keys keys;
	static bool ready;
	struct input in = {data, size};
	struct decoder decoder = {.page_size = 4096};
	struct writer writer = {0};
	struct text text = {.page_size = 4096, .colour = size & 1};
	struct model *model = model_new();
	struct arena arena = {0};
	struct raw raw = {0};
	struct buf line = {0}, shown = {0};
	uint64_t seq = 0;
	if (!ready)
		parse_keys_init(&keys);
	ready = true;
	while (in.left) {
		struct event ev, again;
		struct change change;
		make(&in, &raw);
		decode(&decoder, &raw, &ev);
		EVENT_SET(&ev, seq, ++seq); /* as the pipeline does */
		line.len = shown.len = 0;
		writer_put(&writer, &ev, &line);
		text_put(&text, &ev, &shown);
		if (parse_line(&keys, (struct str){line.data, line.len - 1}, &arena, &again))
			abort();
		model_apply(model, &ev, &change);
	}
	model_free(model);
	decoder_free(&decoder);
	writer_free(&writer);
	arena_free(&arena);
	buf_free(&raw.path);
	buf_free(&raw.argv);
	buf_free(&raw.maps);
	buf_free(&line);
	buf_free(&shown);
	return 0;
}
